const schemes = new Set(['http:', 'https:', 'mailto:'])

/**
 * The address that a link in a message may lead to, written out in full; undefined for any other scheme, and for
 * relative ones, which would lead into the gateway's own pages.
 */
export function safeHref(raw: string): string | undefined {
  if (raw.length > 4096 || !URL.canParse(raw)) return undefined
  const url = new URL(raw)
  return schemes.has(url.protocol) ? url.href : undefined
}
