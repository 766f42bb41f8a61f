/** Splits a printed command as a shell would: at spaces, with '…' and "…" kept together. */
export function words(line: string): string[] {
  return [...line.matchAll(/(?:'([^']*)'|"([^"]*)"|([^\s'"]+))+/g)].map((match) => match[0].replaceAll(/["']/g, ''))
}
