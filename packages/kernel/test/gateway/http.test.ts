import { failure } from '@openclaw/protocol'
import { execFileSync } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { request as requestTls } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { openHouse } from './house.ts'

describe('health', () => {
  test('/healthz says alive, /readyz says whether messages are taken and why not', async () => {
    let ready: { ready: boolean; reason?: string } = { ready: false, reason: 'the ledger is replayed' }
    await using house = await openHouse({}, { ready: () => ready })
    expect(await (await fetch(`${house.url}healthz`)).json()).toEqual({ ok: true })
    const not = await fetch(`${house.url}readyz`)
    expect([not.status, await not.json()]).toEqual([503, { ready: false, reason: 'the ledger is replayed' }])
    ready = { ready: true }
    const yes = await fetch(`${house.url}readyz`)
    expect([yes.status, await yes.json()]).toEqual([200, { ready: true }])
    expect((await fetch(`${house.url}healthz`, { method: 'HEAD' })).status).toBe(200)
    expect((await fetch(`${house.url}healthz`, { method: 'POST' })).status).toBe(404)
  })
})

describe('pages of plugins', () => {
  test('get the whole request, send their own policy and caching, and nothing else weaker than ours', async () => {
    await using house = await openHouse(
      {},
      {
        front: '/front/',
        page: (id) =>
          id === 'front'
            ? {
                public: true,
                fetch: async (request) =>
                  new Response(
                    JSON.stringify({
                      method: request.method,
                      path: new URL(request.url).pathname + new URL(request.url).search,
                      body: await request.text(),
                    }),
                    {
                      headers: {
                        'content-security-policy': "default-src 'self'",
                        'cache-control': 'max-age=60',
                        'x-frame-options': 'ALLOWALL',
                        'referrer-policy': 'unsafe-url',
                        'x-own': 'kept',
                      },
                    },
                  ),
              }
            : undefined,
      },
    )
    const answer = await fetch(`${house.url}front/a/b?c=d`, { method: 'POST', body: 'hello' })
    expect(await answer.json()).toEqual({ method: 'POST', path: '/front/a/b?c=d', body: 'hello' })
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-security-policy': "default-src 'self'; frame-ancestors 'none'",
      'cache-control': 'max-age=60',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-own': 'kept',
    })
    const front = await fetch(house.url, { redirect: 'manual' })
    expect([front.status, front.headers.get('location')]).toEqual([302, '/front/'])
  })

  test('one that throws answers 500 without what went wrong, which the log says', async () => {
    await using house = await openHouse(
      {},
      {
        page: (id) => ({
          public: true,
          fetch: () => {
            throw id === 'busy'
              ? failure('unavailable', 'come back later', { retryAfterMs: 2500 })
              : new Error('the inside of the plugin')
          },
        }),
      },
    )
    const broken = await fetch(`${house.url}broken/page`)
    expect([broken.status, await broken.text()]).toEqual([500, expect.not.stringContaining('inside')])
    expect(house.logged).toContainEqual({
      level: 'error',
      text: 'a request failed',
      fields: { path: '/broken/page', message: 'the inside of the plugin' },
    })
    const busy = await fetch(`${house.url}busy/`)
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '3'])
  })

  test('without a page / answers 404, and every answer carries the strict policy', async () => {
    await using house = await openHouse({}, { front: '/front/' })
    for (const path of ['', 'nothing', 'front/', '..%2f..%2fetc%2fpasswd', 'healthz']) {
      const answer = await fetch(`${house.url}${path}`)
      expect(answer.status, path).toBe(path === 'healthz' ? 200 : 404)
      expect(answer.headers.get('content-security-policy')).toBe(
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
      )
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    }
  })
})

describe('S10: webhooks', () => {
  const seen: string[] = []
  const webhook = {
    verify: (request: Request, body: Uint8Array) => {
      if (request.headers.get('x-signature') === 'throw') throw new Error('verify broke')
      return request.headers.get('x-signature') === Buffer.from(body).toString('utf8').split('').reverse().join('')
    },
    handle: (request: Request, body: Uint8Array) => {
      seen.push(Buffer.from(body).toString('latin1'))
      if (request.headers.get('x-store') === 'full') throw failure('unavailable', 'the disk is full')
      return new Response('taken', { status: 202 })
    },
  }
  const open = () =>
    openHouse(
      {},
      {
        webhook: (channel, account) => (channel === 'pigeon' && account === 'a b' ? webhook : undefined),
        maxWebhookBytes: 1000,
      },
    )

  test('the raw body is verified before anything is done with it; what is refused answers 401', async () => {
    seen.length = 0
    await using house = await open()
    const call = (body: string | Uint8Array<ArrayBuffer>, signature: string, more = {}) =>
      fetch(`${house.url}webhooks/pigeon/a%20b`, {
        method: 'POST',
        body,
        headers: { 'x-signature': signature, ...more },
      })
    expect([(await call('abc', 'cba')).status, seen]).toEqual([202, ['abc']])
    seen.length = 0
    for (const signature of ['abc', '', 'throw']) expect((await call('abc', signature)).status).toBe(401)
    expect((await call('x'.repeat(1001), 'x'.repeat(1001))).status).toBe(401)
    expect(seen).toEqual([])
    expect((await call('x'.repeat(1000), 'x'.repeat(1000))).status).toBe(202)
    expect((await call('abc', 'cba', { 'x-store': 'full' })).status).toBe(503)
    expect(JSON.stringify(house.logged)).not.toContain('abc')
  })

  test('a body without a length is cut off at the limit too', async () => {
    seen.length = 0
    await using house = await open()
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode('y'.repeat(300)))
      },
    })
    const answer = await fetch(`${house.url}webhooks/pigeon/a%20b`, {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { 'x-signature': '' },
    } as RequestInit).catch(() => undefined)
    expect(answer?.status ?? 401).toBe(401)
    expect(seen).toEqual([])
  })

  test('without a webhook there is no route', async () => {
    await using house = await open()
    for (const path of [
      'webhooks/pigeon/other',
      'webhooks/other/a%20b',
      'webhooks/pigeon',
      'webhooks/pigeon/a%20b/more',
    ]) {
      expect((await fetch(`${house.url}${path}`, { method: 'POST', body: 'abc' })).status, path).toBe(404)
    }
  })
})

describe('A2: where it listens', () => {
  test('a taken port and a foreign address say what to do', async () => {
    await using house = await openHouse()
    await expect(openHouse({ port: house.port })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('gateway.port'),
    })
    await expect(openHouse({ bind: 'custom', host: '203.0.113.9' })).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringContaining('gateway.host'),
    })
    await expect(openHouse({ bind: 'custom' })).rejects.toMatchObject({ code: 'invalid_config' })
  })

  test('over IPv6, under its own name', async () => {
    await using house = await openHouse({ bind: 'custom', host: '::1' })
    expect(house.url).toBe(`http://[::1]:${house.port}/`)
    expect((await fetch(`${house.url}healthz`)).status).toBe(200)
    expect(await house.connect()).toBeDefined()
  })

  test('A13: with a certificate it speaks TLS, to sockets too, and no longer plain', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'openclaw-tls-'))
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=localhost',
        '-keyout',
        key,
        '-out',
        cert,
      ],
      { stdio: 'ignore' },
    )
    await using house = await openHouse({ tls: { cert, key } })
    expect(house.url).toBe(`https://127.0.0.1:${house.port}/`)
    const status = await new Promise((resolve, reject) =>
      requestTls(
        `${house.url}healthz`,
        { rejectUnauthorized: false, headers: { origin: house.url.replace(/\/$/, '') } },
        (response) => resolve(response.resume().statusCode),
      )
        .on('error', reject)
        .end(),
    )
    expect(status).toBe(200)
    const socket = house.socket({ rejectUnauthorized: false })
    expect(
      await socket.ask('connect', {
        kind: 'control',
        client: { name: 'a', version: '1' },
        auth: { token: house.local },
      }),
    ).toMatchObject({ principal: 'owner' })
    await expect(fetch(`http://127.0.0.1:${house.port}/healthz`)).rejects.toThrow()
    await expect(openHouse({ tls: { cert: join(folder, 'none.pem'), key } })).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringContaining('none.pem'),
    })
    await expect(openHouse({ tls: { cert: key, key } })).rejects.toMatchObject({ code: 'invalid_config' })
  })

  test('closing tells clients 1012 and ends within two seconds, silent and broken ones included', async () => {
    const house = await openHouse()
    const known = await house.connect()
    const deaf = new WebSocket(house.url.replace('http', 'ws'))
    await new Promise((resolve) => deaf.once('open', resolve))
    const silent = connect(house.port, '127.0.0.1')
    silent.on('error', () => {})
    await new Promise((resolve) => silent.once('connect', resolve))
    deaf.on('error', () => {})
    const began = performance.now()
    await house[Symbol.asyncDispose]()
    expect(performance.now() - began).toBeLessThan(2000)
    expect(await known.closed).toEqual({ code: 1012, reason: 'the gateway stops' })
    await expect(fetch(`${house.url}healthz`)).rejects.toThrow()
  })
})
