import { expect, test } from 'vitest'
import { desk, guard, openHouse } from './house.ts'

const slow = { timeout: 120_000 }

test(
  'S14: a gateway entry in a process of its own serves methods, keeps values and calls what its manifest names',
  slow,
  async () => {
    process.env['OPENCLAW_TEST_KEY'] = 'canary'
    await using house = await openHouse([desk])
    expect(await house.ask('desk.ask', { keep: { a: 'b' }, asks: 'status' })).toMatchObject({
      role: 'owner',
      kept: { a: 'b' },
      answer: { version: '0.0.0-test' },
    })
    await expect(house.ask('desk.ask', { asks: 'plugins.list' })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(house.ask('desk.ask', { fault: 'throw' })).rejects.toMatchObject({ message: 'thrown on purpose' })
    await expect(house.ask('desk.heard', { more: 1 })).rejects.toMatchObject({
      code: 'invalid_params',
      message: expect.stringContaining('more'),
    })
    const about: { pid: number; environment: string[] } = await house.ask('desk.about')
    expect(about.pid).not.toBe(process.pid)
    expect(about.environment).not.toContain('OPENCLAW_TEST_KEY')
    delete process.env['OPENCLAW_TEST_KEY']
  },
)

test('it hears the events that it listens to, also after its process was replaced', slow, async () => {
  await using house = await openHouse([desk])
  const heard = async () => (await house.ask<{ heard: string[] }>('desk.heard')).heard
  await house.other.say('one', { sender: 'a' })
  await house.until(async () => (await heard()).some((key) => key.endsWith(':a')))
  await house.ask('desk.ask', { fault: 'exit' }).catch(() => {})
  await house.ask('desk.ask')
  await house.other.say('two', { sender: 'b' })
  await house.until(async () => (await heard()).some((key) => key.endsWith(':b')))
  expect((await heard()).some((key) => key.endsWith(':a'))).toBe(false)
})

test('its page is served over the local socket, bodies as streams', slow, async () => {
  await using house = await openHouse([desk], {}, true)
  const at = new URL('/desk/some/page?x=1', house.kernel.address)
  const got = await fetch(at)
  expect([got.headers.get('x-from'), await got.text()]).toEqual(['desk', `GET ${at.href}`])
  const body = Buffer.alloc(5_000_000, 'page')
  const echoed = await fetch(at, { method: 'POST', body, headers: { 'x-openclaw-target': 'webhook 1 handle' } })
  expect(Buffer.from(await echoed.arrayBuffer()).equals(body)).toBe(true)
})

test('S12: its sandboxes are asked for, listed and removed over the wire', slow, async () => {
  await using house = await openHouse([guard])
  const session = 'agent:main:other:default:a'
  expect(await house.kernel.call('sandbox.explain', { session })).toMatchObject({
    on: 'sandbox',
    plugin: 'guard',
    root: '/workspace',
    key: session,
  })
  expect(await house.kernel.call('sandbox.list', {})).toMatchObject({
    plugins: ['guard'],
    sandboxes: [{ plugin: 'guard', key: session, name: `box of ${session}` }],
  })
  expect(await house.kernel.call('sandbox.recreate', { session })).toEqual({
    removed: [{ plugin: 'guard', name: `box of ${session}` }],
  })
  expect(await house.kernel.call('sandbox.prune', {})).toEqual({ removed: [] })
})

test('its interceptor lets pass, changes and drops; while its process is parked nothing passes', slow, async () => {
  await using house = await openHouse([guard])
  await house.other.say('hello', { sender: 'a' })
  expect((await house.other.waitSent(1)).text).toContain('hello')
  await house.other.say('change me', { sender: 'a' })
  expect((await house.other.waitSent(2)).text).toContain('changed')
  await house.other.say('forbidden word', { sender: 'a' })
  for (let death = 1; death <= 5; death++) await house.ask('guard.ask', { fault: 'exit' }).catch(() => {})
  await house.until(async () => (await house.row('guard')).state === 'parked')
  await expect(house.ask('guard.ask')).rejects.toMatchObject({ code: 'forbidden' })
  await house.other.say('now it is open?', { sender: 'a' })
  await house.kernel.call('plugins.reload', { id: 'guard' })
  await house.other.say('and now', { sender: 'a' })
  expect((await house.other.waitSent(3)).text).toContain('and now')
  expect(house.other.sent.map(({ text }) => text).join()).not.toMatch(/forbidden|open/)
})

test(
  'a fresh process whose set-up fails parks it with that reason; what it added refuses until it is mended',
  slow,
  async () => {
    await using house = await openHouse([guard])
    await house.ask('guard.ask', { keep: { atSetUp: 'throw' }, fault: 'exit' }).catch(() => {})
    await house.until(async () => (await house.row('guard')).state === 'parked')
    expect(await house.row('guard')).toMatchObject({
      reason: 'thrown on purpose; mend it, then `openclaw plugins reload guard`',
    })
    await house.other.say('is it open?', { sender: 'a' })
    await house.kernel.call('plugins.reload', { id: 'guard' })
    await house.other.say('and now', { sender: 'a' })
    expect((await house.other.waitSent(1)).text).toContain('and now')
  },
)
