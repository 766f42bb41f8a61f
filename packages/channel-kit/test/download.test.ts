import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { download, limited } from '../src/index.ts'

const token = 'secret-token-1234'
const headers = { authorization: `Bearer ${token}` }
const servers: Server[] = []

/** A real server that answers by path and remembers which headers it was shown. */
async function serve(
  answers: Record<string, { status?: number; headers?: Record<string, string>; body?: string | Buffer }>,
) {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    asked.push(request)
    const { status = 200, headers: given = {}, body } = answers[request.url!] ?? { status: 404 }
    response.writeHead(status, given).end(body)
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const tokens = () => asked.map((request) => request.headers.authorization)
  return { host: `127.0.0.1:${port}`, url: `http://127.0.0.1:${port}`, asLocalhost: `http://localhost:${port}`, tokens }
}

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

const textOf = (stream: ReadableStream<Uint8Array>) => new Response(stream).text()

describe('the token goes to trusted hosts only', () => {
  it('is sent to one', async () => {
    const files = await serve({ '/a': { body: 'bytes' } })
    expect(await textOf(await download(fetch, `${files.url}/a`, { headers, trusted: [files.host] }))).toBe('bytes')
    expect(files.tokens()).toEqual([headers.authorization])
  })

  it('is not sent to another, nor when none is named', async () => {
    const files = await serve({ '/a': { body: 'bytes' } })
    await textOf(
      await download(fetch, `${files.url}/a`, { headers, trusted: ['files.example.com', '127.0.0.1', '127.0.0.1:1'] }),
    )
    await textOf(await download(fetch, `${files.url}/a`, { headers }))
    await textOf(await download(fetch, `${files.asLocalhost}/a`, { headers, trusted: [files.host] }))
    expect(files.tokens()).toEqual([undefined, undefined, undefined])
  })

  it('does not follow a redirect to another host, another port, or another name of the same host', async () => {
    const cdn = await serve({ '/b': { body: 'from there' } })
    const files = await serve({
      '/a': { status: 302, headers: { location: `${cdn.url}/b` } },
      '/c': { status: 307, headers: { location: '/d' } },
      '/d': { body: 'from here' },
    })
    const asLocalhost = await serve({ '/e': { status: 301, headers: { location: `${files.asLocalhost}/d` } } })
    const trusted = [files.host, asLocalhost.host]
    expect(await textOf(await download(fetch, `${files.url}/a`, { headers, trusted }))).toBe('from there')
    expect(cdn.tokens()).toEqual([undefined])
    expect(await textOf(await download(fetch, `${files.url}/c`, { headers, trusted }))).toBe('from here')
    expect(await textOf(await download(fetch, `${asLocalhost.url}/e`, { headers, trusted }))).toBe('from here')
    expect(files.tokens()).toEqual([...Array.from({ length: 3 }, () => headers.authorization), undefined])
  })

  it('is not sent again once another host was asked', async () => {
    const answers: Parameters<typeof serve>[0] = {}
    const files = await serve(answers)
    const other = await serve({ '/': { status: 302, headers: { location: `${files.url}/end` } } })
    answers['/start'] = { status: 302, headers: { location: `${other.url}/` } }
    answers['/end'] = { body: 'end' }
    expect(await textOf(await download(fetch, `${files.url}/start`, { headers, trusted: [files.host] }))).toBe('end')
    expect(files.tokens()).toEqual([headers.authorization, undefined])
  })

  it('knows all hosts below a name, and not the name itself or one that ends like it', async () => {
    const shown: (string | null)[] = []
    const note: typeof fetch = async (_, init) => {
      shown.push(new Headers(init?.headers).get('authorization'))
      return new Response('x')
    }
    for (const host of ['files.slack.com', 'a.b.slack.com', 'slack.com', 'evilslack.com', 'files.slack.com:8443'])
      await textOf(await download(note, `https://${host}/x`, { headers, trusted: ['*.slack.com'] }))
    expect(shown.map((one) => one !== null)).toEqual([true, true, false, false, false])
  })
})

describe('what is not followed', () => {
  const elsewhere =
    (location: string): typeof fetch =>
    async () =>
      new Response(null, { status: 302, headers: { location } })

  it.each([
    ['ftp://x.org/a', fetch, 'forbidden'],
    ['file:///etc/passwd', fetch, 'forbidden'],
    ['http://x.org/a', fetch, 'forbidden'],
    ['no address', fetch, 'invalid_params'],
    ['https://x.org/a', elsewhere('http://x.org/b'), 'forbidden'],
    ['https://x.org/a', elsewhere('http://127.0.0.1:1/b'), 'forbidden'],
    ['https://x.org/a', elsewhere('https://localhost/b'), 'forbidden'],
    ['https://x.org/a', elsewhere('data:,b'), 'forbidden'],
  ])('%s', async (url, by, code) => {
    await expect(download(by, url, {})).rejects.toMatchObject({ code })
  })

  it('stops after five redirects', async () => {
    const hops = Array.from(
      { length: 7 },
      (_, hop) => [`/${hop}`, { status: 302, headers: { location: `/${hop + 1}` } }] as const,
    )
    const files = await serve(Object.fromEntries([...hops, ['/7', { body: 'end' }]]))
    await expect(download(fetch, `${files.url}/1`, {})).rejects.toMatchObject({ code: 'unavailable' })
    expect(await textOf(await download(fetch, `${files.url}/2`, {}))).toBe('end')
  })
})

describe('S14: failures', () => {
  it.each([
    [401, {}, { code: 'unauthorized' }],
    [403, {}, { code: 'forbidden' }],
    [404, {}, { code: 'not_found' }],
    [429, { 'retry-after': '7' }, { code: 'rate_limited', retryAfterMs: 7000 }],
    [500, {}, { code: 'unavailable' }],
    [418, {}, { code: 'invalid_params' }],
  ])('%i is a failure that names the host and nothing secret', async (status, given, failure) => {
    const files = await serve({ [`/file/bot${token}/a`]: { status, headers: given, body: token } })
    const error: unknown = await download(fetch, `${files.url}/file/bot${token}/a`, {
      headers,
      trusted: [files.host],
    }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ ...failure, message: expect.stringContaining(files.host) })
    expect(JSON.stringify(error) + String(error)).not.toContain(token)
  })

  it('says so when nobody answers, and when it was stopped', async () => {
    const gone = await serve({})
    servers.splice(0).forEach((server) => server.close())
    await expect(download(fetch, `${gone.url}/bot${token}`, {})).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.not.stringContaining(token),
    })
    await expect(download(fetch, `${gone.url}/a`, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    })
  })

  it('lets the caller refuse what calls itself a success', async () => {
    const files = await serve({ '/a': { headers: { 'content-type': 'text/html' }, body: '<login>' } })
    const check = ({ headers: shown }: Response) => {
      if (shown.get('content-type') === 'text/html') throw new Error('a login page')
    }
    await expect(download(fetch, `${files.url}/a`, { check })).rejects.toThrow('a login page')
  })
})

describe('limits', () => {
  const source = (cancelled: () => void) =>
    new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(600)), cancel: cancelled })

  it('passes on what is not larger', async () => {
    expect((await new Response(limited(new Blob(['12345']).stream(), 5)).text()).length).toBe(5)
  })

  it('fails and cancels the source when more comes', async () => {
    let cancelled = 0
    const stream = limited(
      source(() => cancelled++),
      1000,
    )
    await expect(textOf(stream)).rejects.toMatchObject({
      code: 'invalid_params',
      message: expect.stringContaining('1000 bytes'),
    })
    expect(cancelled).toBe(1)
  })

  it('refuses a file that says it is larger, and one that says less than it brings', async () => {
    const files = await serve({
      '/honest': { headers: { 'content-length': '2000' }, body: Buffer.alloc(2000) },
      '/silent': { headers: { 'transfer-encoding': 'chunked' }, body: Buffer.alloc(2000) },
    })
    await expect(download(fetch, `${files.url}/honest`, { maxBytes: 1000 })).rejects.toMatchObject({
      code: 'invalid_params',
    })
    const silent = await download(fetch, `${files.url}/silent`, { maxBytes: 1000 })
    await expect(textOf(silent)).rejects.toMatchObject({ code: 'invalid_params' })
    expect(await textOf(await download(fetch, `${files.url}/honest`, { maxBytes: 2000 }))).toHaveLength(2000)
  })
})
