import type { Account } from '@openclaw/sdk'
import { telegramEmulator } from '@openclaw/testing/telegram'
import { describe, expect, it, onTestFinished } from 'vitest'
import { telegramChannel } from '../src/channel.ts'
import { makeAccount, thrownBy } from './account.ts'

type Route = Parameters<Account['webhook']>[0]

const secret = 'a-long-secret_0123456789'

/** The channel in webhook mode, called by hand as Telegram calls. */
async function serve(webhookUrl = 'https://gateway.example') {
  const telegram = await telegramEmulator({ deliver: async () => new Response(null, { status: 503 }) })
  onTestFinished(() => telegram[Symbol.asyncDispose]())
  const made = makeAccount({ ...telegram.account, mode: 'webhook', webhookUrl, webhookSecret: secret })
  let route: Route | undefined
  const account = {
    ...made.account,
    webhook(served: Route) {
      route = served
      return new URL('http://127.0.0.1:18789/webhooks/telegram/default')
    },
  }
  const link = await telegramChannel().connect(account)
  onTestFinished(() => link[Symbol.asyncDispose]())
  const verify = (given: string | undefined) =>
    route!.verify(
      new Request('http://127.0.0.1/', {
        method: 'POST',
        headers: given === undefined ? {} : { 'x-telegram-bot-api-secret-token': given },
      }),
      new Uint8Array(),
    )
  const call = async (body: unknown) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return (await route!.handle(new Request('http://127.0.0.1/'), new TextEncoder().encode(text))).status
  }
  return { telegram, made, verify, call }
}

const message = {
  message_id: 1,
  date: 1_700_000_000,
  chat: { id: 5, type: 'private', first_name: 'Ann' },
  from: { id: 5, is_bot: false, first_name: 'Ann' },
  text: 'hello',
}

describe('S10: a webhook', () => {
  it.each([
    [secret, true],
    [undefined, false],
    ['', false],
    [secret.slice(0, -1), false],
    [secret.toUpperCase(), false],
  ])('is called with %s: %s', async (given, good) => {
    const { verify } = await serve()
    expect(await verify(given)).toBe(good)
  })

  it.each([
    [{}, ['webhookUrl is needed', 'webhookSecret is needed: a webhook without a secret does not exist']],
    [{ webhookUrl: 'https://gateway.example' }, ['webhookSecret is needed']],
    [{ webhookUrl: 'https://gateway.example', webhookSecret: 'no spaces' }, ['signs that Telegram does not take']],
  ])('that cannot work (%j) is refused with all that is missing, before anybody is asked', async (config, words) => {
    const { account, fetched } = makeAccount({ token: '1:a', mode: 'webhook', ...config })
    const error = (await thrownBy(telegramChannel().connect(account))) as Error & { problems: object[] }
    expect(error).toMatchObject({ code: 'invalid_config' })
    expect(error.problems).toHaveLength(words.length)
    for (const word of words) expect(error.message).toContain(word)
    expect(fetched).toEqual([])
  })
})

it.each([
  ['https://gateway.example', 'https://gateway.example/webhooks/telegram/default'],
  ['https://gateway.example/tunnel/tg', 'https://gateway.example/tunnel/tg'],
])('at %s is set as %s', async (url, set) => {
  const { telegram } = await serve(url)
  expect(telegram.hook).toEqual({ url: set, secret })
})

it('R2: answers 200 only when the message is durable, and says meanwhile that it cannot be stored', async () => {
  const { made, call } = await serve()
  made.beforeDurable = () => {
    throw new Error('the disk is full')
  }
  expect(await call({ update_id: 1, message })).toBe(503)
  expect(made.reports).toMatchObject([{ state: 'degraded', detail: expect.stringContaining('the disk is full') }])
  made.beforeDurable = () => {}
  expect(await call({ update_id: 1, message })).toBe(200)
  expect(made.events.map(({ text }) => text)).toEqual(['hello'])
  expect(made.reports.map(({ state }) => state)).toEqual(['degraded', 'online'])
})

it.each([['not json'], ['null'], ['[]'], ['{}']])('takes nothing from %s', async (body) => {
  const { made, call } = await serve()
  expect(await call(body)).toBe(400)
  expect(made.events).toEqual([])
})

it('stays set when the link ends: Telegram keeps what comes until we are back', async () => {
  const telegram = await telegramEmulator({ deliver: async () => new Response(null, { status: 503 }) })
  onTestFinished(() => telegram[Symbol.asyncDispose]())
  const made = makeAccount({
    ...telegram.account,
    mode: 'webhook',
    webhookUrl: 'https://a.example',
    webhookSecret: secret,
  })
  const link = await telegramChannel().connect(made.account)
  await link[Symbol.asyncDispose]()
  expect(telegram.hook?.url).toContain('https://a.example')
})
