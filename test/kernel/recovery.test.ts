import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { realPlatform } from '@openclaw/kernel'
import type { MethodResult } from '@openclaw/protocol'
import { restoreBackup } from '@openclaw/kernel/backup'
import { failure } from '@openclaw/sdk'
import {
  callTool,
  fakeChannel,
  hang,
  say,
  testKernel,
  type FakeChannel,
  type Script,
  type TestKernel,
} from '@openclaw/testing'
import { describe, expect, it } from 'vitest'
import { gate } from './gate.ts'

const config = {
  channels: { fake: { dm: { policy: 'open' }, groups: { policy: 'open', mention: false }, accounts: { default: {} } } },
}
const minute = 60_000

/** Folders for one test, gone with it. */
async function folders() {
  const path = await mkdtemp(join(tmpdir(), 'openclaw-recovery-'))
  let made = 0
  return {
    next: () => join(path, String(++made)),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }),
  }
}

/** What a process that was killed at this moment leaves behind: the home as it is, with the mark of a living gateway. */
async function killed(house: TestKernel, home: string): Promise<string> {
  await cp(house.home, home, { recursive: true, filter: (path) => !path.endsWith('gateway.lock') })
  await ended(house)
  return home
}

/** Stops a house whose model hangs. */
async function ended(house: TestKernel): Promise<void> {
  const closing = house.kernel.close('it is over')
  await house.platform.clock.advance(6000)
  await closing
}

function start(home: string, fake: FakeChannel, script: Script, laterMs = 0): Promise<TestKernel> {
  return testKernel({
    home,
    plugins: [fake.plugin],
    script,
    platform(platform) {
      void platform.clock.advance(laterMs)
      return platform
    },
  })
}

/** Resolves once the status is as it should be, which no event tells. */
async function until(house: TestKernel, fits: (status: MethodResult<'status'>) => boolean): Promise<void> {
  while (!fits(await house.call('status', {}))) await new Promise((resolve) => setImmediate(resolve))
}

/** The gate that nobody closed. */
function openGate() {
  const { plugin, open } = gate()
  open()
  return plugin
}

const texts = (fake: FakeChannel) => fake.sent.map(({ text }) => text)

describe('a run that was in work at two deaths', () => {
  async function parked(home: Awaited<ReturnType<typeof folders>>) {
    const first = fakeChannel()
    const plugins = [first.plugin, openGate()]
    const one = await testKernel({ plugins, config, script: [callTool('gate', {}), hang()] })
    await first.connected()
    await first.say('do the thing')
    await one.model.asked(2)
    const second = fakeChannel()
    const two = await start(await killed(one, home.next()), second, [hang()])
    await two.model.asked(1)
    await one[Symbol.asyncDispose]()
    return await killed(two, home.next())
  }

  it('R1: is parked, the person is told once, and the owner has it asked again, whatever happens meanwhile', async () => {
    await using home = await folders()
    const fake = fakeChannel()
    const path = await parked(home)
    let run: string
    {
      await using house = await start(path, fake, [])
      expect((await fake.waitSent(1)).text).toMatch(/interrupted and not finished/)
      const { runs } = await house.call('runs.parked', {})
      expect(runs).toMatchObject([{ session: 'agent:main:fake:default:user1', messages: 1 }])
      run = runs[0]!.run
      const { owed, problems } = await house.call('status', {})
      expect(owed).toMatchObject({ accepts: 0, parked: 1 })
      expect(problems.join()).toContain(`openclaw runs resume ${run}`)
      await house.hear('delivery.changed', ({ state }) => state === 'sent')
    }
    await using again = await start(path, fake, ({ turns }) =>
      say(JSON.stringify(turns).includes('do the thing') ? 'done at last' : 'what?'),
    )
    await fake.connected()
    const [one, other] = await Promise.allSettled([
      again.call('runs.resume', { run }),
      again.call('runs.resume', { run }),
    ])
    expect([one.status, other.status].sort()).toEqual(['fulfilled', 'rejected'])
    expect((await fake.waitSent(2)).text).toBe('done at last')
    expect((await again.call('runs.parked', {})).runs).toEqual([])
    expect((await again.call('status', {})).owed.parked).toBe(0)
    expect((await again.call('sessions.verify', {})).whole).toBe(true)
    expect(fake.sent.length).toBe(2)
  })

  it('R1: one that kills the gateway before its first step is parked in the end, too', async () => {
    await using home = await folders()
    let path: string
    {
      const fake = fakeChannel()
      await using house = await testKernel({ plugins: [fake.plugin], config, script: [hang()] })
      await fake.connected()
      await fake.say('poison')
      await house.model.asked(1)
      path = await killed(house, home.next())
    }
    let deaths = 1
    for (; deaths < 10; deaths++) {
      const fake = fakeChannel()
      await using house = await start(path, fake, [hang()])
      if ((await house.call('runs.parked', {})).runs.length > 0) {
        expect((await fake.waitSent(1)).text).toMatch(/interrupted and not finished/)
        break
      }
      await house.model.asked(1)
      path = await killed(house, home.next())
    }
    expect(deaths).toBe(6)
  })

  it('is forgotten when the owner drops it, for good', async () => {
    await using home = await folders()
    const path = await parked(home)
    const fake = fakeChannel()
    await using house = await start(path, fake, [])
    const [one] = (await house.call('runs.parked', {})).runs
    await house.call('runs.drop', { run: one!.run })
    await expect(house.call('runs.resume', { run: one!.run })).rejects.toMatchObject({ code: 'not_found' })
    await fake.waitSent(1)
    await using again = await house.restart()
    expect((await again.call('runs.parked', {})).runs).toEqual([])
  })

  it('is not asked again from a session that was erased', async () => {
    await using home = await folders()
    const path = await parked(home)
    await using house = await start(path, fakeChannel(), [])
    const [one] = (await house.call('runs.parked', {})).runs
    await house.call('sessions.erase', { session: one!.session })
    await expect(house.call('runs.resume', { run: one!.run })).rejects.toThrow(/runs drop/)
  })
})

describe('messages that steer', () => {
  const steering = { ...config, agents: { main: { queue: 'steer' } } }

  it('R1: a steering message that no step had taken when the gateway was killed is answered', async () => {
    await using home = await folders()
    const fake = fakeChannel()
    await using house = await testKernel({ plugins: [fake.plugin], config: steering, script: [hang()] })
    await fake.connected()
    await fake.say('first')
    await house.model.asked(1)
    await fake.say('second')
    const path = await killed(house, home.next())
    await using again = await start(path, fake, ({ turns }) => say(`heard ${said(turns)}`))
    await again.hear('delivery.changed', ({ state }) => state === 'sent')
    await idle(again)
    expect(texts(fake).join()).toContain('second')
    expect(texts(fake).join()).toContain('first')
  })

  it('R1: one that a step had taken stays in its run, and is answered with it once', async () => {
    await using home = await folders()
    const fake = fakeChannel()
    const { plugin, open } = gate()
    const script = [callTool('gate', {}), callTool('gate', {}), hang()]
    await using house = await testKernel({ plugins: [fake.plugin, plugin], config: steering, script })
    await fake.connected()
    await fake.say('first')
    await house.hear('agent.tool.start')
    await fake.say('second')
    open()
    expect(said((await house.model.asked(3)).turns)).toContain('second')
    const path = await killed(house, home.next())
    await using again = await start(path, fake, ({ turns }) => say(`heard ${said(turns)}`))
    await fake.waitSent(1)
    await idle(again)
    expect(texts(fake)).toHaveLength(1)
    expect(texts(fake)[0]).toMatch(/first.*second/s)
  })

  it('R1: messages that waited for their own run are answered one by one, in order', async () => {
    await using home = await folders()
    const fake = fakeChannel()
    const followup = { ...config, agents: { main: { queue: 'followup' } } }
    await using house = await testKernel({ plugins: [fake.plugin], config: followup, script: [hang()] })
    await fake.connected()
    for (const text of ['one', 'two', 'three']) await fake.say(text)
    await house.model.asked(1)
    const path = await killed(house, home.next())
    await using again = await start(path, fake, ({ turns }) => say(`last ${said(turns.slice(-1))}`))
    await fake.waitSent(3)
    await idle(again)
    expect(texts(fake)).toEqual(['last one', 'last two', 'last three'])
  })

  function said(turns: readonly { role: string; content: readonly unknown[] }[]): string {
    return turns
      .filter(({ role }) => role === 'user')
      .flatMap(({ content }) => content.map((part) => (part as { text?: string }).text ?? ''))
      .join(' ')
  }

  const idle = (house: TestKernel) =>
    until(house, ({ owed, running }) => owed.accepts === 0 && owed.deliveries === 0 && running === 0)
})

describe('answers that a restart finds late', () => {
  /** A home whose gateway was killed with two answers to user1 and one to user2 queued. */
  async function late(home: Awaited<ReturnType<typeof folders>>, more = {}): Promise<string> {
    const fake = fakeChannel()
    await using house = await testKernel({
      plugins: [fake.plugin],
      config: { ...config, ...more },
      script: () => say('the answer'),
    })
    await fake.connected()
    fake.holdSends()
    await fake.say('one')
    await house.hear('delivery.changed', ({ state }) => state === 'queued')
    await fake.say('two')
    await fake.say('three', { sender: 'user2' })
    await until(house, ({ owed }) => owed.deliveries === 3)
    return await killed(house, home.next())
  }

  it('R1 R8: are held, each peer is told once through every crash, and the owner sends or drops them', async () => {
    await using home = await folders()
    const fake = fakeChannel()
    let path = await late(home)
    for (const _ of [1, 2]) {
      await using house = await start(path, fake, [], 20 * minute)
      await fake.waitSent(2)
      await house.call('send', {
        to: { channel: 'fake', account: 'default', peer: { kind: 'direct', id: 'other' } },
        message: 'probe',
        idempotencyKey: String(Math.random()),
      })
      await house.hear('delivery.changed', ({ state, delivery }) => state === 'sent' && !delivery)
      const { deliveries } = await house.call('deliveries.list', { state: 'held' })
      expect(deliveries.map(({ text }) => text)).toEqual(['the answer', 'the answer', 'the answer'])
      await until(house, ({ owed }) => owed.deliveries === 0)
      path = await killed(house, home.next())
    }
    const notices = fake.sent.filter(({ text }) => text !== 'probe').map(({ peer, text }) => [peer.id, text])
    expect(notices.toSorted((one, other) => String(one[0]).localeCompare(String(other[0])))).toEqual([
      ['user1', expect.stringMatching(/2 answers of 2026-01-01 00:00 UTC came too late .* ask again/)],
      ['user2', expect.stringMatching(/my answer of 2026-01-01 00:00 UTC came too late/)],
    ])

    await using house = await start(path, fake, [], 40 * minute)
    await fake.connected()
    const before = fake.sent.length
    const [first, second, third] = (await house.call('deliveries.list', { state: 'held' })).deliveries
    expect((await house.call('status', {})).owed.held).toBe(3)
    await house.call('deliveries.retry', { id: first!.id })
    expect((await fake.waitSent(before + 1)).text).toBe('the answer')
    await house.call('deliveries.drop', { id: second!.id })
    expect((await house.call('deliveries.list', {})).deliveries.map(({ id }) => id)).toContain(third!.id)
    expect((await house.call('status', {})).owed.held).toBe(1)
  })

  it('R8: what the platform has already is not called late', async () => {
    await using home = await folders()
    const fake = fakeChannel({ canFind: true })
    await using house = await testKernel({ plugins: [fake.plugin], config, script: () => say('the answer') })
    await fake.connected()
    fake.loseReceipts(failure('unavailable', 'the connection broke'))
    await fake.say('one')
    await fake.waitSent(1)
    const path = await killed(house, home.next())
    await using again = await start(path, fake, [], 20 * minute)
    await again.hear('delivery.changed', ({ state }) => state === 'sent')
    expect(texts(fake)).toEqual(['the answer'])
    expect((await again.call('deliveries.list', {})).deliveries).toEqual([])
  })

  it.each([
    [9 * minute, {}],
    [30 * minute, { delivery: { staleAfterMs: 60 * minute } }],
  ])('are sent as they are within the time that is configured: after %i ms', async (ms, more) => {
    await using home = await folders()
    const fake = fakeChannel()
    await using _ = await start(await late(home, more), fake, [], ms)
    await fake.waitSent(3)
    expect(texts(fake)).toEqual(['the answer', 'the answer', 'the answer'])
  })

  it('R1: one that the owner wanted sent is not late again when the next crash comes before it is sent', async () => {
    await using home = await folders()
    const fake = fakeChannel()
    await using house = await start(await late(home), fake, [], 20 * minute)
    await until(house, ({ owed }) => owed.held === 3 && owed.deliveries === 0)
    const [one] = (await house.call('deliveries.list', { state: 'held' })).deliveries
    fake.holdSends()
    await house.call('deliveries.retry', { id: one!.id })
    const path = await killed(house, home.next())
    const next = fakeChannel()
    await using again = await start(path, next, [], 21 * minute)
    expect((await next.waitSent(1)).text).toBe('the answer')
    await until(again, ({ owed }) => owed.held === 2 && owed.deliveries === 0)
    expect(next.sent.length).toBe(1)
  })
})

describe('a restored home', () => {
  it('L5 R8: connects nothing and sends nothing until the owner says that the old gateway is off', async () => {
    await using home = await folders()
    const old = fakeChannel()
    const file = `${home.next()}.tar.gz`
    {
      await using house = await testKernel({
        plugins: [old.plugin],
        config,
        script: (_, call) => (call === 0 ? say('the answer') : hang()),
      })
      await old.connected()
      old.holdSends()
      await old.say('one')
      await house.hear('delivery.changed', ({ state }) => state === 'queued')
      await old.say('two', { sender: 'user2' })
      await house.model.asked(2)
      await house.call('backup.create', { file })
      await ended(house)
    }
    const path = home.next()
    const log = { debug() {}, info() {}, warn() {}, error() {} }
    const report = await restoreBackup({ file, home: path, passphrase: undefined, platform: realPlatform(), log })
    expect(report).toMatchObject({ whole: true, sessions: 2, held: 1, parked: 1 })

    const fake = fakeChannel()
    {
      await using house = await start(path, fake, [])
      expect(fake.live).toBe(0)
      const { waits, problems, accounts } = await house.call('status', {})
      expect(waits).toContain('openclaw restore finish')
      expect(problems).toContain(waits)
      expect(accounts).toMatchObject([{ state: 'stopped' }])
      await expect(house.call('channels.start', { channel: 'fake' })).rejects.toMatchObject({ code: 'conflict' })
      expect((await house.call('deliveries.list', {})).deliveries).toMatchObject([
        { state: 'held', text: 'the answer' },
      ])
      expect((await house.call('runs.parked', {})).runs).toMatchObject([{ session: 'agent:main:fake:default:user2' }])
    }
    await using house = await start(path, fake, () => say('here I am'))
    expect(fake.live).toBe(0)
    expect(await house.call('restore.finish', {})).toEqual({ ok: true, accounts: 1 })
    await fake.connected()
    expect(fake.live).toBe(1)
    await expect(house.call('restore.finish', {})).rejects.toMatchObject({ code: 'conflict' })
    const [held] = (await house.call('deliveries.list', {})).deliveries
    await house.call('deliveries.retry', { id: held!.id })
    await fake.waitSent(1)
    const [run] = (await house.call('runs.parked', {})).runs
    await house.call('runs.resume', { run: run!.run })
    await fake.waitSent(2)
    expect(fake.sent.map(({ peer, text }) => [peer.id, text])).toEqual([
      ['user1', 'the answer'],
      ['user2', 'here I am'],
    ])
    await using again = await house.restart()
    await fake.connected()
    expect((await again.call('status', {})).waits).toBeUndefined()
  })
})

it("what a run used before the gateway was killed counts in the day's budget with the rest of it", async () => {
  await using home = await folders()
  const fake = fakeChannel()
  const plugins = [fake.plugin, openGate()]
  await using house = await testKernel({ plugins, config, script: [callTool('gate', {}), hang()] })
  await fake.connected()
  await fake.say('do the thing')
  await house.model.asked(2)
  await using again = await start(await killed(house, home.next()), fake, () => say('done'))
  await fake.waitSent(1)
  await until(again, ({ owed }) => owed.accepts === 0)
  const { total, today } = await again.call('usage.get', {})
  expect(total).toMatchObject({ calls: 2, input: 20, output: 10 })
  expect(today.tokens).toBe(30)
})
