import fc from 'fast-check'

// Markdown as models and people write it, and as nobody does. Addresses and cells are short beside the limits under test:
// what becomes of long ones is a table of its own in the kit's tests.

const word = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom('a', 'the', 'word', 'Hello', 'fine.', 'why?', 'snake_case', '3', '5.', 'and', 'Über'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '👨‍👩‍👧‍👦',
      '👍🏽',
      '🇩🇪🇫🇷🇮🇹',
      '🏴󠁧󠁢󠁥󠁮󠁧󠁿',
      'e\u0301tude',
      'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!',
      'שָׁלוֹם',
      'مرحبا',
      'नमस्ते',
      '漢字仮名。',
      '한국어',
      '\u200bzero\u200d',
      '\u202ertl\u202c',
      '\u0301',
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '*',
      '**',
      '_',
      '__',
      '~~',
      '`',
      '```',
      '[',
      '](',
      '![',
      ']: ',
      '<',
      '>',
      '<b>bold</b>',
      '<!-- no -->',
      '<br>',
      '&amp;',
      '&lt;',
      '&#27;',
      '&',
      '\\*',
      '\\',
      '|',
      '#',
      '-',
      '@everyone',
      '[^1]',
      'www.example.com',
      'https://example.com/__init__.py',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('\0', '\x01', '\x02', '\x1b[31m', '\x1d', '\x7f', '\ud83d', '\ude00', '\t', '\ufeff'),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('x', '漢', '👍', 'e\u0301')
      .chain((one) => fc.integer({ min: 20, max: 100 }).map((times) => one.repeat(times))),
  },
)

const few = (max: number) => fc.array(word, { minLength: 1, maxLength: max }).map((words) => words.join(' '))
const short = fc.constantFrom('one', 'two words', '漢字', '👍🏽', 'x_y', '&', '<i>', '')
const address = fc.constantFrom(
  'https://x.org/a_b',
  'http://x.org?q=1&r=*',
  'mailto:a@b.c',
  'tel:123',
  'javascript:x',
  './here',
  '<a b>',
)

const inline: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: few(6) },
  { weight: 1, arbitrary: few(4).map((text) => `**${text}**`) },
  { weight: 1, arbitrary: few(4).map((text) => `*${text}*`) },
  { weight: 1, arbitrary: few(4).map((text) => `**bold _both ${text}_ and ~~gone~~**`) },
  { weight: 1, arbitrary: few(3).map((text) => `~~${text}~~`) },
  { weight: 1, arbitrary: few(4).map((text) => `\`${text}\``) },
  { weight: 1, arbitrary: fc.tuple(short, address).map(([text, url]) => `[${text}](${url})`) },
  { weight: 1, arbitrary: fc.tuple(short, address).map(([text, url]) => `![${text}](${url} "title")`) },
  { weight: 1, arbitrary: fc.constantFrom('[ref]', '[text][ref]', '<https://x.org>', 'a  \nb', 'a\\\nb') },
)

const line = fc.array(inline, { minLength: 1, maxLength: 2 }).map((parts) => parts.join(' '))
const lines = fc.array(line, { minLength: 1, maxLength: 2 }).map((all) => all.join('\n'))

const info = fc.constantFrom('', 'js', 'c++', 'python title="a b"', '{.x}', '"><script>', 'ÿ', '\\', '*a*')
const code = fc.array(fc.oneof(few(5), fc.constantFrom('', '  indented()', '\tif (a < b && c) {', '}', '``', '# no')), {
  maxLength: 6,
})
const fence = fc
  .tuple(fc.constantFrom('```', '````', '~~~'), info, code, fc.boolean())
  .map(([sign, language, body, closed]) => `${sign}${language}\n${body.join('\n')}${closed ? `\n${sign}` : ''}`)
// A line after a table is a row of it.
const cells = fc.array(short, { minLength: 3, maxLength: 3 }).map((row) => `| ${row.join(' | ')} |`)
const table = fc
  .tuple(cells, fc.constantFrom('|---|:-:|--:|', '|-|-|-|'), fc.array(cells, { maxLength: 4 }))
  .map(([head, ruler, body]) => [head, ruler, ...body, ''].join('\n'))

const leaf: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: lines },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.integer({ min: 1, max: 7 }), line).map(([depth, text]) => `${'#'.repeat(depth)} ${text}`),
  },
  { weight: 2, arbitrary: fence },
  { weight: 1, arbitrary: table },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '---',
      '***',
      '-',
      '5.',
      '<div>\n*x*\n</div>',
      '[ref]: https://x.org',
      '[^1]: a note',
      '\u00a0',
    ),
  },
)

const indent = (text: string, by: string) => text.replaceAll('\n', `\n${by}`)
const quoted = (text: string) => `> ${indent(text, '> ')}`
const listed = (items: readonly string[], sign: string) =>
  items.map((item) => `${sign} ${indent(item, '   ')}`).join('\n')
const around = (inner: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 3, arbitrary: inner },
    { weight: 1, arbitrary: inner.map(quoted) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.array(inner, { minLength: 1, maxLength: 2 }), fc.constantFrom('-', '*', '1.', '7)', '- [x]', '- [ ]'))
        .map(([items, sign]) => listed(items, sign)),
    },
  )
const block = around(around(leaf))

const structured = fc
  .tuple(fc.array(block, { maxLength: 2 }), fc.constantFrom('\n\n', '\n\n', '\n', '\r\n\r\n'))
  .map(([blocks, between]) => blocks.join(between))
const noise = fc.string({ unit: fc.constantFrom(...'*_~`[]()<>!#-+=|:\\&@.1 \t\r\n\0ae\u0301😀'), maxLength: 60 })

/** Random Markdown: nested blocks, every mark, unbalanced signs, many scripts, what is invisible, and noise. */
export const documents: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: structured },
  { weight: 1, arbitrary: noise },
)
