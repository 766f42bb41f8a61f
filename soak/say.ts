/** Tells whoever waits how it goes. Stdout is for the figures. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`)
}
