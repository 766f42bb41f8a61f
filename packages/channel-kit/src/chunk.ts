import { cutsOf } from './cut.ts'
import { bare, draw } from './draw.ts'
import type { Markup } from './markup.ts'
import type { Outline } from './outline.ts'

/** A message's worth, and where in the outline's text it begins. */
interface Chunk {
  readonly text: string
  readonly from: number
}

/** Cuts an outline into messages of at most `max`, as `size` counts. */
export function chunk(outline: Outline, markup: Markup, size: (text: string) => number, max: number): readonly Chunk[] {
  const cuts = cutsOf(outline)
  const { length } = outline.text
  const write = (from: number, to: number, as: Markup) => draw(outline, from, cuts.trim(from, to), as)

  /** How far a piece reaches that begins here; where it began when nothing fits. */
  function reach(from: number, as: Markup): number {
    let low = from
    let high = length
    for (let guess = from + max; low < high;) {
      const to = Math.max(cuts.floor(Math.min(guess, high)), cuts.next(low))
      if (to > high) break
      const left = max - size(write(from, to, as))
      if (left >= 0) low = to
      else high = to - 1
      guess = left >= 0 ? to + left : Math.floor((low + to) / 2)
    }
    return low
  }

  /** The best end of a piece. A shorter piece can be longer when it is written: then half of it is tried. */
  function endOf(from: number, as: Markup): number {
    let end = reach(from, as)
    if (end === length) return end
    while (end > from) {
      const best = cuts.best(from, end)
      if (size(write(from, best, as)) <= max) return best
      end = cuts.floor(from + Math.floor((best - from) / 2))
    }
    return from
  }

  const chunks: Chunk[] = []
  const plainly = bare(markup)
  for (let from = cuts.begin(0), end = from; from < length; from = cuts.begin(end)) {
    const as = [markup, plainly].find((one) => (end = endOf(from, one)) > from)
    if (!as) end = cuts.next(from)
    chunks.push({ from, text: as ? write(from, end, as) : '\ufffd' })
  }
  return chunks
}
