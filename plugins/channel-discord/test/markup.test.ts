import { markupConformance } from '@openclaw/testing'
import { readable } from '@openclaw/testing/discord'
import { describe, expect, it } from 'vitest'
import channel from '../src/channel.ts'
import { markup } from '../src/markup.ts'

markupConformance({
  name: 'Discord',
  markup,
  limit: { max: channel.traits.maxText, unit: channel.traits.lengthUnit },
  visible: readable,
  balanced: (text) => (text.match(/```/g)?.length ?? 0) % 2 === 0,
})

const render = (markdown: string) => channel.render!(markdown).join('\n---\n')

describe("Discord's Markdown", () => {
  it.each([
    ['**bold** and __bold__', '**bold** and **bold**'],
    ['*slanted* and _slanted_', '*slanted* and *slanted*'],
    ['~~gone~~', '~~gone~~'],
    ['`a < b`', '`a < b`'],
    ['`` a ` b ``', '`` a ` b ``'],
    ['# A title', '# A title'],
    ['###### A small title', '### A small title'],
    ['- one\n- two\n  - inside', '- one\n- two\n  - inside'],
    ['1. one\n2. two', '1. one\n2. two'],
    ['> quoted\n> twice', '> quoted\n> twice'],
    ['```js\nif (a < b) c()\n```', '```js\nif (a < b) c()\n```'],
    ['    `````', '```\n`\u200B`\u200B`\u200B`\u200B`\n```'],
  ])('writes %j', (markdown, expected) => {
    expect(render(markdown)).toBe(expected)
  })

  it.each([
    ['[the page](https://a.example/?x=1&y=2)', '[the page](<https://a.example/?x=1&y=2>)'],
    ['<https://a.example/snake_case>', '<https://a.example/snake_case>'],
    ['https://a.example/snake_case', '<https://a.example/snake_case>'],
    ['[https://a.example](https://a.example)', '<https://a.example>'],
    ['[Ada](mailto:ada@a.example)', 'Ada (mailto:ada@a.example)'],
    ['ada@a.example', 'ada@a.example'],
  ])('writes the link %j without a preview', (markdown, expected) => {
    expect(render(markdown)).toBe(expected)
  })

  it.each([
    ['\\*not bold\\*', '\\*not bold\\*'],
    ['snake_case', 'snake\\_case'],
    ['\\# no title', '\\# no title'],
    ['a \\| b', 'a \\| b'],
    ['\\- no list', '\\- no list'],
    ['1\\. no list', '1\\. no list'],
    ['\\<@123\\> is nobody', '\\<@123> is nobody'],
  ])('keeps the signs of %j from being taken for marks', (markdown, expected) => {
    expect(render(markdown)).toBe(expected)
  })

  it('writes a table as columns of a code block', () => {
    const text = render('| name | age |\n| --- | ---: |\n| Ada | 36 |\n| Grace | 7 |')
    expect(text).toMatch(/^```\nname +│? *age\n/)
    expect(
      text
        .split('\n')
        .filter((line) => /Ada|Grace/.test(line))
        .map((line) => line.length),
    ).toHaveLength(2)
  })
})
