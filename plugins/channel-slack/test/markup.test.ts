import { markupConformance } from '@openclaw/testing'
import { describe, expect, it } from 'vitest'
import channel from '../src/channel.ts'
import { emojiName, emojiOf } from '../src/emoji.ts'
import { mrkdwn } from '../src/markup.ts'
import { sections } from '../src/outbound.ts'

const count = (text: string, sign: string) => text.split(sign).length - 1

markupConformance({
  name: 'slack',
  markup: mrkdwn,
  limit: { max: channel.traits.maxText, unit: 'utf16' },
  // Signs that can be marks go wherever they stand: a text has as many of them whole as in pieces.
  visible: (text) =>
    text
      .replace(/<([^<>|]*)(?:\|([^<>]*))?>/g, (_, url: string, label?: string) => label ?? url)
      .replace(/[*_~`ˋ\u200b]/g, '')
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&amp;/g, '&'),
  balanced(text) {
    const unquoted = text.replace(/^(?:> )+/gm, '')
    return count(unquoted, '```') % 2 === 0 && count(unquoted, '<') === count(unquoted, '>')
  },
})

const render = (markdown: string) => channel.render!(markdown).join('\n---\n')

describe('mrkdwn', () => {
  it.each([
    ['**bold** and __bold__', '*bold* and *bold*'],
    ['*slanted* and _slanted_', '_slanted_ and _slanted_'],
    ['~~gone~~', '~gone~'],
    ['`a < b`', '`a &lt; b`'],
    ['a < b & c > d', 'a &lt; b &amp; c &gt; d'],
    ['[the page](https://a.example/?x=1&y=2)', '<https://a.example/?x=1&amp;y=2|the page>'],
    ['<https://a.example/>', '<https://a.example/>'],
    ['# A title', '*A title*'],
    ['- one\n- two\n  - inside', '• one\n• two\n    ◦ inside'],
    ['1. one\n2. two', '1. one\n2. two'],
    ['> quoted', '> quoted'],
    ['```js\nif (a < b) c()\n```', '```\nif (a &lt; b) c()\n```'],
  ])('writes %j', (markdown, expected) => {
    expect(render(markdown)).toBe(expected)
  })

  it('writes a table as columns of a code block', () => {
    const text = render('| name | age |\n| --- | --- |\n| Ada | 36 |\n| Grace | 85 |')
    expect(text.startsWith('```\n')).toBe(true)
    expect(text).toMatch(/name +│? *age/)
    expect(text).toMatch(/Grace +│? *85/)
  })

  it('keeps the text from calling people or everybody', () => {
    expect(render('<!channel> <@U1>')).not.toContain('<!')
    expect(render('say \\<!channel\\> and \\<@U1\\>')).toBe('say &lt;!channel&gt; and &lt;@U1&gt;')
  })

  it('keeps signs of the text from being taken for marks', () => {
    expect(render('\\*not bold\\*')).toBe('*\u200bnot bold*')
    expect(render('snake_case_name and 2 * 3 * 4')).toBe('snake_case_name and 2 * 3 * 4')
  })
})

describe('emoji', () => {
  it.each([
    ['👍', '+1'],
    [':thumbsup:', '+1'],
    ['❤', 'heart'],
    ['eyes', 'eyes'],
    [':shipit:', 'shipit'],
  ])('names %s', (sign, name) => expect(emojiName(sign)).toBe(name))

  it('knows no name for what is none', () => expect(emojiName('🦑 squid')).toBeUndefined())
  it('shows what it has no sign for by its name', () => expect(emojiOf('shipit')).toBe(':shipit:'))
})

describe('sections', () => {
  it.each([[1], [2999], [3000], [3001], [9000]])('hold a text of %i, each within the limit', (length) => {
    const text = 'line of text\n'.repeat(Math.ceil(length / 13)).slice(0, length)
    const parts = sections(text).map((section) => section.text!.text)
    expect(parts.join('')).toBe(text)
    for (const part of parts) expect(part.length).toBeLessThanOrEqual(3000)
  })

  it('cut no sign in two', () => {
    const parts = sections(`a${'👍'.repeat(2000)}`).map((section) => section.text!.text)
    expect(parts.every((part) => part.isWellFormed() && part.length <= 3000)).toBe(true)
  })
})
