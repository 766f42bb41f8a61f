import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BundledPlugin, Platform } from '@openclaw/kernel'
import {
  callTool,
  fakeChannel,
  fakeClock,
  hang,
  providerPlugin,
  say,
  scriptedProvider,
  testKernel,
  writeAllowlist,
  type FakeClock,
  type Script,
} from '@openclaw/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { gate } from './gate.ts'

const minuteMs = 60_000
const ofOlga = 'agent:main:fake:default:olga'

interface More {
  readonly home?: string
  readonly clock?: FakeClock
  readonly notes?: string
  readonly config?: object
  readonly agent?: object
  readonly plugins?: readonly BundledPlugin[]
  /** Appends that the disk refuses. */
  readonly refuse?: (text: string) => boolean
}

/** A house whose main agent has a heartbeat; olga is its owner, ada a member, and the club a group that is let in. */
async function openHouse(script: Script, heartbeat: object = {}, more: More = {}) {
  const home = more.home ?? (await mkdtemp(join(tmpdir(), 'openclaw-heartbeat-')))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  await writeAllowlist(home, 'fake', { olga: 'owner', ada: 'member' }, ['club'])
  await mkdir(join(home, 'workspace'), { recursive: true })
  if (more.notes !== undefined) await writeFile(join(home, 'workspace', 'HEARTBEAT.md'), more.notes)
  const chat = fakeChannel()
  const clock = more.clock ?? fakeClock()
  const model = scriptedProvider(script, { id: 'heart', usage: { input: 10, cached: 0, output: 5, costUsd: 0.01 } })
  const house = await testKernel({
    home,
    plugins: [chat.plugin, providerPlugin(model), ...(more.plugins ?? [])],
    platform: (platform) => ({ ...platform, clock, files: refusing(platform.files, more.refuse) }),
    config: {
      channels: { fake: { groups: { policy: 'allowlist', mention: false }, accounts: { default: {} } } },
      agents: { main: { model: model.model, heartbeat: { every: '30m', ...heartbeat }, ...more.agent } },
      ...more.config,
    },
  })
  const start = clock.now()
  const record = async () => {
    const text = await readFile(join(home, 'state', 'heartbeat.json'), 'utf8').catch(() => '{"agents":{}}')
    const { main } = (JSON.parse(text) as { agents: { main?: { at: number; pending?: object } } }).agents
    return main && { minute: (main.at - start) / minuteMs, pending: main.pending !== undefined }
  }
  const until = (minute: number, pending = false) =>
    expect.poll(record, { timeout: 60_000, interval: 10 }).toEqual({ minute, pending })
  await chat.connected()
  if (!more.home) await until(0)
  return {
    /** Waits for the beat that is at work to end. */
    over: () => expect.poll(async () => (await record())?.pending, { timeout: 60_000, interval: 10 }).toBe(false),
    home,
    house,
    chat,
    clock,
    model,
    minutes: (count: number) => clock.advance(count * minuteMs),
    /** Waits for the beat of a minute to be recorded: over, or begun. */
    until,
    /** The owner writes, so that there is a chat. */
    async greet() {
      await chat.say('hello', { sender: 'olga' })
      await chat.waitSent(1)
    },
  }
}

function refusing(files: Platform['files'], refuse = (_text: string) => false): Platform['files'] {
  return {
    ...files,
    async open(path, mode) {
      const handle = await files.open(path, mode)
      return {
        ...handle,
        async append(bytes) {
          if (refuse(Buffer.from(bytes).toString())) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
          await handle.append(bytes)
        },
      }
    },
  }
}

/** What the model is told last. */
const lastOf = ({ turns }: { turns: readonly unknown[] }) => JSON.stringify(turns.at(-1))
const quiet: Script = (request) => say(lastOf(request).includes('heartbeat') ? 'HEARTBEAT_OK' : 'hi')

describe('a heartbeat', () => {
  it('comes once per interval, and nobody hears of it when there is nothing to say', async () => {
    const { house, chat, model, minutes, until, greet } = await openHouse(quiet)
    await using _ = house
    await greet()
    for (const minute of [30, 60, 90]) {
      await minutes(29)
      await minutes(1)
      await until(minute)
    }
    expect(model.requests).toHaveLength(4)
    expect(chat.sent.map(({ text }) => text)).toEqual(['hi'])
    expect(chat.typed).toBeLessThanOrEqual(1)
  })

  it('says what it finds in the owner’s last chat, as part of that conversation, by HEARTBEAT.md', async () => {
    const script: Script = (request) => say(lastOf(request).includes('heartbeat') ? 'The dentist is at ten.' : 'hi')
    const { house, chat, model, minutes, until, greet } = await openHouse(
      script,
      {},
      { notes: '- look at the calendar' },
    )
    await using _ = house
    await greet()
    await minutes(30)
    expect(await chat.waitSent(2)).toMatchObject({ text: 'The dentist is at ten.', peer: { id: 'olga' } })
    await until(30)
    expect(lastOf(model.requests[1]!)).toContain('look at the calendar')
    await chat.say('thanks', { sender: 'olga' })
    await chat.waitSent(3)
    expect(JSON.stringify(model.requests[2]!.turns)).toContain('The dentist is at ten.')
    const { rows } = await house.call('usage.get', {})
    expect(rows).toMatchObject([{ runs: 3, costUsd: 0.03 }])
  })

  it('stands in the session of the page while the owner has no chat, or when nobody is to hear of it', async () => {
    const { house, chat, minutes, until } = await openHouse(() => say('The tap drips.'), {})
    await using _ = house
    await minutes(30)
    await until(30)
    const { lines } = await house.call('chat.history', { session: 'agent:main:local:default:owner' })
    expect(JSON.stringify(lines)).toContain('The tap drips.')
    expect(chat.sent).toEqual([])
  })

  it('costs nothing while HEARTBEAT.md asks for nothing', async () => {
    const { house, home, model, minutes, until } = await openHouse(quiet, {}, { notes: '# Heartbeat\n- [ ]\n' })
    await using _ = house
    await minutes(30)
    await until(30)
    await writeFile(join(home, 'workspace', 'HEARTBEAT.md'), '- water the plants')
    await minutes(30)
    await until(60)
    expect(model.requests).toHaveLength(1)
  })

  it('waits while its session is busy, and comes when that is over', async () => {
    const look = gate()
    const { house, chat, model, minutes, until } = await openHouse(
      (request) =>
        lastOf(request).includes('slow')
          ? callTool('gate', {})
          : say(lastOf(request).includes('through') ? 'hi' : 'HEARTBEAT_OK'),
      {},
      { plugins: [look.plugin] },
    )
    await using _ = house
    await minutes(29)
    await chat.say('be slow', { sender: 'olga' })
    await look.entered
    await minutes(1)
    look.open()
    await chat.waitSent(1)
    await house.hear('typing', ({ on }) => !on)
    await minutes(1)
    await until(31)
    expect(model.requests).toHaveLength(3)
  })

  it('keeps to its hours', async () => {
    // The clock begins at midnight, Greenwich time.
    const { house, model, minutes, until } = await openHouse(quiet, {
      active: { from: '02:00', to: '03:00', timeZone: 'Europe/Berlin' },
    })
    await using _ = house
    await minutes(59)
    await minutes(1)
    await until(60)
    expect(model.requests).toHaveLength(1)
  })

  it('comes once after the clock was set forward by a day, and goes on when it is set back', async () => {
    const { house, home, model } = await openHouse(quiet, {}, { clock: fakeClock({ now: Date.UTC(2026, 0, 10) }) })
    await house.kernel.close('restart')
    const later = await openHouse(quiet, {}, { home, clock: fakeClock({ now: Date.UTC(2026, 0, 11) }) })
    await later.until(0)
    await later.minutes(10)
    await later.house.kernel.close('restart')
    const back = await openHouse(quiet, {}, { home, clock: fakeClock({ now: Date.UTC(2026, 0, 1) }) })
    await using _ = back.house
    await back.until(0)
    await back.minutes(30)
    await back.until(30)
    expect([model, later.model, back.model].map(({ requests }) => requests.length)).toEqual([0, 1, 1])
  })

  it('is not doubled by a restart, and one that was at work is said once after it', async () => {
    const clock = fakeClock()
    const first = await openHouse(
      (request) => (lastOf(request).includes('heartbeat') ? hang() : say('hi')),
      {},
      { clock },
    )
    await first.greet()
    await first.minutes(30)
    await expect.poll(() => first.model.requests.length, { timeout: 60_000 }).toBe(2)
    await first.until(30, true)
    const closed = first.house.kernel.close('restart')
    let over = false
    void closed.then(() => (over = true))
    await expect.poll(() => clock.advance(1000).then(() => over), { timeout: 60_000, interval: 10 }).toBe(true)

    const script: Script = () => say('The dentist is at ten.')
    const later = await openHouse(script, {}, { home: first.home, clock })
    expect(await later.chat.waitSent(1)).toMatchObject({ text: 'The dentist is at ten.', peer: { id: 'olga' } })
    await expect
      .poll(async () => readFile(join(first.home, 'state', 'heartbeat.json'), 'utf8'))
      .not.toContain('pending')
    await later.house.kernel.close('restart')
    const last = await openHouse(script, {}, { home: first.home, clock })
    await using _ = last.house
    await last.minutes(10)
    expect(last.model.requests).toEqual([])
    expect(last.chat.sent).toEqual([])
  })

  it('R6: is said once when the disk refused at first what it has to say', async () => {
    let full = true
    let refused = 0
    const refuse = (text: string) => full && text.includes('/said') && ++refused > 0
    const script: Script = (request) => say(lastOf(request).includes('heartbeat') ? 'The tap drips.' : 'hi')
    const { house, chat, minutes, until, greet } = await openHouse(script, {}, { refuse })
    await using _ = house
    await greet()
    await minutes(30)
    await expect.poll(() => refused, { timeout: 60_000 }).toBeGreaterThan(0)
    await until(30, true)
    full = false
    await minutes(1)
    expect(await chat.waitSent(2)).toMatchObject({ text: 'The tap drips.' })
    await until(30)
    await minutes(30)
    await until(60)
    await chat.waitSent(3)
    expect(chat.sent.map(({ text }) => text)).toEqual(['hi', 'The tap drips.', 'The tap drips.'])
  })

  it('is said once when a message of the owner came into its run', async () => {
    const look = gate()
    const script: Script = ({ turns }) =>
      JSON.stringify(turns).includes('heartbeat') && !JSON.stringify(turns).includes('through')
        ? callTool('gate', {})
        : say('An answer to both.')
    const plugins = [look.plugin]
    const { house, chat, minutes, until, greet } = await openHouse(script, {}, { plugins, agent: { queue: 'steer' } })
    await using _ = house
    await greet()
    await minutes(30)
    await look.entered
    await chat.say('what about now?', { sender: 'olga' })
    look.open()
    await until(30)
    await minutes(30)
    await until(60)
    await chat.waitSent(3)
    expect(chat.sent.slice(1, 2)).toMatchObject([{ text: 'An answer to both.', peer: { id: 'olga' } }])
    expect(chat.sent).toHaveLength(3)
  })

  it('counts into the day’s limit, and says nothing in the chat when that is reached', async () => {
    const { house, chat, model, minutes, until, greet } = await openHouse(
      quiet,
      {},
      { config: { limits: { perDay: { tokens: 20 } } } },
    )
    await using _ = house
    await greet()
    await minutes(30)
    await until(30)
    await minutes(30)
    await until(60)
    expect(model.requests).toHaveLength(2)
    expect(chat.sent).toHaveLength(1)
  })
})

describe('the authority of a heartbeat', () => {
  const notOwner = 'You do not speak with your owner here'
  const news: Script = (request) => say(lastOf(request).includes('heartbeat') ? 'News.' : 'hi')

  it.each([
    ['ada', { kind: 'direct', id: 'ada' }],
    ['the club', { kind: 'group', id: 'club' }],
  ])('S13: is no more than that of %s, when they are told', async (_who, peer) => {
    const { house, chat, model, minutes } = await openHouse(news, {
      target: { channel: 'fake', account: 'default', peer },
    })
    await using _ = house
    await minutes(30)
    expect(await chat.waitSent(1)).toMatchObject({ text: 'News.', peer })
    expect(JSON.stringify(model.requests[0])).toContain(notOwner)
  })

  it('S13: reaches nobody who is not let in, and no chat of a former owner', async () => {
    const target = { channel: 'fake', account: 'default', peer: { kind: 'direct', id: 'zoe' } }
    const strange = await openHouse(news, { target })
    await strange.minutes(31)
    await strange.house.kernel.close('over')
    expect(strange.model.requests).toEqual([])

    const { house, home, chat, model, minutes, until, greet } = await openHouse(news)
    await using _ = house
    await greet()
    await writeAllowlist(home, 'fake', { olga: 'member' }, [])
    await minutes(30)
    await until(30)
    expect(model.requests).toHaveLength(2)
    expect(chat.sent).toHaveLength(1)
    const { lines } = await house.call('chat.history', { session: ofOlga })
    expect(JSON.stringify(lines)).not.toContain('News.')
  })
})
