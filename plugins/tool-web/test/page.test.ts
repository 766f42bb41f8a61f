import { describe, expect, it } from 'vitest'
import { readPage } from '../src/page.ts'
import { plainText } from '../src/plain.ts'
import { read } from '../src/reader.ts'

const url = 'https://news.example/2026/story'
const sentence =
  'The harbour was quiet that morning, and nobody expected, least of all the keeper, what came in with the tide. '
const article = `<!doctype html><html><head><title>The tide — News</title><script>track()</script></head><body>
<nav><a href="/">Home</a></nav><article><h1>The tide</h1>${`<p>${sentence.repeat(4)}</p>`.repeat(6)}
<p>See <a href="../map?x=1&amp;y=2">the map_of_it</a> and <img src="/a.png" alt="a boat"><img src="/pixel.gif"></p>
<pre><code class="language-js">let tide = 1\n  rise()</code></pre>
<table><tr><th>Hour</th><th>Level</th></tr><tr><td>6</td><td>1 *m*</td></tr></table>
<ul><li>one<li>two</ul></article><footer>All rights</footer></body></html>`

describe('a page', () => {
  it('is its article where it has one, with whole addresses, code, tables and lists', () => {
    const page = read({ html: article, url })
    expect(page.title).toBe('The tide — News')
    expect(page.markdown).toContain('[the map_of_it](https://news.example/map?x=1&y=2)')
    expect(page.markdown).toContain('![a boat](https://news.example/a.png)')
    expect(page.markdown).toContain('```js\nlet tide = 1\n  rise()\n```')
    expect(page.markdown).toContain('| Hour | Level |\n| --- | --- |\n| 6 | 1 *m* |')
    expect(page.markdown).toMatch(/- +one\n- +two/)
    for (const noise of ['Home', 'All rights', 'track', 'pixel']) expect(page.markdown).not.toContain(noise)
  })

  it('is all that it says where there is no article', () => {
    const html = '<title>Shop</title><header>Menu</header><div><a href="b">Boots</a> 5 €</div><div>Socks 2 €</div>'
    expect(read({ html, url })).toEqual({
      title: 'Shop',
      markdown: '[Boots](https://news.example/2026/b) 5 €\n\nSocks 2 €',
    })
  })

  it('takes its own base, and leaves out addresses that lead nowhere', () => {
    const html = '<base href="/docs/"><p><a href="x">x</a> <a href="javascript:run()">y</a> <a href="data:,z">z</a></p>'
    expect(read({ html, url }).markdown).toBe('[x](https://news.example/docs/x) y z')
  })

  it.each(['', '<', '<html', '<!doctype html>', '<p>', '\0', '<html></html>', '<body><body>'])(
    'may be broken: %j',
    (html) => {
      expect(() => read({ html, url })).not.toThrow()
    },
  )

  it('is read in a thread, and is bare text when that takes too long or breaks', async () => {
    const { signal } = new AbortController()
    expect((await readPage(article, url, signal)).text).toMatch(/^# The tide — News\n\n/)
    // Markup that keeps the parser busy for a minute and a half, and markup that is too deep for it.
    const busy = `<p>${'<b>x'.repeat(20_000)} end`
    const deep = `${'<div>'.repeat(20_000)}deep`
    for (const html of [busy, deep]) {
      const { text, note } = await readPage(html, url, signal, 1000)
      expect(note).toContain('bare text')
      expect(text).toMatch(/end$|deep$/)
    }
  })

  it('is not read any further once the signal says so', async () => {
    const stop = new AbortController()
    const reading = readPage(article, url, stop.signal)
    stop.abort(new Error('enough'))
    await expect(reading).rejects.toThrow('enough')
  })
})

describe('bare text', () => {
  it.each([
    ['<p>a &amp; b</p><p>c</p>', 'a & b c'],
    ['<script>if (a < b) x()</script>ok<style>p > a {}</style>', 'ok'],
    ['a<script>never ends', 'a'],
    ['1 < 2', '1'],
    ['line\n\n\n  next', 'line\nnext'],
    ['&lt;b&gt; &quot;x&quot;', '<b> "x"'],
  ])('of %j is %j', (html, text) => {
    expect(plainText(html)).toBe(text)
  })

  it('is there at once, whatever stands in it', () => {
    // Each of these takes minutes where every start looks for its end anew.
    for (const piece of ['<script>', '<', '<a href=', '<!--', '</'])
      expect(plainText(piece.repeat(300_000)).length).toBeLessThan(3_000_000)
  })
})
