import { connectGateway, linkedPair, type GatewayState } from '@openclaw/client'
import { expect, test } from 'vitest'
import { localOwner } from '../../src/gateway/rights.ts'
import { client, openHouse } from './house.ts'

test('the client connects over a real socket, calls, hears, and is told of refusals', async () => {
  await using house = await openHouse()
  await using gateway = await connectGateway({ url: house.url, auth: { token: house.local }, client })
  expect(gateway.hello).toMatchObject({ principal: 'owner', epoch: house.events.epoch })
  expect(await gateway.call('sessions.list', { limit: 5 })).toMatchObject({
    name: 'sessions.list',
    params: { limit: 5 },
  })
  await expect(gateway.call('sessions.list', { limit: 0 })).rejects.toMatchObject({
    code: 'invalid_params',
    problems: [{ path: 'limit' }],
  })
  const heard = new Promise((resolve) => gateway.on('sessions.changed', resolve))
  house.events.emit('sessions.changed', { key: 'k', deleted: true })
  expect(await heard).toEqual({ key: 'k', deleted: true })
  await expect(connectGateway({ url: house.url, auth: { token: 'wrong' }, client })).rejects.toMatchObject({
    code: 'unauthorized',
  })
})

test('it comes back by itself when the gateway does, and says that everything may be different', async () => {
  const first = await openHouse()
  let current = first
  await using gateway = await connectGateway({ url: first.url, auth: () => ({ token: current.local }), client })
  const states: GatewayState[] = []
  const gap = new Promise((resolve) => gateway.onGap(resolve))
  const back = new Promise<void>((resolve) =>
    gateway.onState((state) => void (states.push(state), state === 'online' && resolve())),
  )
  const port = first.port
  await first[Symbol.asyncDispose]()
  await using second = await openHouse({ port })
  current = second
  await back
  expect(states).toEqual(['offline', 'online'])
  expect(await gap).toEqual({ session: undefined, all: true })
  expect(gateway.hello.epoch).toBe(second.events.epoch)
  expect(await gateway.call('health', {})).toMatchObject({ name: 'health' })
})

test('a revoked token ends the client for good', async () => {
  await using house = await openHouse()
  const { token, info } = await house.tokens.create({ name: 'a', rights: ['read'], role: 'member' })
  await using gateway = await connectGateway({ url: house.url, auth: { token }, client })
  const closed = new Promise((resolve) => gateway.onState((state, why) => void (state === 'closed' && resolve(why))))
  await house.tokens.revoke(info.id)
  expect(await closed).toMatchObject({ code: 'unauthorized' })
})

test('in one process the same client speaks over a linked pair, with the same checks', async () => {
  await using house = await openHouse({}, { listen: false })
  const open = () => {
    const [far, near] = linkedPair()
    house.gateway.attach(far, localOwner)
    return near
  }
  await using gateway = await connectGateway({ client, open })
  expect(gateway.hello).toMatchObject({ principal: 'owner', session: 'agent:main:local:default:owner' })
  expect(await gateway.call('health', {})).toMatchObject({ name: 'health' })
  await expect(gateway.call('chat.send', { message: 5 } as never)).rejects.toMatchObject({ code: 'invalid_params' })
  const heard = new Promise((resolve) => gateway.on('typing', (payload, { session }) => resolve([payload, session])))
  house.events.emit('typing', { on: true }, 's')
  expect(await heard).toEqual([{ on: true }, 's'])
  await expect(
    house.gateway.call(
      'logs.tail',
      {},
      { principal: 'token:x', role: 'member', rights: ['read'], signal: AbortSignal.abort() },
    ),
  ).rejects.toMatchObject({ code: 'forbidden' })
  await expect(house.gateway.call('launch', {}, { ...localOwner, signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'not_found',
  })
})
