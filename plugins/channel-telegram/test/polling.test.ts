import { memoryStore } from '@openclaw/testing'
import { telegramEmulator } from '@openclaw/testing/telegram'
import { Api } from 'grammy/web'
import { describe, expect, it, onTestFinished } from 'vitest'
import { telegramChannel } from '../src/channel.ts'
import { connect, connectTo, makeAccount, polling, thrownBy, urlOf } from './account.ts'

/** Bodies of the polls that a Telegram got: what offsets they named. */
function watchOffsets(fetched: typeof fetch): { offsets: (number | undefined)[]; fetch: typeof fetch } {
  const offsets: (number | undefined)[] = []
  return {
    offsets,
    fetch: (input, init) => {
      if (urlOf(input).endsWith('/getUpdates')) offsets.push(JSON.parse(init?.body as string).offset)
      return fetched(input, init)
    },
  }
}

describe('the offset', () => {
  it('R2: is not named before what it confirms is durable', async () => {
    const telegram = await telegramEmulator()
    onTestFinished(() => telegram[Symbol.asyncDispose]())
    const made = makeAccount(telegram.account)
    const { offsets, fetch: watched } = watchOffsets(fetch)
    const durable = Promise.withResolvers<void>()
    made.beforeDurable = () => durable.promise
    const link = await telegramChannel({ pollSeconds: 5, graceMs: 5000 }).connect({ ...made.account, fetch: watched })
    onTestFinished(() => link[Symbol.asyncDispose]())
    const message = await telegram.says('hello')
    await telegram.says('and more')
    while (offsets.length < 1) await new Promise((resolve) => setImmediate(resolve))
    // A poll that was made now would have named it.
    await new Promise((resolve) => setImmediate(resolve))
    expect(offsets).toEqual([undefined])
    durable.resolve()
    expect((await made.next(1)).message).toBe(message)
    await telegram.acknowledged()
    expect(offsets.at(-1)).toBeGreaterThan(0)
  })

  it('R1: stays below a message that could not be stored, while those after it are taken', async () => {
    const made = await connect()
    const { telegram } = made
    let refusals = 1
    made.beforeDurable = ({ text }) => {
      if (text === 'two' && refusals-- > 0) throw new Error('the disk is full')
    }
    // All three wait while the channel is away, so that they come in one batch.
    telegram.fault({ kind: 'disconnect' })
    const { detail } = await made.reported('offline')
    expect(detail).toContain('could not be reached')
    for (const text of ['one', 'two', 'three']) await telegram.says(text)
    const again = await connectTo(telegram)
    again.beforeDurable = made.beforeDurable
    await again.reported('degraded')
    expect(again.events.map(({ text }) => text)).toEqual(['one', 'three'])
    await again.clock.advance(1000)
    await telegram.acknowledged()
    expect(again.events.map(({ text }) => text)).toEqual(['one', 'three', 'two', 'three'])
    expect(again.reports.map(({ state }) => state)).toEqual(['degraded', 'online'])
    expect(again.reports[0]?.detail).toContain('the disk is full')
  })

  it('R2: is confirmed when the link ends, so that nothing is given twice', async () => {
    const made = await connect()
    const durable = Promise.withResolvers<void>()
    await made.telegram.says('the last word')
    const given = Promise.withResolvers<void>()
    made.beforeDurable = () => {
      given.resolve()
      return durable.promise
    }
    await given.promise
    const stopped = made.stop()
    durable.resolve()
    await stopped
    await made.telegram.acknowledged()
    expect(made.telegram.links()).toEqual({ now: 0, most: 1 })
  })
})

describe('L5: one poller', () => {
  it('never asks beside a poll that waits, not even when it stops', async () => {
    const made = await connect()
    await made.telegram.says('hello')
    await made.telegram.acknowledged()
    await polling(made.telegram)
    const polls: string[] = []
    using _steps = made.telegram.onStep((step) => void polls.push(step))
    await made.stop()
    expect(polls.filter((step) => step === 'poll')).toEqual([])
    expect(made.telegram.links().most).toBe(1)
  })

  it('gives way to another program with the same token, in words that say what to do', async () => {
    const made = await connect()
    await made.telegram.says('first')
    await made.next(1)
    await polling(made.telegram)
    const other = new Api(made.telegram.token, { apiRoot: made.telegram.url })
    const stolen = other.getUpdates({ timeout: 0 })
    const { detail, fatal } = await made.reported('offline')
    await stolen
    expect(detail).toContain('another program polls with this token; stop it')
    expect(detail).toContain('telegram/default')
    expect(fatal).toBe(false)
  })

  it('takes a webhook away that stood in its way', async () => {
    const telegram = await telegramEmulator({ deliver: async () => new Response(null, { status: 500 }) })
    onTestFinished(() => telegram[Symbol.asyncDispose]())
    await new Api(telegram.token, { apiRoot: telegram.url }).setWebhook('https://old.example/hook')
    const made = await connectTo(telegram)
    await telegram.says('hello')
    expect((await made.next(1)).text).toBe('hello')
    expect(telegram.hook).toBeUndefined()
  })

  it('says so when another program sets a webhook', async () => {
    const made = await connect({ deliver: async () => new Response(null, { status: 500 }) })
    await made.telegram.says('first')
    await made.next(1)
    await polling(made.telegram)
    await new Api(made.telegram.token, { apiRoot: made.telegram.url }).setWebhook('https://other.example/hook')
    expect((await made.reported('offline')).detail).toContain('another program set a webhook')
  })
})

it('L1: reports a Telegram that fell silent when the poll and its grace are over, by the clock it is given', async () => {
  const made = await connect()
  await made.telegram.says('hello')
  await made.next(1)
  await polling(made.telegram)
  made.telegram.fault({ kind: 'blackhole', on: true })
  await made.clock.advance(9000)
  expect(made.reports).toEqual([])
  await made.clock.advance(2000)
  expect((await made.reported('offline')).detail).toContain('silent for 10 s')
})

it('parks an account whose token was revoked while it polled', async () => {
  const made = await connect()
  const revoked = { ok: false, error_code: 401, description: 'Unauthorized' }
  const account = { ...made.account, fetch: async () => Response.json(revoked, { status: 401 }) }
  const lost = Promise.withResolvers<boolean>()
  let first = true
  const link = await telegramChannel({ pollSeconds: 1, graceMs: 100 }).connect({
    ...account,
    fetch: (input, init) => (urlOf(input).endsWith('/getUpdates') ? account.fetch() : fetch(input, init)),
    report: (state, _detail, fatal = false) => {
      if (first && state === 'offline') lost.resolve(fatal)
      first = false
    },
  })
  expect(await lost.promise).toBe(true)
  await link[Symbol.asyncDispose]()
})

it.each([
  ['one that Telegram does not know', '7000000001:AAwrong'],
  ['one without the form of a token', 'not-a-token'],
])('S14: a token that is refused (%s) is said with where to get one, and never shown', async (_, token) => {
  const telegram = await telegramEmulator()
  onTestFinished(() => telegram[Symbol.asyncDispose]())
  const { account, logged } = makeAccount({ ...telegram.account, token })
  const error = (await thrownBy(telegramChannel().connect(account))) as Error
  expect(error).toMatchObject({ code: 'unauthorized', message: expect.stringContaining('@BotFather') })
  expect([error.message, ...logged].join()).not.toContain(token)
})

it('S14: a Telegram that cannot be reached is unavailable, and the token is in no word of it', async () => {
  const telegram = await telegramEmulator()
  await telegram[Symbol.asyncDispose]()
  const { account } = makeAccount(telegram.account)
  const error = (await thrownBy(telegramChannel().connect(account))) as Error
  expect(error).toMatchObject({ code: 'unavailable' })
  expect(JSON.stringify([error.message, error])).not.toContain(telegram.token)
})

it('shows the commands in the menu, the owner’s only in private', async () => {
  const { telegram } = await connect()
  expect(telegram.menu('all_private_chats')?.map(({ command }) => command)).toEqual(['status', 'model'])
  expect(telegram.menu('all_group_chats')).toEqual([{ command: 'status', description: 'What the agent is doing' }])
})

it('passes over an update that it cannot read, and takes what follows', async () => {
  const made = await connect()
  made.telegram.update('message', { message_id: 1, date: 1, text: 'a message without a chat' })
  await made.telegram.says('hello')
  expect((await made.next(1)).text).toBe('hello')
  expect(made.logged.join()).toMatch(/update \d+ could not be read/)
  expect(made.logged.join()).not.toContain('without a chat')
  await made.telegram.acknowledged()
})

it('takes parts of an album singly, under one group', async () => {
  const made = await connect()
  const files = ['a.jpg', 'b.jpg'].map((name) => ({ name, mime: 'image/jpeg', bytes: Buffer.from(name.repeat(20)) }))
  await made.telegram.says('two of us', { files })
  const [first, second] = [await made.next(1), await made.next(2)]
  expect(first).toMatchObject({ text: 'two of us', attachments: [{ mime: 'image/jpeg' }] })
  expect(second).toMatchObject({ text: '', attachments: [{ mime: 'image/jpeg' }] })
  expect(first.group).toBeDefined()
  expect(second.group).toBe(first.group)
})

it('keeps what it learned of groups that moved in its store', async () => {
  const store = memoryStore()
  const made = await connect({}, store)
  const { telegram } = made
  await telegram.says('before', { in: telegram.basicGroup })
  const peer = telegram.migrates()
  await telegram.says('after', { in: peer })
  expect([await made.next(1), await made.next(2)].map((event) => event.peer)).toEqual([
    telegram.basicGroup,
    telegram.basicGroup,
  ])
  await telegram.acknowledged()
  await made.stop()
  const again = await connectTo(telegram, store)
  await telegram.says('much later', { in: peer })
  expect((await again.next(1)).peer).toEqual(telegram.basicGroup)
})
