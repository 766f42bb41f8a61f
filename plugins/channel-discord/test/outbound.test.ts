import { describe, expect, it } from 'vitest'
import { connectTo, never, startDiscord, thrownBy } from './account.ts'

/** The body of the last request that posted a message. */
const posted = (discord: Awaited<ReturnType<typeof startDiscord>>) =>
  discord.requests.findLast(({ method, path }) => method === 'POST' && path.endsWith('/messages'))?.body

describe('a message', () => {
  it('calls nobody, shows no previews, and names what it answers without insisting on it', async () => {
    const discord = await startDiscord()
    const { link } = await connectTo(discord)
    const replyTo = await discord.says('hm?', { in: discord.group })
    const message = { peer: discord.group, text: '@everyone <@200000000000000002>', idempotencyKey: 'k' }
    await link.send({ ...message, replyTo }, never)
    expect(posted(discord)).toMatchObject({
      content: message.text,
      flags: 4,
      allowed_mentions: { parse: [], replied_user: false },
      message_reference: { message_id: replyTo, fail_if_not_exists: false },
      enforce_nonce: true,
    })
    expect(String(posted(discord)?.nonce)).toMatch(/^.{20,25}$/)
    await discord.deletes(replyTo)
    await link.send({ ...message, replyTo, idempotencyKey: 'k2' }, never)
    expect(discord.sees()).toHaveLength(2)
  })

  it('opens a direct conversation once', async () => {
    const discord = await startDiscord()
    const { link } = await connectTo(discord)
    const peer = discord.direct(discord.people[2])
    for (const key of ['a', 'b']) await link.send({ peer, text: key, idempotencyKey: key }, never)
    expect(discord.requests.filter(({ path }) => path === '/users/@me/channels')).toHaveLength(1)
  })

  it('reacts with an emoji', async () => {
    const discord = await startDiscord()
    const { link } = await connectTo(discord)
    const message = await discord.says('nice', { in: discord.group })
    await link.react!(discord.group, message, '👍', never)
    expect(discord.requests.at(-1)).toMatchObject({ method: 'PUT', status: 204 })
  })

  it('fetches a file by an address that works now, however old the message is', async () => {
    const discord = await startDiscord()
    const account = await connectTo(discord)
    const file = { name: 'a.txt', mime: 'text/plain', bytes: Buffer.from('milk') }
    const message = await discord.says('the list', { files: [file] })
    const [attachment] = (await account.next(1)).attachments!
    expect(attachment).toMatchObject({ name: 'a.txt', mime: 'text/plain', sizeBytes: 4 })
    discord.expireLinks()
    const stream = await account.link.fetch!(attachment!, never)
    expect(await new Response(stream).text()).toBe('milk')
    await discord.deletes(message)
    expect(await thrownBy(account.link.fetch!(attachment!, never))).toMatchObject({ code: 'not_found' })
    expect(await thrownBy(account.link.fetch!({ ref: 'media:abc', mime: 'a/b' }, never))).toMatchObject({
      code: 'invalid_params',
    })
  })
})

describe('R8: what may have arrived', () => {
  const message = { text: 'once', idempotencyKey: 'the key' }

  it('is not repeated when it is sent again with its key', async () => {
    const discord = await startDiscord()
    const { link } = await connectTo(discord)
    const peer = discord.group
    discord.fault({ kind: 'loseAnswer' })
    expect(await thrownBy(link.send({ ...message, peer }, never))).toMatchObject({ code: 'unavailable' })
    const { messages } = await link.send({ ...message, peer }, never)
    expect(discord.sees().map((seen) => seen.message)).toEqual(messages)
  })

  it('is not repeated by the next start either', async () => {
    const discord = await startDiscord()
    const peer = discord.group
    const first = await connectTo(discord)
    discord.fault({ kind: 'loseAnswer' })
    await thrownBy(first.link.send({ ...message, peer }, never))
    await first.stop()
    discord.gateway.forget()
    const second = await connectTo(discord, first.store)
    expect(await second.link.find!(peer, message.idempotencyKey, never)).toBeUndefined()
    await second.link.send({ ...message, peer }, never)
    expect(discord.sees()).toHaveLength(1)
  })

  it('is not looked for where the history may not be read', async () => {
    const discord = await startDiscord()
    const { link } = await connectTo(discord)
    discord.deny(discord.group.id, 'READ_MESSAGE_HISTORY')
    expect(await link.find!(discord.group, message.idempotencyKey, never)).toBeUndefined()
  })

  it('is found when Discord told us of it, even after the time in which it knows the key', async () => {
    let laterMs = 0
    const discord = await startDiscord({ now: () => Date.now() + laterMs })
    const peer = discord.group
    const { link } = await connectTo(discord)
    discord.fault({ kind: 'loseAnswer' })
    await thrownBy(link.send({ ...message, peer }, never))
    await discord.acknowledged()
    laterMs = 10 * 60_000
    await discord.says('so that the echo has come')
    await discord.acknowledged()
    expect(await link.find!(peer, message.idempotencyKey, never)).toEqual({ messages: [discord.sees()[0]!.message] })
  })
})

describe('a refusal', () => {
  it.each([
    ['VIEW_CHANNEL', 'View Channels', {}],
    ['SEND_MESSAGES', 'Send Messages', {}],
    ['ATTACH_FILES', 'Attach Files', { attachments: [{ ref: 'media:1', mime: 'text/plain', name: 'a.txt' }] }],
  ] as const)('without the permission %s names it and the channel', async (permission, name, more) => {
    const discord = await startDiscord()
    const account = await connectTo(discord)
    account.files.set('media:1', Buffer.from('x'))
    discord.deny(discord.group.id, permission)
    const message = { peer: discord.group, text: 'hi', idempotencyKey: 'k', ...more }
    const refused = await thrownBy(
      account.link.send({ ...message, attachments: [...(message.attachments ?? [])] }, never),
    )
    expect(refused).toMatchObject({ code: 'forbidden' })
    expect(String(refused)).toContain(`sending to channel ${discord.group.id}`)
    expect(String(refused)).toContain(`"${name}"`)
  })

  it('in a thread asks for the permission of threads', async () => {
    const discord = await startDiscord()
    const { link } = await connectTo(discord)
    discord.deny(discord.thread.thread!, 'SEND_MESSAGES')
    const refused = await thrownBy(link.send({ peer: discord.thread, text: 'hi', idempotencyKey: 'k' }, never))
    expect(String(refused)).toContain('"Send Messages in Threads"')
  })

  it('of a reaction names its permission', async () => {
    const discord = await startDiscord()
    const { link } = await connectTo(discord)
    const message = await discord.says('nice', { in: discord.group })
    discord.deny(discord.group.id, 'ADD_REACTIONS')
    expect(String(await thrownBy(link.react!(discord.group, message, '👍', never)))).toContain('"Add Reactions"')
  })

  it.each([
    ['a person who takes no direct messages', 'forbidden', 'takes no direct messages'],
    ['a channel that is gone', 'not_found', 'Unknown Channel'],
    ['a text that is too long', 'invalid_params', '2000'],
    ['a choice with too long a name', 'invalid_params', '100'],
    ['files that are too large', 'invalid_params', '10 MB'],
  ])('for %s is %s', async (what, code, words) => {
    const discord = await startDiscord()
    const account = await connectTo(discord)
    discord.closeDirect(discord.people[1])
    account.files.set('media:big', Buffer.alloc(11 * 1024 * 1024))
    const message = {
      peer:
        what === 'a person who takes no direct messages'
          ? discord.direct(discord.people[1])
          : what === 'a channel that is gone'
            ? ({ kind: 'group', id: '400000000000000009' } as const)
            : discord.group,
      text: what === 'a text that is too long' ? 'x'.repeat(2001) : 'hi',
      idempotencyKey: 'k',
      ...(what.startsWith('a choice') ? { choices: [{ id: 'x'.repeat(101), label: 'x' }] } : {}),
      ...(what.startsWith('files') ? { attachments: [{ ref: 'media:big', mime: 'a/b', name: 'big' }] } : {}),
    }
    const refused = await thrownBy(account.link.send(message, never))
    expect(refused).toMatchObject({ code })
    expect(String(refused)).toContain(words)
  })

  it('says how long to wait, in the bucket of a channel and over all', async () => {
    const discord = await startDiscord({ routeRate: { limit: 2, perMs: 5000 } })
    const { link } = await connectTo(discord)
    const send = (key: string) => link.send({ peer: discord.group, text: key, idempotencyKey: key }, never)
    await send('1')
    await send('2')
    const refused = await thrownBy(send('3'))
    expect(refused).toMatchObject({ code: 'rate_limited' })
    expect((refused as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(4000)
    // The library counts along, so that Discord is not even asked.
    expect(discord.requests.some(({ status }) => status === 429)).toBe(false)
  })
})
