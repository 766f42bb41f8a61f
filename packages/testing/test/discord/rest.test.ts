import { describe, expect, it } from 'vitest'
import { readable } from '@openclaw/testing/discord'
import { ask, startDiscord } from './client.ts'

const general = '/channels/400000000000000001'

it('knows its token, its routes and JSON', async () => {
  const discord = await startDiscord()
  expect(await ask(discord, 'GET', '/users/@me', undefined, 'wrong')).toMatchObject({
    status: 401,
    json: { message: '401: Unauthorized', code: 0 },
  })
  expect(await ask(discord, 'GET', '/nowhere')).toMatchObject({ status: 404 })
  const broken = await fetch(`${discord.api}/v10${general}/messages`, {
    method: 'POST',
    headers: { authorization: `Bot ${discord.token}` },
    body: '{',
  })
  expect([broken.status, await broken.json()]).toMatchObject([400, { code: 50109 }])
})

it('says in its flags whether the message content intent is on', async () => {
  const flags = async (messageContent: boolean) =>
    Number((await ask(await startDiscord({ messageContent }), 'GET', '/applications/@me')).json.flags) & (1 << 19)
  expect([await flags(true), await flags(false)]).toEqual([1 << 19, 0])
})

describe('a message', () => {
  it('with a nonce that is enforced is the one that is there, for some minutes', async () => {
    let now = Date.UTC(2026, 0, 1)
    const discord = await startDiscord({ now: () => now, nonceWindowMs: 60_000 })
    const send = () => ask(discord, 'POST', `${general}/messages`, { content: 'hi', nonce: 'n', enforce_nonce: true })
    const [first, second] = [await send(), await send()]
    expect(second.json.id).toBe(first.json.id)
    now += 60_001
    expect((await send()).json.id).not.toBe(first.json.id)
    expect((await ask(discord, 'POST', `${general}/messages`, { content: 'x', nonce: 'n'.repeat(26) })).json.code).toBe(
      50035,
    )
  })

  it.each([
    ['nothing', {}, 400, 50006],
    ['too much', { content: 'x'.repeat(2001) }, 400, 50035],
    ['a reply to what is not there', { content: 'x', message_reference: { message_id: '5' } }, 400, 50035],
    [
      'a button with too long an id',
      { content: 'x', components: [{ type: 1, components: [{ type: 2, custom_id: 'x'.repeat(101), label: 'x' }] }] },
      400,
      50035,
    ],
    [
      'two buttons of one id',
      {
        content: 'x',
        components: [
          { type: 1, components: [1, 2].map((label) => ({ type: 2, custom_id: 'x', label: String(label) })) },
        ],
      },
      400,
      50035,
    ],
  ])('of %s is refused', async (_, body, status, code) => {
    const discord = await startDiscord()
    expect(await ask(discord, 'POST', `${general}/messages`, body)).toMatchObject({ status, json: { code } })
  })

  it('can be changed and deleted by who wrote it', async () => {
    const discord = await startDiscord()
    const { json } = await ask(discord, 'POST', `${general}/messages`, { content: 'helo' })
    const path = `${general}/messages/${String(json.id)}`
    expect((await ask(discord, 'PATCH', path, { content: 'hello' })).json.edited_timestamp).not.toBeNull()
    expect(discord.sees()).toMatchObject([{ text: 'hello', edits: 1 }])
    const theirs = await discord.says('mine', { in: discord.group })
    expect((await ask(discord, 'PATCH', `${general}/messages/${theirs}`, { content: 'x' })).json.code).toBe(50005)
    expect((await ask(discord, 'DELETE', path)).status).toBe(204)
    expect((await ask(discord, 'GET', path)).json.code).toBe(10008)
  })

  it('is part of a history that is read by pages', async () => {
    const discord = await startDiscord()
    const said: string[] = []
    for (const text of ['a', 'b', 'c', 'd']) said.push(await discord.says(text, { in: discord.group }))
    const read = async (query: string) => {
      const { json } = await ask(discord, 'GET', `${general}/messages?${query}`)
      return (json as unknown as { content: string }[]).map(({ content }) => content).join('')
    }
    expect(await read(`after=${said[0]}&limit=2`)).toBe('cb')
    expect(await read(`before=${said[3]}&limit=2`)).toBe('cb')
    expect(await read('limit=3')).toBe('dcb')
  })

  it('keeps files behind links that end', async () => {
    const discord = await startDiscord()
    const file = { name: 'ä b.txt', mime: 'text/plain', bytes: Buffer.from('milk') }
    const id = await discord.says('', { in: discord.group, files: [file] })
    const link = async () => {
      const { json } = await ask(discord, 'GET', `${general}/messages/${id}`)
      return (json.attachments as { url: string }[])[0]!.url
    }
    const before = await link()
    expect(await (await fetch(before)).text()).toBe('milk')
    discord.expireLinks()
    expect((await fetch(before)).status).toBe(404)
    expect(await (await fetch(await link())).text()).toBe('milk')
  })
})

it('refuses what the bot may not do', async () => {
  const discord = await startDiscord()
  const id = await discord.says('hi', { in: discord.group })
  const send = () => ask(discord, 'POST', `${general}/messages`, { content: 'x' })
  discord.deny(discord.ids.general, 'SEND_MESSAGES')
  expect((await send()).json).toMatchObject({ code: 50013, message: 'Missing Permissions' })
  discord.deny(discord.ids.general, 'ADD_REACTIONS')
  expect((await ask(discord, 'PUT', `${general}/messages/${id}/reactions/%F0%9F%91%8D/@me`)).json.code).toBe(50013)
  // What holds for a channel holds for its threads.
  expect((await ask(discord, 'POST', `/channels/${discord.ids.thread}/messages`, { content: 'x' })).json.code).toBe(
    50013,
  )
  discord.deny(discord.ids.general, 'VIEW_CHANNEL')
  expect((await send()).json.code).toBe(50001)
  expect((await ask(discord, 'POST', `/channels/${discord.ids.forum}/messages`, { content: 'x' })).json.code).toBe(
    50008,
  )
  discord.closeDirect(discord.people[0])
  const direct = await ask(discord, 'POST', '/users/@me/channels', { recipient_id: discord.people[0] })
  expect((await ask(discord, 'POST', `/channels/${String(direct.json.id)}/messages`, { content: 'x' })).json.code).toBe(
    50007,
  )
})

it('limits requests by route and channel, and all together, and says so in its headers', async () => {
  let now = Date.UTC(2026, 0, 1)
  const rates = { routeRate: { limit: 2, perMs: 5000 }, globalRate: { limit: 5, perMs: 1000 } }
  const discord = await startDiscord({ now: () => now, ...rates })
  const send = (channel = general) => ask(discord, 'POST', `${channel}/messages`, { content: 'x' })
  const first = await send()
  expect([...first.headers].filter(([name]) => name.startsWith('x-ratelimit-'))).toEqual(
    expect.arrayContaining([
      ['x-ratelimit-limit', '2'],
      ['x-ratelimit-remaining', '1'],
      ['x-ratelimit-reset-after', '5'],
    ]),
  )
  await send()
  const third = await send()
  expect(third).toMatchObject({ status: 429, json: { retry_after: 5, global: false } })
  expect(third.headers.get('retry-after')).toBe('5')
  expect((await send(`/channels/${discord.ids.thread}`)).status).toBe(200)
  await send(`/channels/${discord.ids.thread}`)
  const sixth = await send(`/channels/${discord.ids.post}`)
  expect(sixth).toMatchObject({ status: 429, json: { global: true } })
  expect(sixth.headers.get('x-ratelimit-global')).toBe('true')
  now += 5000
  expect((await send()).status).toBe(200)
})

describe('an interaction', () => {
  it('is answered once, within three seconds, and its answer changed within fifteen minutes', async () => {
    let now = Date.UTC(2026, 0, 1)
    const discord = await startDiscord({ now: () => now })
    const callback = (one: { id: string; token: string }, type = 5) =>
      ask(discord, 'POST', `/interactions/${one.id}/${one.token}/callback`, { type })
    const original = (one: { token: string }) => `/webhooks/${discord.ids.bot}/${one.token}/messages/@original`
    const prompt = discord.slash('status')
    expect((await ask(discord, 'PATCH', original(prompt), { content: 'x' })).status).toBe(404)
    expect((await callback(prompt)).status).toBe(204)
    expect((await callback(prompt)).json.code).toBe(40060)
    expect((await ask(discord, 'PATCH', original(prompt), { content: 'fine' })).status).toBe(200)
    expect(discord.sees()).toMatchObject([{ text: 'fine' }])
    const slow = discord.slash('status')
    now += 3001
    expect((await callback(slow)).json.code).toBe(10062)
    now += 15 * 60_000
    expect((await ask(discord, 'PATCH', original(prompt), { content: 'late' })).json.code).toBe(50027)
  })

  it('needs commands that Discord would take', async () => {
    const discord = await startDiscord()
    const put = (name: string) =>
      ask(discord, 'PUT', `/applications/${discord.ids.bot}/commands`, [{ name, description: 'x' }])
    expect((await put('Not Good')).json.code).toBe(50035)
    expect((await put('good')).status).toBe(200)
    expect(discord.commands).toMatchObject([{ name: 'good' }])
  })
})

it('opens threads', async () => {
  const discord = await startDiscord()
  const { json } = await ask(discord, 'POST', `${general}/threads`, { name: 'new', type: 11 })
  expect(json).toMatchObject({ parent_id: discord.ids.general, guild_id: discord.ids.guild })
  expect((await ask(discord, 'POST', `/channels/${String(json.id)}/messages`, { content: 'in it' })).status).toBe(200)
  expect(discord.sees()).toMatchObject([{ peer: { kind: 'group', id: discord.ids.general, thread: json.id } }])
})

it.each([
  ['**a** *b* ~~c~~ __d__ `e * f`', 'a b c d e * f'],
  ['***a***', 'a'],
  ['\\*a\\* \\# b', '*a* # b'],
  ['# a\n> b\n-# c', 'a\nb\nc'],
  ['[a](<https://e.org/x_y_z>) <https://e.org>', 'a https://e.org'],
  ['```js\n**a**\n```', '**a**'],
  ['snake_case_name 2 * 3 * 4', 'snake_case_name 2 * 3 * 4'],
])('shows %j as people see it', (raw, seen) => {
  expect(readable(raw)).toBe(seen)
})
