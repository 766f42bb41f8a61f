import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldOf } from '../src/casemapping.ts'
import { cutLines, roomFor } from '../src/lines.ts'
import { maxText, render, unformat } from '../src/markup.ts'

const bytes = (text: string) => Buffer.byteLength(text)
/** Text with everything in it that is hard to cut. */
const texts = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '👩‍👩‍👧‍👦',
        'e\u0301',
        'مرحبا ',
        '漢字',
        ' ',
        '\n',
        '\r\n',
        '\u0000',
        '\u0001ACTION ',
        '\rQUIT',
        'a'.repeat(600),
      ),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''))
const signs = (text: string) => text.toWellFormed().replaceAll(/[\p{Cc}\s]/gu, '')

describe('lines', () => {
  it('keeps every line within its bytes and loses nothing but control signs and space', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 20, max: 450 }), (text, max) => {
        const lines = cutLines(text, max)
        for (const line of lines) {
          expect(bytes(line)).toBeLessThanOrEqual(max)
          expect(line).not.toBe('')
          expect(line.isWellFormed()).toBe(true)
        }
        expect(signs(lines.join(''))).toBe(signs(text))
      }),
      { numRuns: 1000 },
    )
  })

  it('never lets a text end its line or begin a CTCP', () => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const line of cutLines(text, 400)) expect(line).toMatch(/^[^\p{Cc}][^\r\n\0\u0001]*$|^\t/u)
      }),
      { numRuns: 1000 },
    )
  })

  it('cuts between words, and a word that is too long between graphemes', () => {
    expect(cutLines('one two three', 8)).toEqual(['one two', 'three'])
    expect(cutLines('👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 60)).toEqual(['👩‍👩‍👧‍👦👩‍👩‍👧‍👦', '👩‍👩‍👧‍👦'])
    expect(cutLines(`${'a'.repeat(9)}e\u0301`, 10)).toEqual(['a'.repeat(9), 'e\u0301'])
  })

  it('cuts a grapheme that is longer than a line between code points', () => {
    const zalgo = `a${'\u0301'.repeat(30)}`
    const lines = cutLines(zalgo, 20)
    expect(lines.length).toBeGreaterThan(1)
    expect(lines.join('')).toBe(zalgo)
  })

  it('counts all that the server puts before the text, also what it does not know yet', () => {
    const mask = { nick: 'openclaw', user: '~openclaw', host: 'example.net' }
    const prefix = ':openclaw!~openclaw@example.net PRIVMSG #garden :\r\n'
    expect(roomFor(mask, '#garden')).toBe(512 - bytes(prefix))
    expect(roomFor({ nick: 'openclaw' }, '#garden')).toBe(512 - bytes(prefix) - 2 - (63 - 'example.net'.length))
  })
})

describe('text', () => {
  it('renders Markdown without its signs, in outbounds that are over in time', () => {
    expect(render('# Title\n\nSome **bold** and `code`.')).toEqual(['Title\n\nSome bold and code.'])
    const list = render(Array.from({ length: 100 }, (_, index) => `- item ${index}`).join('\n'))
    for (const piece of list) {
      expect(bytes(piece)).toBeLessThanOrEqual(maxText)
      expect(cutLines(piece, 350).length).toBeLessThanOrEqual(12)
    }
    expect(list.join('\n').match(/item \d+/g)).toHaveLength(100)
  })

  it('reads what was typed without colours', () => {
    expect(unformat('\u00034,12red\u0003 \u0002bold\u0002 \u0004ff0000hex\u000f 3,4')).toBe('red bold hex 3,4')
  })

  it("folds by the server's own case mapping", () => {
    expect(foldOf('rfc1459')('Nick[]\\^')).toBe('nick{}|~')
    expect(foldOf('strict-rfc1459')('Nick[]\\^')).toBe('nick{}|^')
    expect(foldOf('ascii')('Nick[]\\^')).toBe('nick[]\\^')
    expect(foldOf('rfc7613')('ÄNick[')).toBe('Änick[')
  })
})
