import fc from 'fast-check'
import type { VNode } from 'preact'
import { describe, expect, it } from 'vitest'
import { parseMarkdown } from '../src/markdown/blocks.ts'
import { flatten, type Inline, parseInline } from '../src/markdown/inline.ts'
import { safeHref } from '../src/markdown/link.ts'
import { renderBlock } from '../src/markdown/markdown.tsx'
import { hostile } from './hostile.ts'

const elements = new Set([
  'p',
  'h3',
  'h4',
  'h5',
  'blockquote',
  'ul',
  'ol',
  'li',
  'input',
  'span',
  'div',
  'table',
  'thead',
  'tbody',
  'tr',
  'th',
  'td',
  'hr',
  'br',
  'strong',
  'em',
  's',
  'code',
  'a',
])
const attributes = new Set([
  'children',
  'class',
  'start',
  'type',
  'checked',
  'disabled',
  'aria-label',
  'href',
  'title',
  'target',
  'rel',
  'scope',
  'tabIndex',
  'role',
  'language',
  'text',
  'block',
  'dir',
])

/** Every element below, with the components' own output left to the browser test. */
function walk(node: unknown, visit: (vnode: VNode<Record<string, unknown>>) => void): void {
  if (Array.isArray(node)) for (const one of node) walk(one, visit)
  if (typeof node !== 'object' || node === null || !('props' in node)) return
  const vnode = node as VNode<Record<string, unknown>>
  visit(vnode)
  walk(vnode.props.children, visit)
}
function check(text: string): void {
  parseMarkdown(text).forEach((block, key) =>
    walk(renderBlock(block, key), ({ type, props }) => {
      if (typeof type === 'string') expect(elements).toContain(type)
      for (const name of Object.keys(props)) expect(attributes).toContain(name)
      if (type === 'a') {
        expect(String(props['href'])).toMatch(/^(?:https?:\/\/|mailto:)/)
        expect([props['rel'], props['target']]).toEqual(['noopener noreferrer', '_blank'])
      }
    }),
  )
}
const shape = (text: string) => parseMarkdown(text)
const inline = (text: string) => parseInline(text)

describe('what must not happen', () => {
  it('S16: hostile texts become known elements with known attributes and safe links only', () => {
    expect(hostile.length).toBeGreaterThan(1000)
    for (const text of hostile) check(text)
  })

  it('S16: so does anything at all', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '*',
        '_',
        '~~',
        '`',
        '```\n',
        '[',
        '](',
        ')',
        '<',
        '>',
        '|',
        '\n',
        '- ',
        '1. ',
        '# ',
        'javascript:',
        'data:text/html,',
        'https://a.b/',
        '![',
        '\\',
        '&lt;',
        '<img src=x onerror=alert(1)>',
        '|-|-|\n',
      ),
      fc.string({ unit: 'binary', maxLength: 8 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => check(pieces.join(''))),
      { numRuns: 500 },
    )
  })

  it('keeps every letter of plain words', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 20 }), (words) => {
        expect(flatten(inline(words.join(' ')))).toBe(words.join(' '))
      }),
    )
  })

  it('takes no longer for text that was made to be slow', () => {
    const size = 50_000
    const texts = [
      '*',
      '_a',
      '[',
      '![',
      '[a](',
      '](',
      '`',
      '`a``',
      '**a ',
      '<',
      'http://',
      '> ',
      '- ',
      '  - ',
      '|',
      '|-',
      '~~a',
      '\\',
      '# ',
      '*a_',
      'a*',
      '((',
      'https://a.b/(',
    ]
    for (const piece of texts) {
      const text = piece.repeat(Math.ceil(size / piece.length))
      const begun = performance.now()
      parseMarkdown(text)
      parseMarkdown(text.replaceAll(/(.{50})/g, '$1\n'))
      expect(performance.now() - begun, JSON.stringify(piece)).toBeLessThan(5000)
    }
  })

  it('nests no deeper than a browser can draw', () => {
    const depth = (nodes: readonly Inline[]): number =>
      nodes.reduce((most, one) => Math.max(most, 'inline' in one ? 1 + depth(one.inline) : 0), 0)
    expect(depth(inline(`${'*a '.repeat(5000)}${' b*'.repeat(5000)}`))).toBeLessThan(60)
    expect(JSON.stringify(shape('> '.repeat(5000))).split('quote').length).toBeLessThan(20)
  })
})

it.each([
  ['https://example.org/a?b=c#d', 'https://example.org/a?b=c#d'],
  ['HTTP://EXAMPLE.org', 'http://example.org/'],
  ['mailto:me@example.org', 'mailto:me@example.org'],
  ['javascript:alert(1)', undefined],
  [' java\nscript:alert(1)', undefined],
  ['JaVaScRiPt:alert(1)', undefined],
  ['data:text/html,<script>alert(1)</script>', undefined],
  ['vbscript:x', undefined],
  ['blob:https://example.org/x', undefined],
  ['file:///etc/passwd', undefined],
  ['/control-ui/', undefined],
  ['//evil.example', undefined],
  ['#link=abc', undefined],
  ['ws://127.0.0.1:18789', undefined],
])('a link to %j leads to %j', (raw, href) => {
  expect(safeHref(raw)).toBe(href)
})

describe('what models write', () => {
  it.each<[string, unknown]>([
    [
      '**bold** and *soft* and ~~gone~~',
      [
        { type: 'strong', inline: [{ type: 'text', text: 'bold' }] },
        { type: 'text', text: ' and ' },
        { type: 'emphasis', inline: [{ type: 'text', text: 'soft' }] },
        { type: 'text', text: ' and ' },
        { type: 'strike', inline: [{ type: 'text', text: 'gone' }] },
      ],
    ],
    ['***both***', [{ type: 'emphasis', inline: [{ type: 'strong', inline: [{ type: 'text', text: 'both' }] }] }]],
    ['snake_case_name and 2 * 3 * 4', [{ type: 'text', text: 'snake_case_name and 2 * 3 * 4' }]],
    ['`` a ` b ``', [{ type: 'code', text: 'a ` b' }]],
    [
      '`*no*` \\*no\\*',
      [
        { type: 'code', text: '*no*' },
        { type: 'text', text: ' *no*' },
      ],
    ],
    [
      '[a *b*](https://x.y "t")',
      [
        {
          type: 'link',
          href: 'https://x.y/',
          inline: [
            { type: 'text', text: 'a ' },
            { type: 'emphasis', inline: [{ type: 'text', text: 'b' }] },
          ],
        },
      ],
    ],
    ['[bad](javascript:alert(1))', [{ type: 'text', text: 'bad' }]],
    [
      '(see https://x.y/a_(b).)',
      [
        { type: 'text', text: '(see ' },
        { type: 'link', href: 'https://x.y/a_(b)', inline: [{ type: 'text', text: 'https://x.y/a_(b)' }] },
        { type: 'text', text: '.)' },
      ],
    ],
    ['<me@x.org>', [{ type: 'link', href: 'mailto:me@x.org', inline: [{ type: 'text', text: 'me@x.org' }] }]],
    [
      '![alt](https://x.y/i.png)',
      [{ type: 'link', href: 'https://x.y/i.png', inline: [{ type: 'text', text: 'alt' }] }],
    ],
    ['<b>no</b>', [{ type: 'text', text: '<b>no</b>' }]],
    ['array[0] and [x]', [{ type: 'text', text: 'array[0] and [x]' }]],
  ])('%s', (text, nodes) => {
    expect(inline(text)).toEqual(nodes)
  })

  it('reads nested lists with tasks, and numbers that begin elsewhere', () => {
    const [list] = shape('3. three\n   - [x] done\n   - [ ] open\n\n     still open\n4. four')
    expect(list).toMatchObject({
      type: 'list',
      start: 3,
      items: [
        {
          blocks: [
            { type: 'paragraph' },
            {
              type: 'list',
              start: undefined,
              items: [{ checked: true }, { checked: false, blocks: [{ type: 'paragraph' }, { type: 'paragraph' }] }],
            },
          ],
        },
        { blocks: [{ type: 'paragraph' }] },
      ],
    })
  })

  it('keeps code as it is, also inside a list and before its fence is closed', () => {
    const code = '```ts\nconst a = "<b>"\n\n  - x\n```'
    expect(shape(code)).toEqual([{ type: 'code', language: 'ts', text: 'const a = "<b>"\n\n  - x' }])
    expect(shape('```js\nlet a')).toEqual([{ type: 'code', language: 'js', text: 'let a' }])
    expect(shape('- a\n  ```sh\n  ls\n    -l\n  ```\n- b')).toMatchObject([
      {
        type: 'list',
        items: [{ blocks: [{ type: 'paragraph' }, { type: 'code', language: 'sh', text: 'ls\n  -l' }] }, {}],
      },
    ])
  })

  it('reads tables with sides, escaped pipes and missing cells', () => {
    const [table] = shape('| a | b |\n| :-- | --: |\n| `x|y` | 1 \\| 2 |\n| only |\n\nafter')
    expect(table).toMatchObject({
      type: 'table',
      align: ['left', 'right'],
      rows: [
        [[{ type: 'code', text: 'x|y' }], [{ text: '1 | 2' }]],
        [[{ text: 'only' }], []],
      ],
    })
    expect(shape('a | b\nno table')).toMatchObject([{ type: 'paragraph' }])
  })

  it('reads headings, rules and quotes with paragraphs that go on', () => {
    expect(shape('# One #\ntext\n***\n> a\nb\n> > c\n\nend').map((block) => block.type)).toEqual([
      'heading',
      'paragraph',
      'rule',
      'quote',
      'paragraph',
    ])
    expect(shape('#no heading')).toMatchObject([{ type: 'paragraph' }])
  })

  it('a text that grows leaves its earlier blocks as they were', () => {
    const text = 'First *one*.\n\n- a\n- b\n\n```js\nlet x\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nLast.'
    const whole = shape(text)
    for (let end = 1; end <= text.length; end += 1) {
      const blocks = shape(text.slice(0, end))
      expect(blocks.slice(0, -1)).toEqual(whole.slice(0, Math.max(0, blocks.length - 1)))
    }
  })
})
