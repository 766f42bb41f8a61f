import { expect, it } from 'vitest'
import { open } from './open.ts'
import { body, json, openSite, type Answer } from './site.ts'

async function openBoth(paths: Readonly<Record<string, Answer>>, config: object = {}) {
  const site = await openSite(paths)
  const bench = await open({ allowPrivate: [site.host], ...config })
  return {
    site,
    bench,
    fetch: (path: string, more: object = {}) => bench.call('web_fetch', { url: `${site.url}${path}`, ...more }),
    async [Symbol.asyncDispose]() {
      await bench[Symbol.asyncDispose]()
      await site[Symbol.asyncDispose]()
    },
  }
}

it('S9: does not go to this machine unless the configuration names the host', async () => {
  await using both = await openBoth({ '/': body('text/plain', 'secret') }, { allowPrivate: [] })
  await expect(both.fetch('/')).rejects.toMatchObject({ code: 'forbidden' })
  expect(both.site.asked).toEqual([])
})

it('shows a page as Markdown under its own address, marked as from outside', async () => {
  await using both = await openBoth({
    '/old': (_request, response) => response.writeHead(301, { location: '/new/page' }).end(),
    '/new/page': body('text/html; charset=utf-8', '<title>News</title><p>Grüße von <a href="../here">hier</a></p>'),
  })
  const result = await both.fetch('/old')
  expect(result).toMatchObject({ outside: true })
  expect(result.text).toBe(`${both.site.url}/new/page\n\n# News\n\nGrüße von [hier](${both.site.url}/here)`)
})

it('shows JSON and text as they are, and HTML itself when it is wanted', async () => {
  await using both = await openBoth({
    '/data': json({ a: [1] }),
    '/text': body('text/plain', '<p>not HTML</p>'),
    '/page': body('text/html', '<p>HTML</p>'),
  })
  expect((await both.fetch('/data')).text).toContain('\n\n{"a":[1]}')
  expect((await both.fetch('/text')).text).toContain('<p>not HTML</p>')
  expect((await both.fetch('/page', { raw: true })).text).toContain('<p>HTML</p>')
  expect((await both.fetch('/page')).text).toMatch(/\n\nHTML$/)
})

it('reads the letters that a type, a page or a mark names', async () => {
  await using both = await openBoth({
    '/type': body('text/plain; charset=iso-8859-1', Buffer.from('Gr\xfc\xdfe', 'latin1')),
    '/meta': body('text/html', Buffer.from('<meta charset="windows-1252"><p>Gr\xfc\xdfe</p>', 'latin1')),
    '/mark': body('text/plain', Buffer.from('\uFEFFGrüße', 'utf16le')),
    '/wrong': body('text/plain; charset=no-such-letters', 'Grüße'),
  })
  for (const path of ['/type', '/meta', '/mark', '/wrong'])
    expect((await both.fetch(path)).text, path).toContain('Grüße')
})

it('gives images and PDFs to the model by what they are, and refuses what it cannot show', async () => {
  const png = Buffer.from('89504e470d0a1a0a00', 'hex')
  await using both = await openBoth({
    '/a/chart.png': body('image/png', png),
    '/download': body('application/octet-stream', '%PDF-1.7 …'),
    '/program': body('application/octet-stream', Buffer.from([0x7f, 0x45, 0])),
    '/film': body('video/mp4', 'x'),
  })
  const { content } = await both.fetch('/a/chart.png')
  expect(content[1]).toEqual({ type: 'file', mime: 'image/png', ref: 'media:0', name: 'chart.png' })
  expect(both.bench.attached.get('media:0')).toEqual(new Uint8Array(png))
  expect((await both.fetch('/download')).content[1]).toMatchObject({ mime: 'application/pdf', name: 'download' })
  for (const path of ['/program', '/film'])
    await expect(both.fetch(path)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining(path),
    })
})

it('shows a long text in parts, and fetches it once', async () => {
  await using both = await openBoth({ '/long': body('text/plain', 'abcdefghij'.repeat(250)) }, { maxOutput: 1000 })
  const first = await both.fetch('/long')
  expect(first.text).toMatch(/\[characters 0 to 1000 of 2500; go on with offset 1000\]$/)
  expect((await both.fetch('/long', { offset: 2495 })).text).toBe(`${both.site.url}/long\n\nfghij`)
  await expect(both.fetch('/long', { offset: 2500 })).rejects.toMatchObject({ code: 'invalid_params' })
  expect(both.site.asked).toEqual(['GET /long'])
})

it('says what a site answered instead of a page, and asks again the next time', async () => {
  await using both = await openBoth({ '/gone': body('text/html', 'This page <b>moved</b>.', 410) })
  for (let time = 0; time < 2; time++)
    expect(await both.fetch('/gone')).toMatchObject({
      failed: true,
      outside: true,
      text: `${both.site.url}/gone answered 410\n\nThis page moved .`,
    })
  expect(both.site.asked).toHaveLength(2)
})

it('ends where a page is too large, and with the signal', async () => {
  await using both = await openBoth(
    { '/': body('text/plain', 'x'.repeat(20_000)), '/never': () => {} },
    { maxBytes: 10_000 },
  )
  await expect(both.fetch('/')).rejects.toMatchObject({ code: 'unsupported' })
  const stop = new AbortController()
  const call = both.bench.call('web_fetch', { url: `${both.site.url}/never` }, { signal: stop.signal })
  stop.abort(new Error('enough'))
  await expect(call).rejects.toThrow('enough')
})

it('P8: the schemas and descriptions of the two tools are small', async () => {
  await using bench = await open()
  const spoken = [...bench.tools.values()].map(({ name, description, input }) => ({ name, description, input }))
  expect(JSON.stringify(spoken).length).toBeLessThan(1000)
})
