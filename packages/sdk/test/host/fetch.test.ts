import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setImmediate as breathe } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { openFetch } from '../../src/host/fetch.ts'

type Answering = (request: IncomingMessage, response: ServerResponse, body: string) => unknown

const servers: (() => void)[] = []
afterEach(() => {
  for (const close of servers.splice(0)) close()
})

/** A server that remembers what it was asked, and on how many connections. */
async function serve(answering: Answering) {
  const sockets: Socket[] = []
  const heard: { readonly headers: IncomingMessage['headers']; readonly body: string }[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      heard.push({ headers: request.headers, body })
      answering(request, response, body)
    })
  })
  server.on('connection', (socket) => sockets.push(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets, heard }
}

const post = (body: string, more: RequestInit = {}): RequestInit => ({ method: 'POST', body, ...more })

describe('the fetch by which models are asked', () => {
  it('gives what arrives while it arrives', async () => {
    const go = Promise.withResolvers<void>()
    const { url } = await serve(async (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('one')
      await go.promise
      response.end('two')
    })
    const answer = await openFetch()(url, post('{}'))
    const reader = answer.body!.getReader()
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('one')
    go.resolve()
    expect(Buffer.from((await reader.read()).value!).toString()).toBe('two')
    expect((await reader.read()).done).toBe(true)
  })

  it('sends the body and the headers of every shape', async () => {
    const { url, heard } = await serve((_request, response) => response.end('ok'))
    const ask = openFetch()
    for (const headers of [{ 'X-Key': 'k' }, new Headers({ 'x-key': 'k' }), [['x-key', 'k']] as [string, string][]])
      await (await ask(new URL(url), post('wörter', { headers }))).text()
    expect(heard).toHaveLength(3)
    for (const { headers, body } of heard) {
      expect(body).toBe('wörter')
      expect(headers).toMatchObject({ 'x-key': 'k', 'accept-encoding': 'identity', 'content-length': '7' })
    }
  })

  it('is a response in every way', async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(429, 'Too Many Requests', { 'retry-after': '7', 'set-cookie': ['a=1', 'b=2'] })
      response.end('{"error":"slow down"}')
    })
    const ask = openFetch()
    const answer = await ask(url, post('{}'))
    expect(answer).toMatchObject({ ok: false, status: 429, statusText: 'Too Many Requests', redirected: false })
    expect(answer.url).toBe(`${url}/`)
    expect(answer.headers.get('retry-after')).toBe('7')
    expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    expect(answer.bodyUsed).toBe(false)
    const twin = answer.clone()
    expect(await answer.json()).toEqual({ error: 'slow down' })
    expect(answer.bodyUsed).toBe(true)
    expect(await twin.text()).toBe('{"error":"slow down"}')
    expect(Buffer.from(await (await ask(url, post(''))).arrayBuffer()).toString()).toContain('slow')
    expect(Buffer.from(await (await ask(url, post(''))).bytes()).toString()).toContain('slow')
    expect((await (await ask(url, post(''))).blob()).size).toBe(21)
    const once = await ask(url, post(''))
    expect(await once.json()).toEqual({ error: 'slow down' })
    expect(once.bodyUsed).toBe(true)
    await expect(once.text()).rejects.toThrow('already been read')
    const taken = await ask(url, post(''))
    taken.body!.getReader()
    await expect(taken.text()).rejects.toThrow(TypeError)
  })

  it('has no body where there is none', async () => {
    const { url } = await serve((_request, response) => response.writeHead(204).end())
    const answer = await openFetch()(url, post('{}'))
    expect(answer.body).toBeNull()
    expect(await answer.text()).toBe('')
  })

  it('asks again on the same connection', async () => {
    const { url, sockets } = await serve((_request, response) => response.end('ok'))
    const ask = openFetch()
    for (let count = 0; count < 5; count++) expect(await (await ask(url, post('{}'))).text()).toBe('ok')
    expect(sockets).toHaveLength(1)
  })

  it('does not ask again when a kept connection breaks, as it may have been done', async () => {
    let count = 0
    const { url, heard } = await serve((request, response) => {
      if (++count === 2) return request.socket.resetAndDestroy()
      response.end('ok')
    })
    const ask = openFetch()
    await (await ask(url, post('{}'))).text()
    const asked = ask(url, post('{}'))
    await expect(asked).rejects.toMatchObject({ name: 'TypeError', message: 'fetch failed' })
    await expect(asked).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } })
    expect(heard).toHaveLength(2)
    expect(await (await ask(url, post('{}'))).text()).toBe('ok')
  })

  it('fails as the built-in one does when nobody listens', async () => {
    const { url } = await serve(() => {})
    servers.pop()!()
    const asked = openFetch()(url, post('{}'))
    await expect(asked).rejects.toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNREFUSED' } })
  })

  it('stops with the reason of its signal, before and within the answer', async () => {
    const arrived = Promise.withResolvers<void>()
    const { url, sockets } = await serve((_request, response, body) => {
      arrived.resolve()
      if (body === 'late') response.write('begun')
    })
    const ask = openFetch()
    const early = new AbortController()
    const asked = ask(url, post('never', { signal: early.signal }))
    await arrived.promise
    early.abort(new Error('enough'))
    await expect(asked).rejects.toThrow('enough')

    const late = new AbortController()
    const reader = (await ask(url, post('late', { signal: late.signal }))).body!.getReader()
    await reader.read()
    const next = reader.read()
    late.abort(new Error('enough'))
    await expect(next).rejects.toThrow('enough')
    await Promise.all(sockets.map(async (socket) => socket.destroyed || (await once(socket, 'close'))))

    await expect(ask(url, post('no', { signal: AbortSignal.abort(new Error('before')) }))).rejects.toThrow('before')
  })

  it('says that an answer broke off', async () => {
    const { url } = await serve((request, response) => {
      response.write('begun')
      setImmediate(() => request.socket.destroy())
    })
    await expect((await openFetch()(url, post('{}'))).text()).rejects.toThrow('terminated')
  })

  it('lets go of the connection when nobody reads any more', async () => {
    const { url, sockets } = await serve((_request, response) => response.write('begun'))
    const answer = await openFetch()(url, post('{}'))
    const gone = once(sockets[0]!, 'close')
    await answer.body!.cancel()
    await gone
  })

  it('lets the sender wait when nobody reads', async () => {
    const whole = 64 * 1024 * 1024
    let written = 0
    const { url } = await serve(async (_request, response) => {
      const block = Buffer.alloc(1024 * 1024)
      for (; written < whole; written += block.length) if (!response.write(block)) await once(response, 'drain')
      response.end()
    })
    const answer = await openFetch()(url, post('{}'))
    let read = 0
    let most = 0
    for await (const chunk of answer.body!) {
      most = Math.max(most, written - read)
      read += chunk.byteLength
      // Slower than it could be sent.
      for (let turn = 0; turn < 10; turn++) await breathe()
    }
    expect(most).toBeLessThan(whole / 2)
    expect(read).toBe(whole)
  })

  it('leaves what is not a question to the built-in one, and an answer that sends us elsewhere', async () => {
    const { url, heard } = await serve((request, response, body) => {
      if (request.url === '/old') return response.writeHead(307, { location: '/new' }).end()
      response.end(`${request.method} ${request.url} ${body}`)
    })
    const ask = openFetch()
    expect(await (await ask(`${url}/list`)).text()).toBe('GET /list ')
    expect(await (await ask(new Request(`${url}/request`, post('x')))).text()).toBe('POST /request x')
    expect(await (await ask(`${url}/bytes`, { method: 'POST', body: Buffer.from('x') })).text()).toBe('POST /bytes x')
    expect(heard.every(({ headers }) => headers['user-agent'] === 'node')).toBe(true)
    await expect(ask(`${url}/old`, post('question', { redirect: 'error' }))).rejects.toMatchObject({
      message: 'fetch failed',
      cause: { message: expect.stringContaining('sends us elsewhere') as string },
    })
    const moved = await ask(`${url}/old`, post('question'))
    expect(await moved.text()).toBe('POST /new question')
    expect(moved.redirected).toBe(true)
  })
})
