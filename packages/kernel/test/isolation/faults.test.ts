import { expect, test } from 'vitest'
import { faults, type Fault } from './fixture/fault.ts'
import { desk, guard, line, openHouse, openPlatform } from './house.ts'

/** What only the end of the process mends. */
const deadly: readonly Fault[] = ['flood', 'frames', 'exit', 'memory', 'block']
/** Dozens of real processes die and start here; a machine that is busy with others may take one for hung. */
const slow = { timeout: 180_000, retry: 1 }
let people = 0

test.each(['connect', 'event', 'render', 'send', 'edit', 'find', 'typing', 'fetch', 'probe', 'verify', 'handle'])(
  'L3: a channel that throws, hangs, floods, exits, eats memory or blocks in %s takes nobody else down',
  slow,
  async (hook) => {
    await using platform = await openPlatform()
    await using house = await openHouse(
      [line],
      { channels: { line: { dm: { policy: 'open' }, accounts: { default: { port: platform.port } } } } },
      true,
    )
    const webhook = new URL('/webhooks/line/default', house.kernel.address)
    const strike = async () => {
      const from = { peer: { kind: 'direct', id: `p${++people}` }, sender: { id: `p${people}` } }
      const attachments = [{ ref: 'f', mime: 'text/plain', name: 'f.txt', sizeBytes: 3 }]
      if (hook === 'connect') for (const socket of platform.lines) socket.destroy()
      else if (hook === 'probe') await house.kernel.call('channels.probe', { channel: 'line' })
      else if (hook === 'verify' || hook === 'handle')
        await fetch(webhook, { method: 'POST', headers: { 'x-sign': 'right' }, body: 'x' })
      else
        await platform.says({ typing: 'take your time', edit: 'grow slowly', find: 'grow slowly' }[hook] ?? 'hello', {
          ...from,
          ...(hook === 'fetch' ? { attachments } : {}),
        })
    }
    for (const fault of faults) {
      await house.online('line')
      const { length } = platform.said
      await platform.arm(hook, fault)
      const deaths = house.deaths()
      void strike().catch(() => {})
      expect(await house.answeredInMs(), `${fault}: the other channel`).toBeLessThan(2000)
      if (deadly.includes(fault)) await house.until(() => house.deaths() > deaths)
      else expect(house.deaths(), `${fault}: nothing died`).toBe(deaths)
      // Without this it would heal as well, after the pauses that a person need not wait for here.
      await house.kernel.call('plugins.reload', { id: 'line' })
      await platform.hear((one) => one['kind'] === 'hello', length)
    }
    await house.online('line')
    await platform.says('still there?', { peer: { kind: 'direct', id: 'last' }, sender: { id: 'last' } })
    await platform.hear((one) => one['kind'] === 'send' && JSON.stringify(one).includes('still there?'))
  },
)

test.each(['method', 'page', 'listener', 'set-up'])(
  'L3: a gateway entry that throws, hangs, floods, exits, eats memory or blocks in its %s takes nobody else down',
  slow,
  async (hook) => {
    await using house = await openHouse([desk], {}, true)
    const page = (fault: string) => fetch(new URL(`/desk/x?fault=${fault}`, house.kernel.address))
    const strike = async (fault: Fault) => {
      if (hook === 'method') await house.ask('desk.ask', { fault })
      else if (hook === 'page') await page(fault)
      else if (hook === 'listener') {
        await house.ask('desk.ask', { keep: { onEvent: fault } })
        await house.other.say('new here', { sender: `p${++people}` })
      } else {
        await house.ask('desk.ask', { keep: { atSetUp: fault } })
        await house.kernel.call('plugins.reload', { id: 'desk' })
      }
    }
    for (const fault of faults) {
      const deaths = house.deaths()
      void strike(fault).catch(() => {})
      expect(await house.answeredInMs(), `${fault}: the other channel`).toBeLessThan(2000)
      if (deadly.includes(fault) && hook !== 'set-up') await house.until(() => house.deaths() > deaths)
      if (hook === 'set-up') await house.until(async () => (await house.row('desk')).state === 'parked')
      await house.kernel.call('plugins.reload', { id: 'desk' })
      const { state, reason } = await house.row('desk')
      expect({ state, reason }, fault).toEqual({ state: 'active', reason: undefined })
      expect(await house.ask('desk.ask', {}), `${fault}: it answers again`).toMatchObject({ role: 'owner' })
    }
  },
)

test('L3: an interceptor that goes wrong stops its message and no other', slow, async () => {
  await using house = await openHouse([guard])
  for (const fault of faults) {
    const { length } = house.other.sent
    const stopped = house.other.say(`strike ${fault}`, { sender: `p${++people}` })
    const began = performance.now()
    await house.kernel.call('status', {})
    expect(performance.now() - began, `${fault}: the gateway answers`).toBeLessThan(2000)
    await stopped.catch(() => {})
    await house.other.say('fine', { sender: `p${people}` })
    await house.other.waitSent(length + 1)
    expect(house.other.sent.at(-1)!.text, `${fault}: it was not let through`).not.toContain('strike')
    expect(house.other.sent.at(-1)!.text).toContain('fine')
    await house.kernel.call('plugins.reload', { id: 'guard' })
  }
})

test('L3 S12: a sandbox that goes wrong fails the run that needs it, and the gateway answers', slow, async () => {
  await using house = await openHouse([guard])
  for (const fault of faults) {
    const deaths = house.deaths()
    await house.other.say('work', { sender: `strike-${fault}` })
    const began = performance.now()
    await house.kernel.call('status', {})
    expect(performance.now() - began, `${fault}: the gateway answers`).toBeLessThan(2000)
    if (deadly.includes(fault)) await house.until(() => house.deaths() > deaths)
    await house.kernel.call('plugins.reload', { id: 'guard' })
  }
  expect(house.other.sent.filter(({ text }) => text.includes('heard:'))).toEqual([])
})
