import { markupConformance } from '@openclaw/testing'
import { parseHtml } from '@openclaw/testing/telegram'
import { describe, expect, it } from 'vitest'
import channel from '../src/channel.ts'
import { html, plainOf } from '../src/markup.ts'

const readable = (text: string) => {
  try {
    parseHtml(text)
    return true
  } catch {
    return false
  }
}

markupConformance({
  name: 'telegram',
  markup: html,
  limit: { max: channel.traits.maxText, unit: channel.traits.lengthUnit },
  visible: (rendered) => parseHtml(rendered).text,
  balanced: readable,
})

const render = (markdown: string) => channel.render!(markdown).join('\n---\n')

describe('Markdown as Telegram writes it', () => {
  it.each([
    ['marks', '**a** _b_ ~~c~~ `d`', '<b>a</b> <i>b</i> <s>c</s> <code>d</code>'],
    ['signs', 'a < b && c > d', 'a &lt; b &amp;&amp; c &gt; d'],
    ['a link', '[x & y](https://e.org/?a=1&b="2")', '<a href="https://e.org/?a=1&amp;b=%222%22">x &amp; y</a>'],
    ['code', '```js\na < b\n```', '<pre><code class="language-js">a &lt; b</code></pre>'],
    ['code of no language', '```\na < b\n```', '<pre>a &lt; b</pre>'],
    ['a heading with a mark in it', '# a **b**', '<b>a b</b>'],
    ['a quote', '> a', '<blockquote>a</blockquote>'],
  ])('%s', (_, markdown, expected) => {
    expect(render(markdown)).toBe(expected)
  })

  it('a quote within a quote is one quote, since Telegram knows no other', () => {
    expect(html.quote('a\n<blockquote>b</blockquote>')).toBe('<blockquote>a\nb</blockquote>')
  })

  it('a table in columns of one width', () => {
    expect(render('| name | age |\n| --- | ---: |\n| <Ada> | 36 |')).toMatch(
      /^<pre>[^<]*name[^<]*&lt;Ada&gt;[^<]*<\/pre>$/,
    )
  })
})

it.each([
  ['<b>a</b> &lt;b&gt; &amp;amp; &quot;', 'a <b> &amp; "'],
  ['a < b and c > d', 'a < b and c > d'],
  ['<pre><code class="language-js">x</code></pre>', 'x'],
])('%s in plain words', (text, plain) => {
  expect(plainOf(text)).toBe(plain)
})
