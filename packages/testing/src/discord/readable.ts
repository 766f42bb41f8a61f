/** One kind of markup: where it begins, and what of it is shown. */
interface Rule {
  readonly pattern: RegExp
  show(found: RegExpExecArray): string
}

const inner = (text: string | undefined) => readable(text ?? '', false)

/**
 * In the order in which Discord's clients try them; marks are as in the parser that theirs is built on,
 * https://github.com/Khan/perseus/tree/main/packages/simple-markdown, and
 * https://support.discord.com/hc/en-us/articles/210298617.
 */
const rules: readonly Rule[] = [
  { pattern: /```(?:[a-z0-9_+\-.#]+?\n)?\n*([^\n][\s\S]*?)\n*```/iy, show: ([, code]) => code ?? '' },
  { pattern: /\\([^0-9A-Za-z\s])/y, show: ([, sign]) => sign ?? '' },
  { pattern: /<(https?:\/\/[^\s<>]+)>/y, show: ([, url]) => url ?? '' },
  { pattern: /\[((?:\\[\s\S]|[^\\\]])+)\]\(<?https?:\/\/[^\s<>]+?>?\)/y, show: ([, words]) => inner(words) },
  { pattern: /https?:\/\/[^\s<]+[^<.,:;"')\]\s]/y, show: ([url]) => url },
  { pattern: /\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/y, show: ([, words]) => inner(words) },
  {
    pattern: /\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)/y,
    show: ([, words]) => inner(words),
  },
  { pattern: /__((?:\\[\s\S]|[^\\])+?)__(?!_)/y, show: ([, words]) => inner(words) },
  { pattern: /\b_((?:__|\\[\s\S]|[^\\_])+?)_\b/y, show: ([, words]) => inner(words) },
  { pattern: /~~([\s\S]+?)~~(?!_)/y, show: ([, words]) => inner(words) },
  { pattern: /\|\|([\s\S]+?)\|\|/y, show: ([, words]) => inner(words) },
  { pattern: /(`+)([\s\S]*?[^`])\1(?!`)/y, show: ([, , code]) => (code ?? '').replace(/^ (.*) $/s, '$1') },
]

/** What begins a quote, a heading or small print, at the beginning of a line or of a list's item only. */
const lineStart = /( *(?:(?:[-*]|\d+\.) +)*)(?:>>>|>|#{1,3}|-#) +/y

/** A message as people see it in a client: without marks, escapes undone, links by their words. */
export function readable(raw: string, whole = true): string {
  let shown = ''
  let fresh = whole
  for (let at = 0; at < raw.length;) {
    const found = (fresh && findStart(raw, at)) || findMark(raw, at)
    shown += found ? found.shown : raw[at]
    at += found ? found.length : 1
    fresh = whole && ((fresh && found?.start === true) || raw[at - 1] === '\n')
  }
  return shown
}

interface Found {
  readonly shown: string
  readonly length: number
  readonly start?: boolean
}

function findStart(raw: string, at: number): Found | undefined {
  lineStart.lastIndex = at
  const match = lineStart.exec(raw)
  return match ? { shown: match[1] ?? '', length: match[0].length, start: true } : undefined
}

function findMark(raw: string, at: number): Found | undefined {
  // Most signs begin nothing.
  if (!/[\\`<[*_~|h]/.test(raw[at] ?? '')) return undefined
  const found = rules.flatMap(({ pattern, show }) => {
    pattern.lastIndex = at
    const match = pattern.exec(raw)
    return match ? [{ match, show }] : []
  })
  // Of bold and slanted the one that reaches farther is meant; else the first.
  const [first, second] = found
  const farther = first && second && raw[at] === '*' && second.match[0].length > first.match[0].length
  const chosen = farther ? second : first
  return chosen && { shown: chosen.show(chosen.match), length: chosen.match[0].length }
}
