import { bulletSign, gap, itemGap, pathTo, type Outline } from './outline.ts'

const graphemes = new Intl.Segmenter()

/** Where the text of an outline may be cut, and where best. */
export interface Cuts {
  /** The first position at or after one where a piece may begin: not in blanks, but before the indent of code. */
  begin(position: number): number
  /** The end of what is seen between two positions. */
  trim(from: number, to: number): number
  /** The last position up to one where nothing is cut that belongs together. */
  floor(position: number): number
  /** The first such position after one. */
  next(position: number): number
  /** Where to end a piece that begins at `from` and has room up to `to`: after `from`, and at most `to`. */
  best(from: number, to: number): number
}

/** Where nothing is seen: white space and what separates blocks. */
const blanks = /[\s\x1d-\x1f]*/y

/**
 * What a piece should end with, best first, and how much of its room must be used then, so that a short paragraph before
 * a long one does not become a message of its own.
 */
const preferences: readonly (readonly [pattern: RegExp, share: number])[] = [
  [new RegExp(gap, 'g'), 0.25],
  [new RegExp(itemGap, 'g'), 0.5],
  [/\n/g, 0.5],
  [/(?<=[.!?…][)"'\]’”»]*)\s|(?<=[。！？])/g, 0.5],
  [/\s/g, 0],
]

export function cutsOf({ text, root }: Outline): Cuts {
  const segments = graphemes.segment(text)

  function allowed(position: number): boolean {
    if (position <= 0 || position >= text.length) return true
    // A bullet stays with the beginning of its item.
    if (text[position - 1] === bulletSign && text[position] !== itemGap) return false
    // Below U+0300 nothing combines but carriage return and line feed, and an outline holds no carriage return.
    if (text.charCodeAt(position) < 0x300 && text.charCodeAt(position - 1) < 0x300) return true
    return segments.containing(position)?.index === position
  }

  function begin(position: number): number {
    blanks.lastIndex = position
    const skipped = blanks.exec(text)?.[0] ?? ''
    // A space may carry a combining mark.
    const seen = Math.max(position, floor(position + skipped.length))
    const indent = /[^\S\n]*$/.exec(skipped)?.[0].length ?? 0
    return pathTo(root, seen).at(-1)?.kind === 'fence' ? Math.max(position, seen - indent) : seen
  }

  function trim(from: number, to: number): number {
    let end = to
    while (end > from && /[\s\x1d-\x1f]/.test(text[end - 1]!)) end--
    return end
  }

  function floor(position: number): number {
    let at = Math.min(position, text.length)
    while (!allowed(at)) at = Math.min(at - 1, segments.containing(at)?.index ?? 0)
    return at
  }

  function next(position: number): number {
    let at = position + 1
    while (!allowed(at)) {
      const { index, segment } = segments.containing(at)!
      at = Math.max(at + 1, index + segment.length)
    }
    return at
  }

  /** Before a link or a piece of code that would be cut, if the piece has something before it. */
  function around(from: number, position: number): number {
    const whole = pathTo(root, position).find(({ kind }) => kind === 'link' || kind === 'code')
    const before = whole ? floor(whole.from) : from
    return from < before && before < position ? before : position
  }

  function best(from: number, to: number): number {
    // One more, for a piece may end exactly before a blank.
    const room = text.slice(from, to + 1)
    for (const [pattern, share] of preferences) {
      const places = Array.from(room.matchAll(pattern), ({ index }) => from + index)
      const place = places.findLast((at) => at > from && at <= to && at - from >= (to - from) * share && allowed(at))
      if (place !== undefined) return around(from, place)
    }
    return around(from, to)
  }

  return { begin, trim, floor, next, best }
}
