import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { TelegramServer } from 'telegram-test-api/lib/telegramServer.js'
import { expect, it, onTestFinished } from 'vitest'
import { telegramChannel } from '../src/channel.ts'
import { makeAccount, never, urlOf } from './account.ts'

const token = '123456:stranger'

/**
 * A Telegram that somebody else wrote: https://github.com/jehy/telegram-test-api. It covers polling, sending, editing and
 * clicks. Where it differs from the real one, and from our emulator:
 * - a poll is answered at once, and what it gave counts as confirmed, whatever offset is named;
 * - any token is good, two may poll, and nothing is ever refused: no 409, no 429, no parse error, no limit;
 * - a message of the bot comes from a "private" chat called Bot, without `from` and with milliseconds as its date;
 * - answers to edits and clicks are `null`, and a click's message has no id;
 * - `setMyCommands` is not known, which must be no reason to stay away.
 */
async function start() {
  const server = new TelegramServer({ host: '127.0.0.1' })
  // It means to listen on a port that it is told; which one is free shows only afterwards.
  server.config.port = 0
  await server.start()
  const { port } = (Reflect.get(server, 'server') as Server).address() as AddressInfo
  const apiRoot = (server.config.apiURL = `http://127.0.0.1:${port}`)
  const made = makeAccount({ token, apiRoot })
  const stopped = new AbortController()
  const link = await telegramChannel({ pollSeconds: 1, graceMs: 1000 }).connect({
    ...made.account,
    async fetch(input, init) {
      // Its polls do not wait, so we do.
      if (urlOf(input).endsWith('/getUpdates')) await pause(20, stopped.signal)
      return fetch(input, init)
    },
  })
  onTestFinished(async () => {
    stopped.abort()
    await link[Symbol.asyncDispose]()
    await server.stop()
  })
  return { server, made, link, client: server.getClient(token, { userId: 11, chatId: 11, firstName: 'Ann' }) }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })
}

it('takes what people write to a Telegram of somebody else', async () => {
  const { made, client } = await start()
  await client.sendMessage(client.makeMessage('hello'))
  expect(await made.next(1)).toMatchObject({
    kind: 'message',
    text: 'hello',
    peer: { kind: 'direct', id: '11' },
    sender: { id: '11', name: 'Ann' },
  })
  await client.sendCommand(client.makeCommand('/status'))
  expect(await made.next(2)).toMatchObject({ text: '/status', mentioned: true })
})

it('sends to it, and edits there', async () => {
  const { server, link, client } = await start()
  const peer = { kind: 'direct' as const, id: '11' }
  const { messages } = await link.send({ peer, text: '<b>hi</b>', idempotencyKey: 'k1' }, never)
  const { result } = await client.getUpdates()
  expect(result).toMatchObject([{ message: { text: '<b>hi</b>', chat_id: '11', parse_mode: 'HTML' } }])
  await link.edit!(peer, messages[0]!, 'there', never)
  expect(server.storage.botMessages).toMatchObject([{ message: { text: 'there' } }])
})

it('takes clicks from it', async () => {
  const { made, client } = await start()
  await client.sendCallback(client.makeCallbackQuery('01hx:allow'))
  expect(await made.clicked(1)).toMatchObject({
    sender: '11',
    choice: '01hx:allow',
    peer: { kind: 'direct', id: '11' },
  })
})
