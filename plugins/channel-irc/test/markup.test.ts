import { plainText } from '@openclaw/channel-kit'
import { markupConformance } from '@openclaw/testing'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { maxText, render, unformat } from '../src/markup.ts'

markupConformance({
  name: 'irc',
  markup: plainText,
  limit: { max: maxText, unit: 'bytes' },
  visible: (rendered) => rendered,
})

it('an answer of many lines comes in pieces that can be paced, with every line in its place', () => {
  const line = fc.stringMatching(/^[a-z][a-z ]{0,60}[a-z]$/)
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 60 }), (lines) => {
      const pieces = render(lines.join('\n\n'))
      for (const piece of pieces) expect(piece.split('\n').filter(Boolean).length).toBeLessThanOrEqual(12)
      const said = pieces.flatMap((piece) => piece.split('\n').filter(Boolean))
      expect(said.map((one) => one.trim())).toEqual(lines)
    }),
    { numRuns: 200 },
  )
})

it.each([
  ['bold, and a colour with a background', '\u0002a\u0002 \u00034,12b\u0003', 'a b'],
  ['a colour by its number in hex', '\u0004ff0000,00ff00a', 'a'],
  ['digits that are no colour', '\u000312 apples', ' apples'],
  ['a tab, which is text', 'a\tb', 'a\tb'],
])('what was typed is read without %s', (_, typed, read) => {
  expect(unformat(typed)).toBe(read)
})
