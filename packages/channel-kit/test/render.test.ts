import { describe, expect, it, test } from 'vitest'
import { plainText, renderMarkdown, type Limit, type Markup } from '../src/index.ts'
import { html } from './html.ts'

const whole: Limit = { max: 4096, unit: 'utf16' }
const write = (markdown: string, markup: Markup = html, limit = whole) =>
  renderMarkdown(markdown, markup, limit).map(({ text }) => text)

describe('what Markdown means is written in the markup', () => {
  test.each([
    ['plain words', 'plain words'],
    ['**bold**, *slanted*, ~~gone~~ and `co*de`', '<b>bold</b>, <i>slanted</i>, <s>gone</s> and <c>co*de</c>'],
    ['**bold *and* more**', '<b>bold <i>and</i> more</b>'],
    ['**a __b__ c**', '<b>a b c</b>'],
    ['a & b < c, \\*so\\*, &copy;', 'a &amp; b &lt; c, *so*, ©'],
    ['unbalanced **signs _stay', 'unbalanced **signs _stay'],
    ['one\ntwo  \nthree\\\nfour', 'one\ntwo\nthree\nfour'],
    ['# One\n\nTwo\n=====\n\n### *3*', '<h1>One</h1>\n\n<h1>Two</h1>\n\n<h3><i>3</i></h3>'],
    ['> a\n> b\n>\n> > c', '<q>a\nb\n\n<q>c</q></q>'],
    ['one\n\n---\n\ntwo', 'one\n\n<hr>\n\ntwo'],
    ['<b>literal</b> <!-- no -->', '&lt;b>literal&lt;/b> &lt;!-- no -->'],
    ['<div>\n*no*\n</div>', '&lt;div>\n*no*\n&lt;/div>'],
    ['a note[^1]\n\n[^1]: it *is*', 'a note[1]\n\n[1]: it <i>is</i>'],
    ['bell \x07 and half \ud83d', 'bell   and half \ufffd'],
    ['&#27;[31m', '\ufffd[31m'],
    ['a\r\nb\r\n\r\nc', 'a\nb\n\nc'],
  ])('%j', (markdown, rendered) => expect(write(markdown)).toEqual([rendered]))
})

describe('lists', () => {
  test.each([
    ['- a\n- b', '- a\n- b'],
    ['3. a\n4. b', '3. a\n4. b'],
    ['- a\n  - b\n    1. c\n- d', '- a\n  - b\n    1. c\n- d'],
    ['- [x] done\n- [ ] open', '- [x] done\n- [ ] open'],
    ['- a\n\n  more\n- b\n  c', '- a\n  more\n- b\n  c'],
    ['- ```js\n  x\n  ```', '-\n<pre js>x</pre>'],
    ['5.', '5.'],
    ['-\n-', '-\n-'],
  ])('%j', (markdown, rendered) => expect(write(markdown)).toEqual([rendered]))

  it('indents no deeper than eight levels', () => {
    const deep = Array.from({ length: 12 }, (_, depth) => `${'  '.repeat(depth)}- ${depth}`).join('\n')
    expect(write(deep)[0]!.split('\n').at(-1)).toBe(`${'  '.repeat(7)}- 11`)
  })
})

describe('links', () => {
  test.each([
    ['[a *b*](https://x.org/y_z "title")', '<a https://x.org/y_z>a <i>b</i></a>'],
    ['<https://x.org>', '<a https://x.org>https://x.org</a>'],
    ['see https://x.org/__init__.py.', 'see <a https://x.org/__init__.py>https://x.org/__init__.py</a>.'],
    ['[a][r] [b]\n\n[r]: tel:123\n[b]: mailto:b@x.org', '<a tel:123>a</a> <a mailto:b@x.org>b</a>'],
    ['![cat](https://x.org/cat.png)', '<a https://x.org/cat.png>cat</a>'],
    ['[](https://x.org)', 'https://x.org'],
    ['[![cat](https://x.org/cat.png)](https://x.org)', '<a https://x.org>cat</a>'],
    ['[run](javascript:alert(1))', 'run (javascript:alert(1))'],
    ['[file](./notes.md)', 'file (./notes.md)'],
    ['[a][none]', '[a][none]'],
    ['[a](<https://x.org/a b"c|d>)', '<a https://x.org/a%20b%22c%7Cd>a</a>'],
  ])('%j', (markdown, rendered) => expect(write(markdown)).toEqual([rendered]))

  it('writes an address that would fill the message as text', () => {
    const url = `https://x.org/${'a'.repeat(60)}`
    expect(write(`[here](${url})`, html, { max: 100, unit: 'utf16' })).toEqual([`here (${url})`])
    expect(write('# www.example.com', html, { max: 30, unit: 'utf16' })).toEqual(['<h1>www.example.com</h1>'])
  })
})

describe('tables', () => {
  it('hands over plain cells, one row like the other', () => {
    const rows: unknown[] = []
    const table = '| **a** | b | c |\n|:--|:-:|--:|\n| `x` | [y](https://y.org) |\n| 1 | 2 | 3 | 4 |'
    write(table, { ...html, table: (given, align) => String(rows.push(given, align)) })
    expect(rows.slice(-2)).toEqual([
      [
        ['a', 'b', 'c'],
        ['x', 'y (https://y.org)', ''],
        ['1', '2', '3'],
      ],
      ['left', 'center', 'right'],
    ])
  })

  it('repeats the header of one that is cut', () => {
    const table = `| n | sq |\n|--:|--:|\n${Array.from({ length: 6 }, (_, n) => `| ${n} | ${n * n} |`).join('\n')}`
    expect(write(table, html, { max: 64, unit: 'utf16' })).toEqual([
      '<t>  n   sq\n---  ---\n  0    0\n  1    1\n  2    4\n  3    9</t>',
      '<t>  n   sq\n---  ---\n  4   16\n  5   25</t>',
    ])
  })

  it('writes rows that would fill a message as lines', () => {
    const [text] = write(`| a | b |\n|--|--|\n| ${'x'.repeat(50)} | y |`, html, { max: 100, unit: 'utf16' })
    expect(text).toBe(`a | b\n${'x'.repeat(50)} | y`)
  })
})

describe('code blocks', () => {
  test.each([
    ['```js\n a\n\n b\n```', '<pre js> a\n\n b</pre>'],
    ['~~~c++ title="x"\na\n~~~', '<pre c++>a</pre>'],
    ['```"><script>\na\n```', '<pre>a</pre>'],
    ['```\nopen', '<pre>open</pre>'],
    ['    indented', '<pre>indented</pre>'],
    ['````\n```\n````', '<pre>```</pre>'],
    ['```\r\na\r\nb\r\n```', '<pre>a\nb</pre>'],
  ])('%j', (markdown, rendered) => expect(write(markdown)).toEqual([rendered]))
})

describe('where it is cut', () => {
  const at = (max: number, markdown: string) => write(markdown, html, { max, unit: 'utf16' })

  it('cuts between blocks first', () => {
    expect(at(24, 'One sentence. And more.\n\nAnother. Block.')).toEqual(['One sentence. And more.', 'Another. Block.'])
  })
  it('keeps a heading with what follows', () => {
    expect(at(45, 'Some text that is here.\n\n# Title\n\nAnd text under it.')).toEqual([
      'Some text that is here.',
      '<h1>Title</h1>\n\nAnd text under it.',
    ])
  })
  it('then between items', () => {
    expect(at(20, '- one two\n- three\n- four five')).toEqual(['- one two\n- three', '- four five'])
  })
  it('then between sentences', () => {
    expect(at(30, 'Is it so? Yes, it is. That is all there is.')).toEqual([
      'Is it so? Yes, it is.',
      'That is all there is.',
    ])
  })
  it('then between words', () => {
    expect(at(12, 'some words and no end')).toEqual(['some words', 'and no end'])
  })
  it('then between graphemes', () => {
    expect(at(12, '👨‍👩‍👧'.repeat(3))).toEqual(['👨‍👩‍👧', '👨‍👩‍👧', '👨‍👩‍👧'])
    expect(at(4, 'e\u0301'.repeat(3))).toEqual(['e\u0301e\u0301', 'e\u0301'])
  })
  it('not in a link or in code that could stand in the next', () => {
    expect(at(40, 'please go to [the page](http://x.org) now, `npm ci a b` then')).toEqual([
      'please go to',
      '<a http://x.org>the page</a> now,',
      '<c>npm ci a b</c> then',
    ])
  })
  it('closes marks and opens them again', () => {
    expect(at(28, '**bold _both twice_ more**')).toEqual(['<b>bold <i>both</i></b>', '<b><i>twice</i> more</b>'])
  })
  it('closes a code block and opens it with its language, at a line, with the indent', () => {
    expect(at(32, '```ts\nif (a) {\n  b()\n\n  c()\n}\n```')).toEqual([
      '<pre ts>if (a) {\n  b()</pre>',
      '<pre ts>  c()\n}</pre>',
    ])
  })
  it('closes a quote and opens it again; an item that goes on has no second bullet', () => {
    expect(at(24, '> one two three four')).toEqual(['<q>one two three</q>', '<q>four</q>'])
    expect(at(12, '1. one two three\n2. b')).toEqual(['1. one two', 'three\n2. b'])
  })
  it('never leaves a bullet behind', () => {
    expect(at(20, '- a\n- - - 👨‍👩‍👧')).toEqual(['- a', '-\n  -\n    - 👨‍👩‍👧'])
  })
  it('stays within the limit where less text is written longer', () => {
    const odd: Markup = { ...html, text: (raw) => (raw.length > 10 ? raw : raw.repeat(3)) }
    expect(write('aaaa bbbb ccccccccc', odd, { max: 15, unit: 'utf16' })[0]).toBe('aaaa'.repeat(3))
  })
  it('lets the last part of a link that is too long lead there', () => {
    expect(at(40, '[one two three four five six seven eight nine](http://x.org)')).toEqual([
      'one two three four five six seven eight',
      '<a http://x.org>nine</a>',
    ])
  })
})

describe('when there is hardly any room', () => {
  it('drops the marks, then writes U+FFFD for what does not fit', () => {
    expect(write('**ab**', html, { max: 4, unit: 'utf16' })).toEqual(['ab'])
    expect(write('a👨‍👩‍👧b', html, { max: 4, unit: 'utf16' })).toEqual(['a', '\ufffd', 'b'])
  })
  it('refuses a limit that holds nothing', () => {
    expect(() => write('a', html, { max: 3, unit: 'bytes' })).toThrow(
      expect.objectContaining({ code: 'invalid_params', message: expect.stringContaining('3 bytes') }),
    )
  })
})

describe('what cannot be seen', () => {
  test.each(['', ' \n\t\r\n', '\u00a0', '\u200b', '\ufeff'])('%j gives no message', (markdown) => {
    expect(write(markdown)).toEqual([])
  })
  test.each(['[a]: https://x.org', '```\n```', '#', '>', '&nbsp;'])('%j is shown as it stands', (markdown) => {
    expect(write(markdown, plainText)).toEqual([markdown])
  })
})

describe('bounds in the Markdown', () => {
  test.each([
    [14, 'one two **bold**', ['one two ', '**bold**']],
    [20, 'Hello there you.\n\n- item one\n- item two', ['Hello there you.\n\n', '- item one\n', '- item two']],
    [18, 'a &amp; b \\* c \\* d and more', ['a &amp; b \\* c \\* d ', 'and more']],
    [24, '> one two six\n> three four', ['> one two six\n', '> three four']],
    [30, '```js\nline one x\nline two x\n```\n', ['```js\nline one x\n', 'line two x\n```\n']],
  ])('at %i: %j', (max, markdown, slices) => {
    const pieces = renderMarkdown(markdown, html, { max, unit: 'utf16' })
    expect(pieces.map(({ source }) => markdown.slice(source.start, source.end))).toEqual(slices)
  })
})
