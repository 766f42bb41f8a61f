import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openParagraphs } from '../../src/delivery/paragraphs.ts'

/** What is finished after each piece of a text, taken at once. */
function taken(pieces: readonly string[]): string[] {
  const paragraphs = openParagraphs()
  return pieces.flatMap((piece) => {
    paragraphs.add(piece)
    const text = paragraphs.finished()
    paragraphs.drop(text.length)
    return text ? [text] : []
  })
}

const finished = (text: string) => taken([text]).join('')

describe('a paragraph is finished', () => {
  it.each([
    ['when another one begins', 'one\ntwo\n\nthree', 'one\ntwo\n\n'],
    ['not by a line break', 'one\ntwo', ''],
    ['not before the next one is there', 'one\n\n', ''],
    ['behind a fence, blank lines in it or not', '```ts\na\n\nb\n```\n\nand', '```ts\na\n\nb\n```\n\n'],
    ['not within a fence', 'one\n\n```\na\n\nb\n\nc', 'one\n\n'],
    ['not by a shorter fence within', '````\n```\n\nb\n```\n\nc', ''],
    ['not by a fence of the other kind', '~~~\n```\n\nb', ''],
    ['not within a fence of a quote or a list', '> ```\n> a\n\n- ```\n  a\n\n  b', ''],
    ['behind code in a line that only looks like a fence', '```not a fence```\n\nand', '```not a fence```\n\n'],
    ['behind an item of a list with all that is indented below it', '- one\n\n  more\n\n- two', '- one\n\n  more\n\n'],
  ])('%s', (_, text, expected) => {
    expect(finished(text)).toBe(expected)
  })

  it('at the same places however the text is cut, and nothing of it is lost', () => {
    const line = fc.constantFrom('', '', 'word', '- item', '  below', '```', '````', '~~~', '> ```', '```ts', ' \t')
    const text = fc.array(line, { maxLength: 30 }).map((lines) => lines.join('\n'))
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 40 }), (whole, sizes) => {
        const pieces: string[] = []
        let at = 0
        for (const size of sizes) {
          pieces.push(whole.slice(at, at + size))
          at += size
        }
        pieces.push(whole.slice(at))
        const parts = taken(pieces)
        expect(parts.join('')).toBe(finished(whole))
        expect(whole.startsWith(parts.join(''))).toBe(true)
      }),
    )
  })
})
