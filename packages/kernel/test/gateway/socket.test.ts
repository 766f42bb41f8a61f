import { failure, method, rpcNumbers } from '@openclaw/protocol'
import fc from 'fast-check'
import type { Socket } from 'node:net'
import Type from 'typebox'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { client, echoes, openHouse } from './house.ts'

let house: Awaited<ReturnType<typeof openHouse>>
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house[Symbol.asyncDispose]())

const hello = (auth?: object) => ({ kind: 'control', client, ...(auth ? { auth } : {}) })

describe('A9 A58 A59: connect', () => {
  test('answers who the caller is, with what rights, and where they talk', async () => {
    const socket = house.socket()
    expect(await socket.ask('connect', hello({ token: house.local }))).toEqual({
      protocol: 1,
      version: '1.2.3',
      epoch: house.events.epoch,
      principal: 'owner',
      role: 'owner',
      rights: ['read', 'write', 'admin', 'pairing'],
      session: 'agent:main:local:default:owner',
      maxFrameBytes: 4 * 1024 * 1024,
    })
    expect(await socket.ask('status', {})).toEqual({ name: 'status', principal: 'owner', role: 'owner', params: {} })
    socket.close()
  })

  test.each([
    ['another method', '{"jsonrpc":"2.0","id":3,"method":"status"}', rpcNumbers.request, 'unauthorized'],
    ['a notification', '{"jsonrpc":"2.0","method":"connect"}', rpcNumbers.request, 'unauthorized'],
    ['no JSON', 'hello', rpcNumbers.parse, 'invalid_params'],
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"connect"}]', rpcNumbers.request, 'unauthorized'],
    [
      'wrong params',
      JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'connect', params: { kind: 'boss' } }),
      rpcNumbers.params,
      'invalid_params',
    ],
    [
      'no credential',
      JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'connect', params: hello() }),
      rpcNumbers.unauthorized,
      'unauthorized',
    ],
    [
      'another protocol',
      JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'connect', params: { ...hello(), protocol: 99 } }),
      rpcNumbers.internal,
      'unsupported',
    ],
  ])('a first frame with %s is answered and closes with 1008', async (_, text, number, code) => {
    const socket = house.socket()
    expect(await socket.say(text)).toMatchObject({ error: { code: number, data: { code } } })
    expect(await socket.closed).toEqual({ code: 1008, reason: code })
  })

  test('a binary frame closes with 1003, before and after connect', async () => {
    const stranger = house.socket()
    await stranger.opened
    stranger.ws.send(Buffer.from('{}'), { binary: true })
    expect(await stranger.closed).toMatchObject({ code: 1003 })
    const known = await house.connect()
    known.ws.send(Buffer.from('{}'), { binary: true })
    expect(await known.closed).toMatchObject({ code: 1003 })
  })

  test('frames sent right behind connect are answered in order', async () => {
    const socket = house.socket()
    await socket.opened
    socket.ws.send(
      JSON.stringify({ jsonrpc: '2.0', id: 'a', method: 'connect', params: hello({ token: house.local }) }),
    )
    socket.ws.send(JSON.stringify({ jsonrpc: '2.0', id: 'b', method: 'status', params: {} }))
    expect(await socket.next()).toMatchObject({ id: 'a', result: { principal: 'owner' } })
    expect(await socket.next()).toMatchObject({ id: 'b', result: { name: 'status' } })
    socket.close()
  })

  test('a second connect is an error and the socket stays up', async () => {
    const socket = await house.connect()
    expect(await socket.request('connect', hello({ token: house.local }))).toMatchObject({
      error: { code: rpcNumbers.conflict, data: { code: 'conflict' } },
    })
    expect(await socket.ask('health', {})).toMatchObject({ name: 'health' })
    socket.close()
  })
})

describe('bad frames of somebody who is known', () => {
  test.each([
    ['no JSON', '{"jsonrpc":', rpcNumbers.parse, null],
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"health"}]', rpcNumbers.request, null],
    ['no version', '{"id":1,"method":"health"}', rpcNumbers.request, 1],
    ['an unknown method', '{"jsonrpc":"2.0","id":2,"method":"launch"}', rpcNumbers.method, 2],
    ['a name that every object has', '{"jsonrpc":"2.0","id":3,"method":"__proto__"}', rpcNumbers.method, 3],
    ['params in a list', '{"jsonrpc":"2.0","id":4,"method":"health","params":[1]}', rpcNumbers.params, 4],
    ['params that are text', '{"jsonrpc":"2.0","id":5,"method":"health","params":"x"}', rpcNumbers.params, 5],
  ])('%s is answered and the socket stays up', async (_, text, number, id) => {
    const socket = await house.connect()
    expect(await socket.say(text)).toMatchObject({ id, error: { code: number } })
    expect(await socket.ask('health')).toMatchObject({ name: 'health' })
    socket.close()
  })

  test('wrong params list every problem with its path, and the likely key', async () => {
    const socket = await house.connect()
    const { error } = await socket.request('chat.send', {
      mesage: 'hi',
      model: 5,
      idempotencyKey: '',
      attachments: [{ name: 'a', mime: 1, data: 'x' }],
    })
    expect(error).toMatchObject({ code: rpcNumbers.params, data: { code: 'invalid_params' } })
    const problems = error!.data!.problems!
    expect(Object.fromEntries(problems.map(({ path, message }) => [path, message]))).toEqual({
      message: 'is missing',
      mesage: 'is not known',
      model: 'must be string',
      idempotencyKey: expect.stringContaining('fewer than 1'),
      'attachments.0.mime': 'must be string',
    })
    expect(problems.find(({ path }) => path === 'mesage')!.suggestion).toBe('message')
    for (const { path } of problems) expect(error!.message).toContain(path)
    socket.close()
  })

  test('a frame over the limit closes with 1009, for a stranger at 64 KiB, for others at 4 MiB', async () => {
    const stranger = house.socket()
    await stranger.opened
    stranger.ws.send(
      JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'connect', params: { ...hello({ token: 'x'.repeat(70_000) }) } }),
    )
    expect(await stranger.closed).toMatchObject({ code: 1009 })
    const known = await house.connect()
    expect(await known.request('chat.send', { message: 'x'.repeat(900_000), idempotencyKey: 'k' })).toMatchObject({
      result: { name: 'chat.send' },
    })
    known.ws.send('x'.repeat(4 * 1024 * 1024 + 1))
    expect(await known.closed).toMatchObject({ code: 1009 })
  })

  test('a stranger who sends half a frame without end is cut off at 64 KiB', async () => {
    const stranger = house.socket()
    await stranger.opened
    const gone = new Promise((resolve) => stranger.ws.once('close', resolve))
    // The head of a text frame of 4,000,000 bytes, then its beginning (RFC 6455 §5.2).
    const raw = (stranger.ws as unknown as { _socket: Socket })._socket
    raw.write(Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0x3d, 0x09, 0x00, 1, 2, 3, 4]))
    for (let n = 0; n < 20; n++) raw.write(Buffer.alloc(10_000, 1))
    await gone
  })

  test('keys with colons, dots, emoji and 10,000 characters are answered like any other', async () => {
    const socket = await house.connect()
    for (const key of [
      'agent:main:a:b:c',
      '../../etc/passwd',
      '🦞'.repeat(20),
      'k'.repeat(10_000),
      '\u0000',
      '__proto__',
    ]) {
      expect(await socket.request('chat.history', { session: key })).toMatchObject({
        result: { params: { session: key } },
      })
    }
    expect(await socket.request('chat.history', { session: 'k'.repeat(20_000) })).toMatchObject({
      error: { code: rpcNumbers.params },
    })
    socket.close()
  })

  test('whatever is sent, the gateway answers others, and this socket answers or closes by the rules', async () => {
    const witness = await house.connect()
    const frame = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record(
          {
            jsonrpc: fc.constantFrom('2.0', '1.0'),
            id: fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.double()),
            method: fc.oneof(fc.constantFrom('health', 'connect', 'status', 'chat.send', 'rpc.cancel'), fc.string()),
            params: fc.jsonValue(),
          },
          { requiredKeys: [] },
        )
        .map((value) => JSON.stringify(value)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 20 }), fc.boolean(), async (frames, known) => {
        const socket = known ? await house.connect() : house.socket()
        await socket.opened
        for (const text of frames) socket.ws.send(text)
        if (known) expect(await socket.ask('health', {})).toMatchObject({ name: 'health' })
        else if (frames.length > 0) expect((await socket.closed).code).toBe(1008)
        expect(await witness.ask('health', {})).toMatchObject({ name: 'health' })
        socket.close()
      }),
      { numRuns: 100 },
    )
    witness.close()
  })
})

describe('answers', () => {
  test('a handler that throws answers with its code; the next call works', async () => {
    await using own = await openHouse(
      {},
      {
        handlers: {
          ...echoes(),
          health: () => {
            throw failure('rate_limited', 'wait', { retryAfterMs: 5 })
          },
        },
      },
    )
    const socket = await own.connect()
    expect(await socket.request('health', {})).toMatchObject({
      error: { code: rpcNumbers.rateLimited, data: { code: 'rate_limited', retryAfterMs: 5 } },
    })
    expect(await socket.ask('status', {})).toMatchObject({ name: 'status' })
  })

  test('rows of plugins are served with their right and their checks', async () => {
    const row = method('write', 'Ring.', Type.Object({ times: Type.Integer() }), Type.Unknown())
    await using own = await openHouse(
      {},
      {
        method: (name) =>
          name === 'bell.ring' ? { row, handle: (params, { principal }) => ({ params, principal }) } : undefined,
      },
    )
    const { token } = await own.tokens.create({ name: 'reader', rights: ['read'], role: 'member' })
    const reader = await own.connect({ token })
    expect(await reader.request('bell.ring', { times: 1 })).toMatchObject({ error: { code: rpcNumbers.forbidden } })
    const writer = await own.connect()
    expect(await writer.request('bell.ring', { times: 'x' })).toMatchObject({ error: { code: rpcNumbers.params } })
    expect(await writer.ask('bell.ring', { times: 2 })).toEqual({ params: { times: 2 }, principal: 'owner' })
  })

  test('a client that asks for much and reads nothing is not read either; once it reads, every answer is there', async () => {
    const answer = { text: 'y'.repeat(1_000_000) }
    let answered = 0
    await using own = await openHouse(
      {},
      { handlers: { ...echoes(), 'logs.tail': () => (answered++, answer as never) } },
    )
    const socket = await own.connect()
    socket.ws.pause()
    for (let n = 0; n < 60; n++)
      socket.ws.send(JSON.stringify({ jsonrpc: '2.0', id: `n${n}`, method: 'logs.tail', params: {} }))
    const other = await own.connect()
    for (let n = 0; n < 50; n++) await other.ask('health', {})
    expect(answered).toBeLessThan(30)
    socket.ws.resume()
    for (let n = 0; n < 60; n++) expect((await socket.next((one) => one.id === `n${n}`)).result).toEqual(answer)
  })
})
