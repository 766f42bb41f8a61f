import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { slackEmulator, type SlackEmulator } from '../../src/slack/index.ts'

/** The wire as Slack's documentation describes it, spoken by hand. */
async function call(slack: SlackEmulator, method: string, args: Record<string, string> = {}, token = slack.botToken) {
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {}
  const response = await fetch(slack.api + method, { method: 'POST', headers, body: new URLSearchParams(args) })
  return {
    status: response.status,
    headers: response.headers,
    ...((await response.json()) as { ok: boolean; error?: string }),
  } as {
    status: number
    headers: Headers
    ok: boolean
    error?: string
    [more: string]: unknown
  }
}

interface Frame {
  readonly type: string
  readonly reason?: string
  readonly envelope_id?: string
  readonly retry_attempt?: number
  readonly retry_reason?: string
  readonly num_connections?: number
  readonly payload?: { readonly event?: { readonly type: string; readonly text?: string; readonly ts?: string } }
}

async function openSocket(slack: SlackEmulator) {
  const { url } = await call(slack, 'apps.connections.open', {}, slack.appToken)
  const socket = new WebSocket(String(url))
  const frames: Frame[] = []
  const waiters = new Set<() => void>()
  socket.on('message', (data) => {
    frames.push(JSON.parse((data as Buffer).toString()) as Frame)
    for (const tell of waiters) tell()
  })
  return {
    socket,
    frames,
    async next(count: number): Promise<Frame> {
      while (frames.length < count) {
        await new Promise<void>((resolve) => {
          const tell = () => {
            waiters.delete(tell)
            resolve()
          }
          waiters.add(tell)
        })
      }
      return frames[count - 1]!
    },
    acknowledge: (frame: Frame) => socket.send(JSON.stringify({ envelope_id: frame.envelope_id })),
    [Symbol.dispose]: () => socket.terminate(),
  }
}

describe('the Web API of the emulated Slack', () => {
  it.each([
    ['', 'not_authed'],
    ['xoxb-wrong', 'invalid_auth'],
  ])('refuses the token "%s" with %s', async (token, error) => {
    await using slack = await slackEmulator()
    expect(await call(slack, 'auth.test', {}, token)).toMatchObject({ status: 200, ok: false, error })
  })

  it('says which scope is missing, and which there are', async () => {
    await using slack = await slackEmulator({ scopes: ['im:history', 'channels:history'] })
    expect(await call(slack, 'chat.postMessage', { channel: slack.ids.channel, text: 'hi' })).toMatchObject({
      error: 'missing_scope',
      needed: 'chat:write',
      provided: 'im:history,channels:history',
    })
    expect(await call(slack, 'conversations.history', { channel: slack.ids.private })).toMatchObject({
      needed: 'groups:history',
    })
    const { headers } = await call(slack, 'auth.test')
    expect(headers.get('x-oauth-scopes')).toBe('im:history,channels:history')
  })

  it('revokes a token', async () => {
    await using slack = await slackEmulator()
    slack.revoke('token_revoked')
    expect(await call(slack, 'auth.test')).toMatchObject({ error: 'token_revoked' })
  })

  it('asks to wait with 429 and whole seconds', async () => {
    await using slack = await slackEmulator()
    slack.fault({ kind: 'limit', retryAfterMs: 1500 })
    const { status, headers } = await call(slack, 'chat.postMessage', { channel: slack.ids.channel, text: 'hi' })
    expect([status, headers.get('retry-after')]).toEqual([429, '2'])
    expect(slack.sees()).toEqual([])
  })

  it.each([
    ['elsewhere', 'not_in_channel'],
    ['C0NOWHERE', 'channel_not_found'],
  ])('lets nobody write to %s: %s', async (where, error) => {
    await using slack = await slackEmulator()
    const channel = where === 'elsewhere' ? slack.ids.elsewhere : where
    expect(await call(slack, 'chat.postMessage', { channel, text: 'hi' })).toMatchObject({ error })
  })

  it('takes JSON as well as forms, and keeps metadata for who asks for it', async () => {
    await using slack = await slackEmulator()
    const metadata = { event_type: 'mine', event_payload: { key: 'k' } }
    const channel = slack.ids.channel
    const response = await fetch(`${slack.api}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${slack.botToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel, text: '[not JSON]', metadata }),
    })
    expect(await response.json()).toMatchObject({ ok: true, message: { text: '[not JSON]' } })
    const limit = '1'
    expect(await call(slack, 'conversations.history', { channel, limit, include_all_metadata: 'true' })).toMatchObject({
      messages: [{ metadata }],
      has_more: true,
    })
    const { messages } = await call(slack, 'conversations.history', { channel, limit })
    expect(messages).not.toMatchObject([{ metadata }])
  })

  it('takes the buttons away with a text alone, and only from our own messages', async () => {
    await using slack = await slackEmulator()
    const channel = slack.ids.channel
    const blocks = JSON.stringify([{ type: 'section', text: { type: 'mrkdwn', text: '*Well?*' } }])
    const { ts } = await call(slack, 'chat.postMessage', { channel, text: 'Well?', blocks })
    expect(slack.sees()[0]).toMatchObject({ text: 'Well?', edits: 0 })
    await call(slack, 'chat.update', { channel, ts: String(ts), text: 'No.' })
    expect(slack.sees()[0]).toMatchObject({ text: 'No.', edits: 1, choices: [] })
    const theirs = await slack.says('mine', { in: slack.group! })
    expect(await call(slack, 'chat.update', { channel, ts: theirs, text: 'yours' })).toMatchObject({
      error: 'cant_update_message',
    })
  })

  it('shows a file only to who has the token', async () => {
    await using slack = await slackEmulator()
    const { upload_url, file_id } = await call(slack, 'files.getUploadURLExternal', { filename: 'a.txt', length: '3' })
    const files = JSON.stringify([{ id: file_id }])
    expect(await call(slack, 'files.completeUploadExternal', { files })).toMatchObject({ error: 'file_not_found' })
    expect((await fetch(String(upload_url), { method: 'POST', body: 'too long' })).status).toBe(400)
    expect((await fetch(String(upload_url), { method: 'POST', body: 'abc' })).status).toBe(200)
    await call(slack, 'files.completeUploadExternal', { files, channel_id: slack.ids.channel })
    const { file } = (await call(slack, 'files.info', { file: String(file_id) })) as unknown as {
      file: { url_private: string }
    }
    const headers = { authorization: `Bearer ${slack.botToken}` }
    expect(await (await fetch(file.url_private, { headers })).text()).toBe('abc')
    expect((await fetch(file.url_private)).headers.get('content-type')).toBe('text/html')
  })
})

describe('Socket Mode of the emulated Slack', () => {
  it('wants the app token, and a ticket for each socket', async () => {
    await using slack = await slackEmulator()
    expect(await call(slack, 'apps.connections.open')).toMatchObject({ error: 'not_allowed_token_type' })
    expect(await call(slack, 'apps.connections.open', {}, 'xapp-wrong')).toMatchObject({ error: 'invalid_auth' })
    const { url } = await call(slack, 'apps.connections.open', {}, slack.appToken)
    using first = await openSocket(slack)
    await first.next(1)
    const stale = new WebSocket(String(url).replace(/ticket=[^&]+/, 'ticket=guessed'))
    const [error] = (await once(stale, 'error')) as [Error]
    expect(error.message).toContain('408')
  })

  it('says hello, and refuses one socket more than may be', async () => {
    await using slack = await slackEmulator({ sockets: 2 })
    using one = await openSocket(slack)
    using two = await openSocket(slack)
    expect([await one.next(1), await two.next(1)]).toMatchObject([{ num_connections: 1 }, { num_connections: 2 }])
    using three = await openSocket(slack)
    expect(await three.next(1)).toMatchObject({ type: 'disconnect', reason: 'too_many_websockets' })
    expect(slack.links()).toEqual({ now: 2, most: 3 })
    expect(slack.refusedSockets).toBe(1)
  })

  it('gives an event again until it is acknowledged, and gives up in the end', async () => {
    await using slack = await slackEmulator({ retryMs: [30, 30, 30] })
    using app = await openSocket(slack)
    const ts = await slack.says('hello')
    expect(await app.next(2)).toMatchObject({
      retry_attempt: 0,
      retry_reason: '',
      payload: { event: { text: 'hello', ts } },
    })
    expect(await app.next(3)).toMatchObject({ retry_attempt: 1, retry_reason: 'timeout', payload: { event: { ts } } })
    app.acknowledge(app.frames[2]!)
    await slack.acknowledged()
    await slack.says('unheard')
    await slack.acknowledged()
    expect(app.frames).toHaveLength(6)
    expect(slack.givenUp).toBe(1)
  })

  it('gives to the next socket what an ended one did not acknowledge', async () => {
    await using slack = await slackEmulator()
    using first = await openSocket(slack)
    await slack.says('hello')
    await first.next(2)
    first.socket.terminate()
    using second = await openSocket(slack)
    expect(await second.next(2)).toMatchObject({ payload: { event: { text: 'hello' } } })
    second.acknowledge(second.frames[1]!)
    await slack.acknowledged()
  })

  it('announces the end of a socket with its reason', async () => {
    await using slack = await slackEmulator()
    using app = await openSocket(slack)
    await app.next(1)
    slack.disconnect('warning')
    expect(await app.next(2)).toMatchObject({ type: 'disconnect', reason: 'warning' })
    app.socket.close()
    await once(app.socket, 'close')
    expect(slack.links().now).toBe(0)
  })

  it('gives a mention twice, as Slack does, and only what was subscribed to', async () => {
    await using slack = await slackEmulator()
    using app = await openSocket(slack)
    const ts = await slack.says('hi', { in: slack.group!, mention: true })
    const both = [await app.next(2), await app.next(3)].map(({ payload }) => payload!.event)
    expect(both).toMatchObject([
      { type: 'message', ts },
      { type: 'app_mention', ts },
    ])
    await using other = await slackEmulator({ subscriptions: ['message.im'] })
    using deaf = await openSocket(other)
    await other.says('in the group', { in: other.group! })
    await other.says('to you')
    expect(await deaf.next(2)).toMatchObject({ payload: { event: { text: 'to you' } } })
  })

  it('lets nothing through while it is a black hole, and forgets what was in it', async () => {
    await using slack = await slackEmulator()
    using app = await openSocket(slack)
    await app.next(1)
    slack.fault({ kind: 'blackhole', on: true })
    await slack.says('lost in the dark')
    expect(slack.links().now).toBe(1)
    slack.fault({ kind: 'blackhole', on: false })
    await once(app.socket, 'close')
    expect(app.frames).toHaveLength(1)
    using again = await openSocket(slack)
    expect(await again.next(2)).toMatchObject({ payload: { event: { text: 'lost in the dark' } } })
  })
})

describe('HTTP mode of the emulated Slack', () => {
  it('signs what it posts, and posts it again with a number', async () => {
    const requests: { headers: Headers; body: string }[] = []
    await using slack = await slackEmulator({
      mode: 'http',
      retryMs: [20, 20, 20],
      async deliver(request) {
        requests.push({ headers: request.headers, body: await request.text() })
        return new Response(null, { status: requests.length < 3 ? 500 : 200 })
      },
    })
    await slack.says('hello')
    await slack.acknowledged()
    expect(requests.map(({ headers }) => headers.get('x-slack-retry-num'))).toEqual([null, '1', '2'])
    for (const { headers, body } of requests) {
      const stamp = headers.get('x-slack-request-timestamp')
      const signature = createHmac('sha256', slack.signingSecret).update(`v0:${stamp}:${body}`).digest('hex')
      expect(headers.get('x-slack-signature')).toBe(`v0=${signature}`)
    }
  })
})
