import { describe, expect, it, onTestFinished } from 'vitest'
import { telegramEmulator, type TelegramEmulator, type TelegramOptions } from '../../src/telegram/index.ts'

/** A bot as anybody may write one: a token, JSON and fetch. */
async function start(options?: TelegramOptions) {
  const telegram = await telegramEmulator(options)
  onTestFinished(() => telegram[Symbol.asyncDispose]())
  const call = async (method: string, params: object | FormData = {}, signal?: AbortSignal) => {
    const form = params instanceof FormData
    const response = await fetch(`${telegram.url}/bot${telegram.token}/${method}`, {
      method: 'POST',
      body: form ? params : JSON.stringify(params),
      ...(form ? {} : { headers: { 'content-type': 'application/json' } }),
      ...(signal ? { signal } : {}),
    })
    return (await response.json()) as { ok: boolean; error_code?: number; description?: string; [key: string]: unknown }
  }
  const result = async <T>(method: string, params?: object | FormData) => {
    const answer = await call(method, params)
    if (!answer.ok) throw new Error(answer.description)
    return answer['result'] as T
  }
  return { telegram, call, result }
}

type Update = { update_id: number; message?: { text?: string; message_id: number }; edited_message?: object }
const waiting = async ({ links }: TelegramEmulator) => {
  while (links().now === 0) await new Promise((resolve) => setImmediate(resolve))
}

describe('who asks', () => {
  it.each([
    ['7000000001:AAwrong', 'getMe', 401, 'Unauthorized'],
    ['nonsense', 'getMe', 404, 'Not Found'],
    [undefined, 'getNothing', 404, 'Not Found: method not found'],
  ])('with %s for %s gets %d', async (token, method, code, description) => {
    const { telegram } = await start()
    const response = await fetch(`${telegram.url}/bot${token ?? telegram.token}/${method}`)
    expect(response.status).toBe(code)
    expect(await response.json()).toEqual({ ok: false, error_code: code, description })
  })

  it('may ask by query, by form and by JSON', async () => {
    const { telegram, result } = await start()
    const chat_id = telegram.people[0]
    const at = `${telegram.url}/bot${telegram.token}/sendMessage`
    await fetch(`${at}?chat_id=${chat_id}&text=by%20query`)
    await fetch(at, { method: 'POST', body: new URLSearchParams({ chat_id, text: 'by form' }) })
    await result('sendMessage', { chat_id: Number(chat_id), text: 'by JSON' })
    expect(telegram.sees().map(({ text }) => text)).toEqual(['by query', 'by form', 'by JSON'])
  })
})

describe('updates', () => {
  it('are given until a higher offset is named, and in one order', async () => {
    const { telegram, result } = await start()
    await telegram.says('one')
    await telegram.says('two')
    const first = await result<Update[]>('getUpdates')
    expect(first.map(({ message }) => message?.text)).toEqual(['one', 'two'])
    expect(await result('getUpdates', { offset: first[0]!.update_id })).toEqual(first)
    expect(await result('getUpdates', { offset: first[1]!.update_id })).toEqual([first[1]])
    expect(await result('getUpdates', { offset: first[1]!.update_id + 1 })).toEqual([])
    await telegram.acknowledged()
  })

  it('come to who waits for them', async () => {
    const { telegram, result } = await start()
    const polled = result<Update[]>('getUpdates', { timeout: 30 })
    await waiting(telegram)
    await telegram.says('hello')
    expect(await polled).toHaveLength(1)
  })

  it('of kinds that must be asked for come only so', async () => {
    const { telegram, result } = await start()
    const { message_id } = await result<{ message_id: number }>('sendMessage', { chat_id: 5001, text: 'hi' })
    await telegram.reacts!(String(message_id), '👍')
    expect(await result('getUpdates', { allowed_updates: ['message', 'message_reaction'] })).toEqual([])
    await telegram.reacts!(String(message_id), '👍')
    expect(await result('getUpdates')).toMatchObject([{ message_reaction: { message_id } }])
  })

  it('go to one poller: a second one ends the first', async () => {
    const { telegram, call } = await start()
    const first = call('getUpdates', { timeout: 30 })
    await waiting(telegram)
    expect(await call('getUpdates')).toMatchObject({ ok: true })
    expect(await first).toEqual({
      ok: false,
      error_code: 409,
      description: 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
    })
    expect(telegram.links().most).toBe(2)
  })

  it('go to a webhook once one is set, with its secret, until it answers 2xx', async () => {
    const calls: { secret: string | null; update: Update }[] = []
    const { telegram, call, result } = await start({
      async deliver(request) {
        calls.push({
          secret: request.headers.get('x-telegram-bot-api-secret-token'),
          update: (await request.json()) as Update,
        })
        return new Response(null, { status: calls.length === 1 ? 500 : 200 })
      },
    })
    expect(await call('setWebhook', { url: 'http://public.example/' })).toMatchObject({ error_code: 400 })
    await result('setWebhook', { url: 'https://public.example/hook', secret_token: 's3cret' })
    expect(await call('getUpdates')).toMatchObject({
      error_code: 409,
      description: expect.stringContaining("can't use getUpdates method while webhook is active"),
    })
    await telegram.says('hello')
    await telegram.acknowledged()
    expect(calls.map(({ secret, update }) => [secret, update.message?.text])).toEqual([
      ['s3cret', 'hello'],
      ['s3cret', 'hello'],
    ])
    expect(calls[1]!.update.update_id).toBe(calls[0]!.update.update_id)
    await result('deleteWebhook')
    await telegram.says('and now?')
    expect(await result('getUpdates')).toHaveLength(1)
  })
})

describe('a text', () => {
  it.each([
    [
      '<b>a</b> &amp; <i>b</i>',
      'a & b',
      [
        ['bold', 0, 1],
        ['italic', 4, 1],
      ],
    ],
    ['<pre><code class="language-js">x</code></pre>', 'x', [['pre', 0, 1]]],
    ['  <u>a</u>\n', 'a', [['underline', 0, 1]]],
    ['👍 <s>a</s> &laquo; &#8364; &lt', '👍 a &laquo; € <', [['strikethrough', 3, 1]]],
    [
      '<blockquote><a href="https://e.org/?a&amp;b">x</a></blockquote>',
      'x',
      [
        ['blockquote', 0, 1],
        ['text_link', 0, 1],
      ],
    ],
  ])('%s is read', async (text, plain, marks) => {
    const { result } = await start()
    type Sent = { text: string; entities: { type: string; offset: number; length: number }[] }
    const sent = await result<Sent>('sendMessage', { chat_id: 5001, text, parse_mode: 'HTML' })
    expect(sent.text).toBe(plain)
    const found = sent.entities.map(({ type, offset, length }) => [type, offset, length])
    expect(found).toHaveLength(marks.length)
    expect(found).toEqual(expect.arrayContaining(marks))
  })

  // Words of https://github.com/tdlib/td/blob/master/test/message_entities.cpp
  it.each([
    ['🏟<table>', 'Unsupported start tag "table" at byte offset 4'],
    ['a <b', 'Unclosed start tag at byte offset 2'],
    ['a</b>', 'Unexpected end tag at byte offset 1'],
    ['<i>a</em>', 'Unmatched end tag at byte offset 4, expected "</i>", found "</em>"'],
    ['<i>a', 'Can\'t find end tag corresponding to start tag "i"'],
    ['<span>a</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
  ])('%s is refused', async (text, why) => {
    const { call } = await start()
    expect(await call('sendMessage', { chat_id: 5001, text, parse_mode: 'HTML' })).toMatchObject({
      error_code: 400,
      description: `Bad Request: can't parse entities: ${why}`,
    })
  })

  it('is measured after it was read, and must not be empty', async () => {
    const { call } = await start()
    const send = (text: string) => call('sendMessage', { chat_id: 5001, text, parse_mode: 'HTML' })
    expect(await send(`<b>${'x'.repeat(4096)}</b>`)).toMatchObject({ ok: true })
    expect(await send('x'.repeat(4097))).toMatchObject({ description: 'Bad Request: message is too long' })
    expect(await send('<b> </b>')).toMatchObject({ description: 'Bad Request: message text is empty' })
  })
})

describe('what is refused', () => {
  it.each([
    ['sendMessage', { chat_id: 1, text: 'x' }, 'Bad Request: chat not found'],
    ['sendMessage', { chat_id: 5001, text: 'x', message_thread_id: 9 }, 'Bad Request: message thread not found'],
    [
      'sendMessage',
      { chat_id: 5001, text: 'x', reply_parameters: { message_id: 999 } },
      'Bad Request: message to be replied not found',
    ],
    [
      'sendMessage',
      { chat_id: 5001, text: 'x', reply_markup: { inline_keyboard: [[{ text: 'a', callback_data: 'é'.repeat(33) }]] } },
      'Bad Request: BUTTON_DATA_INVALID',
    ],
    ['editMessageText', { chat_id: 5001, message_id: 999, text: 'x' }, 'Bad Request: message to edit not found'],
    ['deleteMessage', { chat_id: 5001, message_id: 999 }, 'Bad Request: message to delete not found'],
    ['setMessageReaction', { chat_id: 5001, message_id: 999 }, 'Bad Request: message to react not found'],
    ['sendChatAction', { chat_id: 5001, action: 'dancing' }, 'Bad Request: wrong parameter action in request'],
    ['sendPhoto', { chat_id: 5001 }, 'Bad Request: there is no photo in the request'],
    ['setMyCommands', { commands: [{ command: 'No', description: 'x' }] }, 'Bad Request: BOT_COMMAND_INVALID'],
    [
      'answerCallbackQuery',
      { callback_query_id: '1' },
      'Bad Request: query is too old and response timeout expired or query ID is invalid',
    ],
  ])('%s %j', async (method, params, description) => {
    const { call } = await start()
    expect(await call(method, params)).toEqual({ ok: false, error_code: 400, description })
  })

  it('an edit that changes nothing, and one of what somebody else wrote', async () => {
    const { telegram, call, result } = await start()
    const { message_id } = await result<{ message_id: number }>('sendMessage', { chat_id: 5001, text: 'x' })
    expect(await call('editMessageText', { chat_id: 5001, message_id, text: 'x' })).toMatchObject({
      description: expect.stringContaining('message is not modified'),
    })
    const theirs = await telegram.says('mine')
    expect(await call('editMessageText', { chat_id: 5001, message_id: theirs, text: 'x' })).toMatchObject({
      description: "Bad Request: message can't be edited",
    })
  })

  it('everything, where the bot was shut out or the group moved', async () => {
    const { telegram, call } = await start()
    telegram.shutsOut(telegram.direct(telegram.people[0]))
    telegram.shutsOut(telegram.group)
    const peer = telegram.migrates()
    const send = async (chat_id: string) => await call('sendMessage', { chat_id, text: 'x' })
    expect(await send(telegram.people[0])).toMatchObject({
      error_code: 403,
      description: 'Forbidden: bot was blocked by the user',
    })
    expect(await send(telegram.group.id)).toMatchObject({
      description: 'Forbidden: bot was kicked from the supergroup chat',
    })
    expect(await send(telegram.basicGroup.id)).toMatchObject({
      error_code: 400,
      parameters: { migrate_to_chat_id: Number(peer.id) },
    })
    expect(await send(peer.id)).toMatchObject({ ok: true })
  })
})

describe('files', () => {
  const form = (fields: Record<string, string | Blob>) => {
    const made = new FormData()
    for (const [name, value] of Object.entries(fields))
      if (typeof value === 'string') made.set(name, value)
      else made.set(name, value, 'a.txt')
    return made
  }

  it('go in under their own name or as an attachment, and come out as they were', async () => {
    const { telegram, result } = await start()
    const bytes = new Blob(['--one\r\n\r\ntwo\r\n'])
    type Sent = { document: { file_id: string; file_name: string } }
    const direct = await result<Sent>('sendDocument', form({ chat_id: '5001', document: bytes, caption: 'see' }))
    const attached = { chat_id: '5001', document: 'attach://x1', x1: bytes }
    await result('sendDocument', form(attached))
    await result('sendDocument', { chat_id: 5001, document: direct.document.file_id })
    expect(telegram.sees().map(({ text, files }) => [text, Buffer.from(files[0]!.bytes).toString()])).toEqual([
      ['see', '--one\r\n\r\ntwo\r\n'],
      ['', '--one\r\n\r\ntwo\r\n'],
      ['', '--one\r\n\r\ntwo\r\n'],
    ])
    const { file_path } = await result<{ file_path: string }>('getFile', { file_id: direct.document.file_id })
    const response = await fetch(`${telegram.url}/file/bot${telegram.token}/${file_path}`)
    expect(await response.text()).toBe('--one\r\n\r\ntwo\r\n')
    expect((await fetch(`${telegram.url}/file/bot1:wrong/${file_path}`)).status).toBe(401)
  })

  it('go as an album', async () => {
    const { telegram, result } = await start()
    const media = JSON.stringify([
      { type: 'document', media: 'attach://a', caption: '<b>two</b>', parse_mode: 'HTML' },
      { type: 'document', media: 'attach://b' },
    ])
    const album = form({ chat_id: '5001', media, a: new Blob(['A']), b: new Blob(['B']) })
    const sent = await result<{ media_group_id: string; caption?: string }[]>('sendMediaGroup', album)
    expect(sent.map(({ caption }) => caption)).toEqual(['two', undefined])
    expect(new Set(sent.map(({ media_group_id }) => media_group_id)).size).toBe(1)
    expect(telegram.sees().map(({ files }) => Buffer.from(files[0]!.bytes).toString())).toEqual(['A', 'B'])
  })
})

it('shows what people do in a topic as Telegram does, as a reply to its beginning', async () => {
  const { telegram, result } = await start()
  await telegram.says('/help', { in: telegram.thread, mention: true })
  const thread = Number(telegram.thread.thread)
  expect(await result('getUpdates')).toMatchObject([
    {
      message: {
        text: '/help@openclaw_bot',
        entities: [{ type: 'bot_command', offset: 0, length: 18 }],
        message_thread_id: thread,
        is_topic_message: true,
        reply_to_message: { message_id: thread, forum_topic_created: { name: 'Plans' } },
      },
    },
  ])
})

describe('faults', () => {
  it('refuse, lose, repeat and reorder what they befall, once', async () => {
    const { telegram, call, result } = await start()
    const send = (text: string) => call('sendMessage', { chat_id: 5001, text })
    telegram.fault({ kind: 'limit', retryAfterMs: 2500 })
    telegram.fault({ kind: 'error' })
    telegram.fault({ kind: 'loseAnswer' })
    expect(await send('a')).toMatchObject({ error_code: 429, parameters: { retry_after: 3 } })
    expect(await send('b')).toMatchObject({ error_code: 502 })
    await expect(send('c')).rejects.toThrow()
    expect(await send('d')).toMatchObject({ ok: true })
    expect(telegram.sees().map(({ text }) => text)).toEqual(['c', 'd'])

    telegram.fault({ kind: 'duplicate', times: 2 })
    await telegram.says('twice')
    const [first] = await result<Update[]>('getUpdates')
    const offset = first!.update_id + 1
    expect(await result('getUpdates', { offset })).toEqual([first])
    expect(await result('getUpdates', { offset })).toEqual([])

    telegram.fault({ kind: 'reorder' })
    await telegram.says('one')
    await telegram.says('two')
    const turned = await result<Update[]>('getUpdates', { offset })
    expect(turned.map(({ message }) => message?.text)).toEqual(['two', 'one'])
  })

  it('end polls, or the next one when none waits', async () => {
    const { telegram, call } = await start()
    telegram.fault({ kind: 'disconnect' })
    await expect(call('getUpdates', { timeout: 30 })).rejects.toThrow()
    const waits = call('getUpdates', { timeout: 30 })
    await waiting(telegram)
    telegram.fault({ kind: 'halfClose' })
    await expect(waits).rejects.toThrow()
  })

  it('swallow everything in a black hole, and nobody hangs up', async () => {
    const { telegram, call } = await start()
    telegram.fault({ kind: 'blackhole', on: true })
    const patience = new AbortController()
    const asked = call('getUpdates', {}, patience.signal)
    await waiting(telegram)
    patience.abort(new Error('enough'))
    await expect(asked).rejects.toThrow('enough')
    telegram.fault({ kind: 'blackhole', on: false })
    expect(await call('getUpdates')).toMatchObject({ ok: true })
  })

  it('can be waited for at each step', async () => {
    const { telegram, call } = await start()
    const steps: string[] = []
    using _steps = telegram.onStep((step) => void steps.push(step))
    await call('sendMessage', { chat_id: 5001, text: 'x' })
    await call('getUpdates')
    await call('getMe')
    expect(steps).toEqual(['send', 'send answered', 'poll', 'poll answered', 'getMe', 'getMe answered'])
  })
})
