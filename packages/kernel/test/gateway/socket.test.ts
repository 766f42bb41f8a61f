import { rpcNumbers } from '@openclaw/protocol'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { client, openHouse } from './house.ts'

let house: Awaited<ReturnType<typeof openHouse>>
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house[Symbol.asyncDispose]())

const hello = (auth?: object) => ({ kind: 'control', client, ...(auth ? { auth } : {}) })

describe('connect', () => {
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
    ['wrong params', JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'connect', params: { kind: 'boss' } }), rpcNumbers.params, 'invalid_params'],
    ['no credential', JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'connect', params: hello() }), rpcNumbers.unauthorized, 'unauthorized'],
    ['another protocol', JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'connect', params: { ...hello(), protocol: 99 } }), rpcNumbers.internal, 'unsupported'],
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
    socket.ws.send(JSON.stringify({ jsonrpc: '2.0', id: 'a', method: 'connect', params: hello({ token: house.local }) }))
    socket.ws.send(JSON.stringify({ jsonrpc: '2.0', id: 'b', method: 'status', params: {} }))
    expect(await socket.next()).toMatchObject({ id: 'a', result: { principal: 'owner' } })
    expect(await socket.next()).toMatchObject({ id: 'b', result: { name: 'status' } })
    socket.close()
  })

  test('a second connect is an error and the socket stays up', async () => {
    const socket = await house.connect()
    expect(await socket.request('connect', hello({ token: house.local }))).toMatchObject({ error: { code: rpcNumbers.conflict, data: { code: 'conflict' } } })
    expect(await socket.ask('health', {})).toMatchObject({ name: 'health' })
    socket.close()
  })
})
