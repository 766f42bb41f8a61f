import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { guarded, openCanary, type Canary } from './canary.ts'
import { temporaryFolder } from './places.ts'
import spellings from './private-addresses.json' with { type: 'json' }

const refused = expect.objectContaining({ code: expect.stringMatching(/^(forbidden|invalid_params)$/) })
const cases = [
  ...spellings.groups.flatMap(({ urls }) => urls.map((url) => ({ url, addresses: ['127.0.0.1'] }))),
  ...spellings.named.urls,
]

/** What a name of the test leads to: this machine, and the canary is allowed there. */
const here = async () => ['127.0.0.1']
const at = (canary: Canary, path = '/', host = 'site.test') => `http://${host}:${canary.port}${path}`
const allow = (canary: Canary, ...hosts: string[]) => ({
  allowPrivate: ['site.test', ...hosts].map((host) => `${host}:${canary.port}`),
})

describe('where it goes', () => {
  it(`S9: private addresses in ${cases.length} spellings reach no canary`, async () => {
    await using canary = await openCanary()
    expect(cases.length).toBeGreaterThanOrEqual(300)
    const letThrough: string[] = []
    for (const { url, addresses } of cases) {
      const fetch = guarded(async () => addresses)
      await fetch(url.replaceAll('{port}', String(canary.port)), { timeoutMs: 10_000 }).then(
        () => letThrough.push(url),
        (thrown: unknown) => expect(thrown, url).toEqual(refused),
      )
    }
    expect(letThrough).toEqual([])
    expect(canary.reached).toEqual([])
  })

  it('reaches the same canary when the owner allows it, so that the cases above mean something', async () => {
    await using canary = await openCanary()
    for (const host of ['127.0.0.1', 'localhost', '2130706433', '0'])
      expect(
        await (
          await guarded(here)(at(canary, '/', host), { allowPrivate: ['127.0.0.1', 'localhost', '0.0.0.0'] })
        ).text(),
      ).toBe('chirp')
    await expect(guarded(here)(at(canary), { allowPrivate: ['site.test:1', 'other.test'] })).rejects.toEqual(refused)
    expect(canary.reached).toHaveLength(4)
  })

  it('S9: the addresses of this machine are not public, whatever they look like', async () => {
    await using canary = await openCanary()
    const own = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
    expect(own.length).toBeGreaterThan(0)
    for (const { address, family } of own) {
      const host = family === 'IPv6' ? `[${address}]` : address
      await expect(guarded()(at(canary, '/', host)), address).rejects.toEqual(refused)
    }
    expect(canary.reached).toEqual([])
  })

  it.each([
    '127.0.0.1',
    '[::1]',
    '2130706433',
    '0x7f.1',
    '[::ffff:127.0.0.1]',
    '169.254.169.254',
    'inside.test',
    'user@site.test',
  ])('S9: no redirect leads to %s', async (host) => {
    await using canary = await openCanary((request, response) => {
      if (request.url !== '/') return response.end('inside')
      response.writeHead(302, { location: at(canary, '/inside', host) }).end()
    })
    await expect(guarded(here)(at(canary), allow(canary))).rejects.toEqual(refused)
    expect(canary.reached.map(({ path }) => path)).toEqual(['/'])
  })

  it('S9: a name server that changes its mind after the check changes nothing', async () => {
    await using canary = await openCanary()
    // No address of 2d00::/8 was ever given out, so that nobody is called.
    const answers = [['2d00::1'], ['127.0.0.1'], ['127.0.0.1']]
    let asked = 0
    const fetch = guarded(async () => answers[asked++]!)
    await expect(fetch(at(canary), { timeoutMs: 500 })).rejects.toMatchObject({ code: 'unavailable' })
    expect([asked, canary.reached]).toEqual([1, []])
  })

  it('S9: of several addresses only the public ones are tried', async () => {
    await using canary = await openCanary()
    const fetch = guarded(async () => ['127.0.0.1', '2d00::1', '::1'])
    await expect(fetch(at(canary), { timeoutMs: 500 })).rejects.toMatchObject({ code: 'unavailable' })
    expect(canary.reached).toEqual([])
  })
})

describe('redirects', () => {
  it('follows five and no more, and says where the answer came from', async () => {
    await using canary = await openCanary((request, response) => {
      const left = Number(request.url?.slice(1))
      if (left === 0) return response.end('there')
      response.writeHead(307, { location: `/${left - 1}` }).end('moved')
    })
    const answer = await guarded(here)(at(canary, '/5'), allow(canary))
    expect([answer.url, answer.status, await answer.text()]).toEqual([at(canary, '/0'), 200, 'there'])
    await expect(guarded(here)(at(canary, '/6'), allow(canary))).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('more than 5 times'),
    })
  })

  it('S9: another origin gets no key and no cookie', async () => {
    await using other = await openCanary()
    await using canary = await openCanary((request, response) => {
      if (request.url === '/') response.setHeader('set-cookie', 'session=secret')
      response.writeHead(302, { location: request.url === '/' ? '/same' : at(other) }).end()
    })
    const headers = { Authorization: 'Bearer secret', Cookie: 'a=secret', 'X-Api-Key': 'secret', Accept: 'text/html' }
    const answer = await guarded(here)(at(canary), { allowPrivate: ['site.test'], headers })
    expect([answer.url, answer.status]).toEqual([at(other), 200])
    for (const one of canary.reached)
      expect(one.headers).toMatchObject({ authorization: 'Bearer secret', 'x-api-key': 'secret', cookie: 'a=secret' })
    expect(canary.reached).toHaveLength(2)
    expect(JSON.stringify(other.reached)).not.toContain('secret')
    expect(other.reached[0]!.headers).toMatchObject({ accept: 'text/html', host: `site.test:${other.port}` })
  })

  it('S9: another host does not lead to a private one that the owner allowed', async () => {
    await using canary = await openCanary((request, response) => {
      response.writeHead(302, { location: at(canary, '/inside', 'inside.test') }).end()
    })
    await expect(guarded(here)(at(canary), allow(canary, 'inside.test'))).rejects.toEqual(refused)
    expect(canary.reached).toHaveLength(1)
  })
})

describe('what it takes', () => {
  it('gives the answer as it is: status, type, and the body unpacked', async () => {
    await using canary = await openCanary((request, response) => {
      const [pack, encoding] = request.url === '/gzip' ? [gzipSync, 'gzip'] : [brotliCompressSync, 'br']
      response.writeHead(404, { 'content-type': 'text/plain', 'content-encoding': encoding, 'set-cookie': 'a=b' })
      response.end(pack('grüße'))
    })
    for (const path of ['/gzip', '/br']) {
      const answer = await guarded(here)(at(canary, path), allow(canary))
      expect([answer.status, answer.headers.get('content-type'), answer.headers.get('set-cookie')]).toEqual([
        404,
        'text/plain',
        null,
      ])
      expect(await answer.text()).toBe('grüße')
    }
  })

  it('takes an answer without a body, and refuses one that it cannot unpack', async () => {
    await using canary = await openCanary((request, response) => {
      if (request.url === '/none') return response.writeHead(204).end()
      response.writeHead(200, { 'content-encoding': 'compress' }).end('x')
    })
    const none = await guarded(here)(at(canary, '/none'), allow(canary))
    expect([none.status, none.body]).toEqual([204, null])
    await expect(guarded(here)(at(canary), allow(canary))).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('ends where a body is larger than it may be, also one that is small until it is unpacked', async () => {
    await using canary = await openCanary((request, response) => {
      if (request.url === '/packed') {
        response.writeHead(200, { 'content-encoding': 'gzip' })
        return response.end(gzipSync(Buffer.alloc(1_000_000)))
      }
      response.end(Buffer.alloc(1_000_000))
    })
    for (const path of ['/plain', '/packed']) {
      const answer = await guarded(here)(at(canary, path), { ...allow(canary), maxBytes: 100_000 })
      await expect(answer.text()).rejects.toMatchObject({
        code: 'unsupported',
        message: expect.stringContaining('100000'),
      })
    }
  })

  it('reads no faster than its reader', async () => {
    let sent = 0
    await using canary = await openCanary((_request, response) => {
      const chunk = Buffer.alloc(1_000_000)
      const more = () => {
        while (!response.destroyed) {
          sent += chunk.byteLength
          if (!response.write(chunk)) return
        }
      }
      response.on('drain', more)
      more()
    })
    const answer = await guarded(here)(at(canary), { ...allow(canary), maxBytes: 1_000_000_000 })
    const reader = answer.body!.getReader()
    await reader.read()
    let before = -1
    while (before !== sent) {
      before = sent
      for (let n = 0; n < 100; n++) await turn()
    }
    expect(sent).toBeLessThan(100_000_000)
    await reader.cancel()
  })

  it.each(['head', 'body'])('ends after its time, and with the signal, while it waits for the %s', async (part) => {
    await using canary = await openCanary((_request, response) => {
      if (part === 'body') response.write('begun')
    })
    const read = async (options: object) => (await guarded(here)(at(canary), { ...allow(canary), ...options })).text()
    await expect(read({ timeoutMs: 200 })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('200 ms'),
    })
    const stop = new AbortController()
    const stopped = read({ signal: stop.signal })
    setTimeout(() => stop.abort(new Error('enough')), 50)
    await expect(stopped).rejects.toThrow('enough')
    await expect(read({ signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before')
  })

  it('ends while a name server does not answer', async () => {
    const fetch = guarded(() => new Promise(() => {}))
    await expect(fetch('http://site.test/', { timeoutMs: 100 })).rejects.toMatchObject({ code: 'unavailable' })
    await expect(guarded(() => Promise.reject(new Error('no')))('http://site.test/')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('site.test has no address'),
    })
  })

  it('S9: over https the certificate must be for the name, whatever address the name has', async () => {
    await using place = await temporaryFolder()
    const [cert, key] = [join(place.path, 'cert.pem'), join(place.path, 'key.pem')]
    const made = ['-subj', '/CN=site.test', '-addext', 'subjectAltName=DNS:site.test', '-keyout', key, '-out', cert]
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
    execFileSync('openssl', ['req', '-x509', ...curve, ...made], { stdio: 'ignore' })
    const server = createServer({ cert: await readFile(cert), key: await readFile(key) }, (_request, response) => {
      response.end('private words')
    })
    await new Promise<void>((resolve) => server.listen(0, resolve))
    const { port } = server.address() as { port: number }
    const read = async (host: string) => {
      const answer = await guarded(here)(`https://${host}:${port}/`, { allowPrivate: [host] })
      return await answer.text()
    }
    await expect(read('site.test')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('self-signed certificate'),
    })
    const before = getCACertificates('default')
    setDefaultCACertificates([...before, await readFile(cert, 'utf8')])
    try {
      expect(await read('site.test')).toBe('private words')
      await expect(read('other.test')).rejects.toMatchObject({
        code: 'unavailable',
        message: expect.stringContaining('altnames'),
      })
    } finally {
      setDefaultCACertificates(before)
      server.closeAllConnections()
      server.close()
    }
  })

  it('says that nobody answers', async () => {
    const gone = await openCanary()
    await gone[Symbol.asyncDispose]()
    await expect(guarded(here)(at(gone), allow(gone))).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(`site.test:${gone.port} does not answer`),
    })
  })
})
