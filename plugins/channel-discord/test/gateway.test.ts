import { closes, discordEmulator } from '@openclaw/testing/discord'
import { describe, expect, it } from 'vitest'
import channel from '../src/channel.ts'
import { connectTo, makeAccount, startDiscord, thrownBy, type Connected, type TestAccount } from './account.ts'

const online = ({ reports }: TestAccount) => reports.filter(({ state }) => state === 'online').length
/** Resolves when the link is up for the n-th time. */
const up = (account: Connected, times: number) => account.until(() => online(account) >= times)

describe('before the login', () => {
  it('says where a new token is made when the token is refused, and opens no socket', async () => {
    const discord = await startDiscord()
    const made = makeAccount({ ...discord.account, token: 'wrong' })
    const refused = await thrownBy(channel.connect(made.account))
    expect(refused).toMatchObject({ code: 'unauthorized' })
    expect(String(refused)).toContain('discord/default: logging in: the token was refused')
    expect(String(refused)).toContain('https://discord.com/developers/applications')
    expect(discord.links().most).toBe(0)
    await made.close()
  })

  it('names the switch when the bot may not read messages, and opens no socket', async () => {
    const discord = await startDiscord({ messageContent: false })
    const made = makeAccount(discord.account)
    const refused = await thrownBy(channel.connect(made.account))
    expect(refused).toMatchObject({ code: 'forbidden' })
    expect(String(refused)).toContain('Bot → Privileged Gateway Intents → Message Content Intent')
    expect(discord.links().most).toBe(0)
    await made.close()
  })

  it('shows the commands in the menu, and asks again only when they change', async () => {
    const discord = await startDiscord()
    const first = await connectTo(discord)
    expect(discord.commands).toMatchObject([
      { name: 'status', description: 'What the agent is doing', options: [] },
      { name: 'model', options: [{ type: 3, name: 'args', description: '[provider/model]' }] },
    ])
    await first.stop()
    await connectTo(discord, first.store)
    expect(discord.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1)
  })
})

describe('a link that is cut', () => {
  it('is taken up again where it was, and what was said meanwhile arrives', async () => {
    const discord = await startDiscord()
    const account = await connectTo(discord)
    discord.gateway.cut()
    await discord.says('while it was away')
    expect(await account.next(1)).toMatchObject({ text: 'while it was away' })
    expect(discord.gateway.counts).toMatchObject({ identifies: 1, resumes: 1 })
    expect(account.reports.map(({ state }) => state)).toEqual(['online', 'degraded', 'online'])
    expect(discord.links().most).toBe(1)
  })

  it('is taken up again when Discord asks to reconnect (op 7)', async () => {
    const discord = await startDiscord()
    const account = await connectTo(discord)
    discord.gateway.reconnect()
    await up(account, 2)
    expect(discord.gateway.counts).toMatchObject({ identifies: 1, resumes: 1 })
  })

  it('is taken up again when Discord says that the session is invalid but can be resumed (op 9, true)', async () => {
    const discord = await startDiscord()
    const account = await connectTo(discord)
    discord.gateway.invalidate(true)
    await up(account, 2)
    expect(discord.gateway.counts).toMatchObject({ identifies: 1, resumes: 1 })
  })

  it(
    'begins anew when the session is gone (op 9, false), and looks up what was said',
    { timeout: 15_000 },
    async () => {
      const discord = await startDiscord()
      const account = await connectTo(discord)
      await discord.says('before')
      await account.next(1)
      discord.gateway.invalidate(false)
      await discord.says('in between')
      expect(await account.next(2)).toMatchObject({ text: 'in between' })
      expect(discord.gateway.counts).toMatchObject({ identifies: 2, resumes: 0 })
      expect(discord.links().most).toBe(1)
    },
  )

  it.each([
    ['closes the socket', 4000 as const],
    ['says that the session is invalid but can be resumed', 'resumable' as const],
  ])('begins anew after the third resume in a row failed, when Discord %s', { timeout: 15_000 }, async (_, how) => {
    const discord = await startDiscord()
    const account = await connectTo(discord)
    discord.gateway.refuseResumes(10, how)
    discord.gateway.cut()
    await up(account, 2)
    expect(discord.gateway.counts).toEqual({ identifies: 2, resumes: 3, refusedResumes: 3 })
  })

  it('is reported as lost when the new login is cut too, so that the kernel waits longer and longer', async () => {
    const discord = await startDiscord()
    const account = await connectTo(discord)
    discord.gateway.refuseResumes(1, 4007)
    discord.gateway.refuseIdentifies(1, 4000)
    discord.gateway.cut()
    const lost = await account.until(() => account.reports.find(({ state }) => state === 'offline'))
    expect(lost).toMatchObject({ fatal: false })
    expect(lost.detail).toContain('before we were in')
    await account.stop()
    expect(discord.links().now).toBe(0)
  }, 15_000)

  it('L1: is noticed when Discord goes silent, by heartbeats that stay without an answer', async () => {
    const discord = await startDiscord({ heartbeatMs: 50 })
    const account = await connectTo(discord)
    discord.fault({ kind: 'blackhole', on: true })
    await account.until(() => account.reports.find(({ detail }) => detail === 'Discord has gone silent'))
    discord.fault({ kind: 'blackhole', on: false })
    await up(account, 2)
    expect(discord.links().most).toBe(1)
  })
})

describe('every close code of the gateway', () => {
  const codes = Object.entries(closes).map(([code, { reason, reconnect }]) => ({
    code: Number(code),
    reason,
    reconnect,
  }))

  // All at once: the library waits 5 seconds between two logins.
  it('comes back after those that allow it', { timeout: 20_000 }, async () => {
    const allowing = codes.filter(({ reconnect }) => reconnect)
    const back = await Promise.all(
      allowing.map(async ({ code }) => {
        await using discord = await discordEmulator()
        const account = makeAccount(discord.account)
        const link = await channel.connect(account.account)
        discord.gateway.close(code)
        await account.until(() => online(account) >= 2)
        await discord.says('back?')
        await account.next(1)
        await link[Symbol.asyncDispose]()
        await account.close()
        return { code, most: discord.links().most, fatal: account.reports.some(({ fatal }) => fatal) }
      }),
    )
    expect(back).toEqual(allowing.map(({ code }) => ({ code, most: 1, fatal: false })))
  })

  it.each(codes.filter(({ reconnect }) => !reconnect))('$code $reason: stays away and says why', async ({ code }) => {
    const discord = await startDiscord()
    const account = await connectTo(discord)
    discord.gateway.close(code)
    const lost = await account.until(() => account.reports.find(({ state }) => state === 'offline'))
    expect(lost.fatal).toBe(true)
    expect(lost.detail).toMatch(/^discord\/default: /)
    if (code === 4004) expect(lost.detail).toContain('Reset Token')
    if (code === 4014) expect(lost.detail).toContain('Message Content Intent')
    await account.stop()
    expect(discord.links().now).toBe(0)
  })

  it.each([4004, 4013, 4014])('%i at the login: connecting fails for good', async (code) => {
    const discord = await startDiscord()
    discord.gateway.refuseIdentifies(1, code)
    const made = makeAccount(discord.account)
    const refused = await thrownBy(channel.connect(made.account))
    expect(['unauthorized', 'forbidden', 'unsupported']).toContain((refused as { code: string }).code)
    await made.close()
    expect(discord.links().now).toBe(0)
  })
})

describe('a restart', () => {
  it('resumes the session, so that nothing said meanwhile is lost: not even by somebody new, nor an edit', async () => {
    const discord = await startDiscord()
    const [ada, bob] = discord.people
    const first = await connectTo(discord)
    const message = await discord.says('hello', { from: ada })
    await first.next(1)
    await first.stop()
    await discord.says('I am new here', { from: bob })
    await discord.edits(message, 'hello!')
    const second = await connectTo(discord, first.store)
    await second.next(2)
    const heard = second.events.map(({ kind, text }) => `${kind} ${text}`)
    expect(new Set(heard)).toEqual(new Set(['edit hello!', 'message I am new here']))
    expect(discord.gateway.counts.identifies).toBe(1)
  })

  it('R2: is given again what was not durable, and only that', async () => {
    const discord = await startDiscord()
    const first = await connectTo(discord)
    await discord.says('durable')
    await first.next(1)
    const hold = Promise.withResolvers<void>()
    const came = Promise.withResolvers<void>()
    first.beforeDurable = () => {
      came.resolve()
      return hold.promise
    }
    await discord.says('not durable')
    await came.promise
    await first.stop()
    const second = await connectTo(discord, first.store)
    expect(await second.next(1)).toMatchObject({ text: 'not durable' })
    hold.resolve()
  })

  it('begins anew when another bot took the place of the first', async () => {
    const discord = await startDiscord()
    const first = await connectTo(discord)
    await first.stop()
    const kept = JSON.parse(Buffer.from((await first.store.get('cursor'))!).toString())
    await first.store.set('cursor', Buffer.from(JSON.stringify({ ...kept, application: '1' })))
    await connectTo(discord, first.store)
    expect(discord.gateway.counts).toMatchObject({ identifies: 2, resumes: 0 })
  })

  it('lives on with a cursor that is damaged', async () => {
    const discord = await startDiscord()
    const first = await connectTo(discord)
    await first.stop()
    await first.store.set('cursor', Buffer.from('{"half'))
    await connectTo(discord, first.store)
    expect(discord.gateway.counts.identifies).toBe(2)
  })
})

it('L5: tells Discord that it has an event only when that is durable', async () => {
  const discord = await startDiscord()
  const account = await connectTo(discord)
  const hold = Promise.withResolvers<void>()
  const came = Promise.withResolvers<void>()
  account.beforeDurable = () => {
    came.resolve()
    return hold.promise
  }
  await discord.says('keep this')
  await came.promise
  let acknowledged = false
  const done = discord.acknowledged().then(() => (acknowledged = true))
  // A heartbeat that is asked for now says how far we are.
  const beats = Promise.withResolvers<void>()
  let count = 0
  using _steps = discord.onStep((step) => {
    if (step === 'heartbeat' && ++count === 3) beats.resolve()
  })
  await beats.promise
  expect(acknowledged).toBe(false)
  hold.resolve()
  await done
})

it('L5: closed while it pauses before it reconnects, it opens no socket any more', async () => {
  const discord = await startDiscord()
  const account = await connectTo(discord)
  discord.gateway.cut()
  await account.until(() => account.reports.find(({ state }) => state === 'degraded'))
  await account.stop()
  // Another link would have been counted, had the first one come back.
  const second = await connectTo(discord, account.store)
  await discord.says('one is enough')
  await second.next(1)
  expect(discord.links()).toEqual({ now: 1, most: 1 })
})
