import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { replaceText } from '../src/replace.ts'

describe('replacing text', () => {
  it('changes one place and says in which lines the new text stands', () => {
    expect(replaceText('a\nb\nc\n', 'b', 'x\ny', false)).toEqual({
      text: 'a\nx\ny\nc\n',
      lines: [{ first: 2, last: 3 }],
    })
  })

  it('refuses what stands there twice, overlapping or not, and says where', () => {
    expect(replaceText('a\nb\na\n', 'a', 'x', false)).toEqual({ problem: 'ambiguous', at: [1, 3] })
    expect(replaceText('aaa', 'aa', 'x', false)).toEqual({ problem: 'ambiguous', at: [1, 1] })
  })

  it('changes every place with all', () => {
    expect(replaceText('a\nb\na\n', 'a', 'x\n', true)).toEqual({
      text: 'x\n\nb\nx\n\n',
      lines: [
        { first: 1, last: 2 },
        { first: 4, last: 5 },
      ],
    })
  })

  it('says where the text stands with other white space', () => {
    expect(replaceText('if (a) {\n\treturn  b\n}\n', '  return b', 'c', false)).toEqual({ problem: 'absent', at: [2] })
    expect(replaceText('a', 'zzz', 'c', false)).toEqual({ problem: 'absent', at: [] })
  })

  it('refuses to change nothing', () => {
    expect(replaceText('a', 'a', 'a', false)).toEqual({ problem: 'same', at: [] })
  })

  it('matches CRLF lines by plain ones and keeps them', () => {
    expect(replaceText('a\r\nb\r\nc\r\n', 'a\nb', 'x\ny', false)).toMatchObject({ text: 'x\r\ny\r\nc\r\n' })
  })

  it('treats the text as text: no patterns, no replacement signs', () => {
    expect(replaceText('a.*b $& c', '.*', '$&$1', false)).toMatchObject({ text: 'a$&$1b $& c' })
  })

  it('with all, is what replaceAll does, and every named line holds the new text', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '\n'), maxLength: 60 })
    fc.assert(
      fc.property(
        letters,
        letters.filter((text) => text.length > 0),
        letters,
        (text, before, after) => {
          const result = replaceText(text, before, after, true)
          if ('problem' in result) {
            expect(before === after || !text.includes(before)).toBe(true)
            return
          }
          expect(result.text).toBe(text.replaceAll(before, () => after))
          const lines = result.text.split('\n')
          for (const { first, last } of result.lines) expect(lines.slice(first - 1, last).join('\n')).toContain(after)
        },
      ),
    )
  })
})
