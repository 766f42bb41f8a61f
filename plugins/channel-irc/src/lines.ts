/** The longest line that a server passes on, with its end, in bytes (RFC 2812 §2.3). */
const lineBytes = 512

/** Who we are to the others: the server puts it before every line of ours. */
export interface Mask {
  readonly nick: string
  /** Absent until the server showed it: the longest that servers give is assumed. */
  readonly user?: string
  readonly host?: string
}

const longestUser = 11
const longestHost = 63
const size = (text: string) => Buffer.byteLength(text)

/** Bytes that are left for the text of one PRIVMSG to `target`, after all that the server puts before it. */
export function roomFor({ nick, user, host }: Mask, target: string): number {
  const mask = 1 + size(nick) + 1 + (user ? size(user) : longestUser) + 1 + (host ? size(host) : longestHost)
  return lineBytes - mask - size(` PRIVMSG ${target} :\r\n`)
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/**
 * Cuts a text into lines of at most `max` bytes: at its own line ends, then between words, then between graphemes, and
 * inside of a grapheme only where it is longer than a whole line; never inside of a code point. Empty lines are dropped,
 * and so are control signs: nothing in the text can end a line or begin a command.
 */
export function cutLines(text: string, max: number): string[] {
  return text
    .toWellFormed()
    .split(/\r\n|\r|\n/)
    .map((line) => line.replaceAll(/[^\P{Cc}\t]/gu, '').trimEnd())
    .filter((line) => line !== '')
    .flatMap((line) => cutLine(line, max))
}

function cutLine(line: string, max: number): string[] {
  const cut: string[] = []
  let rest = line
  while (size(rest) > max) {
    const head = headOf(rest, max)
    const space = head.lastIndexOf(' ')
    // A word that is longer than half a line is cut itself: better than a line that is almost empty.
    const end = rest[head.length] === ' ' || space < head.length / 2 ? head.length : space
    cut.push(rest.slice(0, end).trimEnd())
    rest = rest.slice(end).trimStart()
  }
  return [...cut, rest].filter((piece) => piece !== '')
}

/** As many whole graphemes from the beginning as fit; of one that is longer than that, as many code points. */
function headOf(text: string, max: number): string {
  // No more of the text is looked at than could fit, and a little, so that the last grapheme is seen whole.
  const within = text.slice(0, max + 64)
  const whole = Array.from(graphemes.segment(within), ({ segment }) => segment)
  return fitting(whole, max) || fitting(within, max)
}

function fitting(pieces: Iterable<string>, max: number): string {
  let head = ''
  let bytes = 0
  for (const piece of pieces) {
    bytes += size(piece)
    if (bytes > max) return head
    head += piece
  }
  return head
}
