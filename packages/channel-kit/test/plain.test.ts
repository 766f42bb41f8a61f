import { describe, expect, it, test } from 'vitest'
import { alignedTable, displayWidth, plainText, renderMarkdown } from '../src/index.ts'

const write = (markdown: string) =>
  renderMarkdown(markdown, plainText, { max: 4096, unit: 'utf16' })
    .map(({ text }) => text)
    .join('\n—\n')

describe('plain text', () => {
  test.each([
    ['**a** *b* ~~c~~ `d`', 'a b c d'],
    ['[a](https://x.org) <https://x.org> www.x.org', 'a (https://x.org) https://x.org www.x.org'],
    ['# Title\n\n> said\n> so', 'Title\n\n> said\n> so'],
    ['1. a\n   - b', '1. a\n  • b'],
    ['```js\n*a*\n```', '*a*'],
    ['| a | b |\n|---|--:|\n| 1 | 2 |', 'a      b\n---  ---\n1      2'],
  ])('%j', (markdown, text) => expect(write(markdown)).toBe(text))

  it('writes a wide table as a line for each cell', () => {
    const long = 'words '.repeat(12).trim()
    expect(write(`| name | says |\n|---|---|\n| A | ${long} |\n| B | no |`)).toBe(
      `name: A\nsays: ${long}\n\nname: B\nsays: no`,
    )
  })
})

describe('an aligned table', () => {
  it('counts what is wide as two columns', () => {
    const rows = [
      ['name', 'n'],
      ['漢字', '1'],
      ['👨‍👩‍👧 e\u0301', '22'],
    ]
    expect(alignedTable(rows, [undefined, 'right'])).toBe('name    n\n----  ---\n漢字    1\n👨‍👩‍👧 e\u0301   22')
  })

  it('centers, and leaves no space at the ends of lines', () => {
    expect(alignedTable([['title'], ['a'], ['']], ['center'])).toBe('title\n-----\n  a\n')
  })

  test.each([
    ['abc', 3],
    ['漢', 2],
    ['ｗ', 2],
    ['한', 2],
    ['😀', 2],
    ['👨‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['❤️', 2],
    ['❤', 1],
    ['e\u0301', 1],
    ['\u200b', 0],
    ['שלום', 4],
  ])('%j is %i wide', (text, width) => expect(displayWidth(text)).toBe(width))
})
