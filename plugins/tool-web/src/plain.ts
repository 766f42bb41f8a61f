/** Elements whose text is no text of the page. */
const silent: readonly string[] = ['script', 'style', 'noscript', 'template', 'svg']
const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** The text between the tags of any HTML, in one pass: its time grows with the length, whatever stands in it. */
export function plainText(html: string): string {
  const lower = html.toLowerCase()
  const pieces: string[] = []
  let at = 0
  while (at < html.length) {
    const open = html.indexOf('<', at)
    if (open < 0) {
      pieces.push(html.slice(at))
      break
    }
    pieces.push(html.slice(at, open), ' ')
    const close = html.indexOf('>', open)
    if (close < 0) break
    at = close + 1
    const name = /^[a-z]+/.exec(lower.slice(open + 1, open + 12))?.[0] ?? ''
    if (!silent.includes(name)) continue
    const end = lower.indexOf(`</${name}`, at)
    // Without an end tag the rest belongs to it.
    at = end < 0 ? html.length : end
  }
  return pieces
    .join('')
    .replace(/&(amp|lt|gt|quot|apos|nbsp);/g, (_, name: string) => entities[name]!)
    .replace(/[ \t\r]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim()
}
