import type { Traits } from '@openclaw/sdk'

const encoder = new TextEncoder()

function measure(text: string, unit: Traits['lengthUnit']): number {
  if (unit === 'bytes') return encoder.encode(text).length
  if (unit === 'utf16') return text.length
  let count = 0
  for (const _ of text) count++
  return count
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/**
 * Cuts plain text into pieces within a channel's limit, at a paragraph, a line, a space, or between graphemes, in that
 * order of preference. The pieces joined are the text. For channels that bring no renderer of their own.
 */
export function cut(text: string, traits: Pick<Traits, 'maxText' | 'lengthUnit'>): string[] {
  const { maxText, lengthUnit } = traits
  const pieces: string[] = []
  let rest = text
  while (measure(rest, lengthUnit) > maxText) {
    const fits = longestPrefix(rest, maxText, lengthUnit)
    const head = rest.slice(0, fits)
    const at = [head.lastIndexOf('\n\n') + 2, head.lastIndexOf('\n') + 1, head.lastIndexOf(' ') + 1].find(
      (end) => end > fits / 3,
    )
    pieces.push(rest.slice(0, at ?? fits))
    rest = rest.slice(at ?? fits)
  }
  if (rest) pieces.push(rest)
  return pieces
}

/** UTF-16 length of the longest prefix of whole graphemes that fits; one grapheme at least, so that it ends. */
function longestPrefix(text: string, max: number, unit: Traits['lengthUnit']): number {
  let used = 0
  let end = 0
  // Only what could fit is segmented: one unit holds at most one UTF-16 unit of text in every way of counting but
  // code points, where it holds two.
  for (const { segment } of graphemes.segment(text.slice(0, max * 2 + 64))) {
    const size = measure(segment, unit)
    if (used + size > max && end > 0) break
    used += size
    end += segment.length
    if (used >= max) break
  }
  return end
}
