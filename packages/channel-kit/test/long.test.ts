import { describe, expect, it, test } from 'vitest'
import { plainText, renderMarkdown, type Piece } from '../src/index.ts'
import { sections } from '../src/sections.ts'
import { html } from './html.ts'

const limit = { max: 4096, unit: 'utf16' } as const

/** Seconds of work, whatever else the machine does. */
function secondsOf(work: () => void): number {
  const began = process.threadCpuUsage()
  work()
  return process.threadCpuUsage(began).user / 1e6
}

function expectWhole(pieces: readonly Piece[], markdown: string): void {
  expect(pieces.map(({ source }) => markdown.slice(source.start, source.end)).join('')).toBe(markdown)
  for (const { text } of pieces) expect(text.length).toBeLessThanOrEqual(limit.max)
}

describe('hostile input takes time in proportion', () => {
  const size = 100_000
  test.each([
    '[',
    '![',
    '[a](',
    '[a]',
    '*',
    '*a ',
    '_*',
    'a*',
    '**a',
    '~~a',
    '`',
    '<',
    '<!--',
    '&',
    '\\',
    '|',
    '> ',
    '>',
    '- ',
    '1. ',
    '- \t',
    '[^1]',
    'www.',
    'http://a',
    '```\n',
    '[a]: b\n',
    '|a\n|-\n',
    'a\n=',
    '👨‍👩‍👧',
    '\u0301',
    'e\u0301',
    ' ',
    '\n',
    '\r',
    '- one\n  - two\n',
  ])('%j over and over', { timeout: 60_000 }, (part) => {
    const markdown = part.repeat(Math.ceil(size / part.length))
    let pieces: readonly Piece[] = []
    expect(secondsOf(() => (pieces = renderMarkdown(markdown, html, limit)))).toBeLessThan(4)
    if (markdown.trim() !== '') expectWhole(pieces, markdown)
  })

  test.each([
    ['quotes in quotes', Array.from({ length: 400 }, (_, depth) => `${'>'.repeat(depth)} a`).join('\n')],
    ['lists in lists', Array.from({ length: 400 }, (_, depth) => `${'  '.repeat(depth)}- a`).join('\n')],
    ['brackets that close', '['.repeat(size / 2) + ']'.repeat(size / 2)],
    ['code of every length', Array.from({ length: 400 }, (_, length) => `a${'`'.repeat(length)}`).join('')],
    ['a quote that goes on lazily', `${'> '.repeat(200)}${'a\n'.repeat(size / 2)}`],
  ])('%s', { timeout: 60_000 }, (_, markdown) => {
    let pieces: readonly Piece[] = []
    expect(secondsOf(() => (pieces = renderMarkdown(markdown, html, limit)))).toBeLessThan(4)
    expectWhole(pieces, markdown)
  })
})

describe('a long document', () => {
  const prose = 'Some *words* in a paragraph that goes on for a while.\n\n'.repeat(400)

  it('is cut into sections without gaps, at an empty line before text', () => {
    const found = sections(prose)
    expect(found.length).toBeGreaterThan(1)
    expect(found.map(({ start, end }) => prose.slice(start, end)).join('')).toBe(prose)
    for (const { start } of found.slice(1)) expect(prose.slice(start - 2, start + 4)).toBe('\n\nSome')
  })

  it('opens a code block again in which it had to be cut', () => {
    const code = `\`\`\`js\n${'const a = 1 // *no*\n'.repeat(2000)}\`\`\`\n\n*slanted*`
    const pieces = renderMarkdown(code, html, limit)
    expectWhole(pieces, code)
    expect(
      pieces
        .slice(0, -1)
        .every(({ text }) => /^(?:<pre js>(?:const a = 1 \/\/ \*no\*\n?)+<\/pre>(?:\n\n|$))+/.test(text)),
    ).toBe(true)
    expect(pieces.at(-1)!.text).toMatch(/\n\n<i>slanted<\/i>$/)
  })

  it('knows its definitions everywhere', () => {
    const text = `[first][r]\n\n${prose}[last][r]\n\n[r]: https://x.org`
    const pieces = renderMarkdown(text, html, limit)
    expect(pieces[0]!.text).toMatch(/^<a https:\/\/x.org>first<\/a>/)
    expect(pieces.at(-1)!.text).toMatch(/<a https:\/\/x.org>last<\/a>$/)
  })

  it('is literal where no person reads it any more', () => {
    const text = 'Some *words* here.\n\n'.repeat(10_000)
    const pieces = renderMarkdown(text, html, limit)
    expectWhole(pieces, text)
    expect(pieces[0]!.text).toContain('<i>words</i>')
    expect(pieces.at(-1)!.text).toContain('*words*')
  })

  test.each([
    ['of prose', 'A line of prose, as it is written.\n\n'],
    ['of one word', 'x'],
    ['of lists', '- one thing that is said in some words\n  - and **another**\n'],
    ['of code', '```js\nconst some = code(of, ordinary, length)\nconst more = code(of, it)\n```\n'],
  ])('of 1 MB %s takes less than 2 s', { timeout: 60_000 }, (_, part) => {
    const markdown = part.repeat(1e6 / part.length)
    expect(secondsOf(() => renderMarkdown(markdown, plainText, limit))).toBeLessThan(2)
  })
})
