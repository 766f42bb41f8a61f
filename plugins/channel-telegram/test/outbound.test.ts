import type { Outbound } from '@openclaw/sdk'
import { telegramEmulator } from '@openclaw/testing/telegram'
import { describe, expect, it, onTestFinished } from 'vitest'
import { telegramChannel } from '../src/channel.ts'
import { connect, connectTo, makeAccount, never, thrownBy, urlOf } from './account.ts'

let keys = 0
const message = (more: Partial<Outbound> & Pick<Outbound, 'peer'>): Outbound => ({
  text: 'hello',
  idempotencyKey: `k${++keys}`,
  ...more,
})
const kilobyte = Buffer.alloc(1024, 1)

describe('a text', () => {
  it('is HTML, without a preview of its links', async () => {
    const { telegram, link } = await connect()
    const peer = telegram.direct(telegram.people[0])
    await link.send(message({ peer, text: '<b>a</b> &lt;b&gt; https://example.org' }), never)
    expect(telegram.sees()[0]).toMatchObject({
      text: 'a <b> https://example.org',
      raw: expect.stringContaining('<b>a</b>'),
    })
  })

  it('that Telegram cannot read arrives in plain words', async () => {
    const { telegram, link } = await connect()
    const peer = telegram.direct(telegram.people[0])
    const { messages } = await link.send(message({ peer, text: '<b>bold <i>both</b></i> &amp; plain' }), never)
    expect(telegram.sees()[0]).toMatchObject({ message: messages[0], text: 'bold both & plain' })
    await link.edit!(peer, messages[0]!, 'a <table> is no tag', never)
    expect(telegram.sees()[0]).toMatchObject({ text: 'a  is no tag', edits: 1 })
  })

  it('replies, also to what is gone', async () => {
    const { telegram, link } = await connect()
    const replyTo = await telegram.says('hi', { in: telegram.group })
    await link.send(message({ peer: telegram.group, replyTo }), never)
    await link.send(message({ peer: telegram.group, replyTo: '99999' }), never)
    expect(telegram.sees().map((seen) => seen.replyTo)).toEqual([replyTo, undefined])
  })

  it('goes to its topic', async () => {
    const { telegram, link } = await connect()
    await link.send(message({ peer: telegram.thread }), never)
    await link.typing!(telegram.thread, never)
    expect(telegram.sees()[0]?.peer).toEqual(telegram.thread)
    expect(telegram.typed).toBe(1)
  })

  it('of 4,096 signs is sent, and one more is refused', async () => {
    const { telegram, link } = await connect()
    const peer = telegram.direct(telegram.people[0])
    await link.send(message({ peer, text: 'x'.repeat(4096) }), never)
    expect(await thrownBy(link.send(message({ peer, text: 'x'.repeat(4097) }), never))).toMatchObject({
      code: 'invalid_params',
    })
  })

  it('that is edited to what it is stays', async () => {
    const { telegram, link } = await connect()
    const peer = telegram.direct(telegram.people[0])
    const { messages } = await link.send(message({ peer }), never)
    await link.edit!(peer, messages[0]!, 'hello', never)
    expect(telegram.sees()[0]).toMatchObject({ text: 'hello', edits: 0 })
  })
})

describe('what Telegram refuses', () => {
  it.each(['direct', 'group'])('says what to do where we were shut out of a %s chat', async (kind) => {
    const { telegram, link } = await connect()
    const peer = kind === 'direct' ? telegram.direct(telegram.people[1]) : telegram.group
    telegram.shutsOut(peer)
    const advice = kind === 'direct' ? 'they must write to the bot' : 'add the bot to the group again'
    expect(await thrownBy(link.send(message({ peer }), never))).toMatchObject({
      code: 'forbidden',
      message: expect.stringMatching(new RegExp(`^telegram/default: sending to .*${advice}`)),
    })
  })

  it('is typed: a chat, a topic and a message that are not there', async () => {
    const { telegram, link } = await connect()
    const { group } = telegram
    const missing = [
      link.send(message({ peer: { kind: 'direct', id: '12345' } }), never),
      link.send(message({ peer: { ...group, thread: '777' } }), never),
      link.edit!(group, '99999', 'x', never),
      link.react!(group, '99999', '👍', never),
    ]
    for (const one of missing) expect(await thrownBy(one)).toMatchObject({ code: 'not_found' })
  })

  it('is not tried again: how long to wait is the kernel’s to know', async () => {
    const { telegram, link, fetched } = await connect()
    telegram.fault({ kind: 'limit', retryAfterMs: 7000 })
    const before = fetched.length
    const peer = telegram.direct(telegram.people[0])
    expect(await thrownBy(link.send(message({ peer }), never))).toMatchObject({
      code: 'rate_limited',
      retryAfterMs: 7000,
    })
    expect(fetched.slice(before)).toEqual(['sendMessage'])
  })
})

describe('a reaction', () => {
  it('is set, also where it comes with the mark that asks for colour, and taken back', async () => {
    const { telegram, link } = await connect()
    const said = await telegram.says('done?')
    const peer = telegram.direct(telegram.people[0])
    await link.react!(peer, said, '❤️', never)
    expect(telegram.reaction(said)).toBe('❤')
    await link.react!(peer, said, '', never)
    expect(telegram.reaction(said)).toBeUndefined()
  })

  it('that Telegram does not know is refused', async () => {
    const { telegram, link } = await connect()
    const said = await telegram.says('done?')
    const error = await thrownBy(link.react!(telegram.direct(telegram.people[0]), said, '🦖', never))
    expect(error).toMatchObject({ code: 'invalid_params' })
  })
})

describe('files', () => {
  const file = (ref: string, mime: string, more: object = {}) => ({ ref, mime, name: `${ref}.bin`, ...more })

  it.each([
    ['image/png', 'a.png', 'sendPhoto'],
    ['audio/ogg', 'a.ogg', 'sendVoice'],
    ['application/pdf', 'a.pdf', 'sendDocument'],
    ['image/gif', 'a.gif', 'sendDocument'],
  ])('%s goes as Telegram shows it best, with the text beneath', async (mime, name, method) => {
    const { telegram, link, files, fetched } = await connect()
    files.set('media:1', kilobyte)
    const peer = telegram.direct(telegram.people[0])
    const attachments = [{ ref: 'media:1', mime, name, sizeBytes: 1024 }]
    const { messages } = await link.send(message({ peer, text: '<b>see</b>', attachments }), never)
    expect(messages).toHaveLength(1)
    expect(fetched.at(-1)).toBe(method)
    expect(telegram.sees()).toMatchObject([{ text: 'see', files: [{ name, bytes: kilobyte }] }])
  })

  it('a picture that is none goes as a document', async () => {
    const { telegram, link, files, fetched } = await connect()
    files.set('media:1', kilobyte)
    const attachments = [{ ref: 'media:1', mime: 'image/png', name: 'dot.bin', sizeBytes: 1024 }]
    await link.send(message({ peer: telegram.direct(telegram.people[0]), attachments }), never)
    expect(fetched.slice(-2)).toEqual(['sendPhoto', 'sendDocument'])
    expect(telegram.sees()).toHaveLength(1)
  })

  it('a text too long for a caption stands above; buttons are below, and the reply is at the top', async () => {
    const { telegram, link, files } = await connect()
    files.set('media:1', kilobyte)
    const replyTo = await telegram.says('give me everything')
    const attachments = [file('media:1', 'text/plain'), file('media:1', 'text/plain')]
    const choices = [{ id: 'c:allow', label: 'Allow' }]
    const peer = telegram.direct(telegram.people[0])
    const receipt = await link.send(message({ peer, text: 'x'.repeat(2000), attachments, choices, replyTo }), never)
    expect(receipt.messages).toEqual(telegram.sees().map((seen) => seen.message))
    expect(
      telegram.sees().map((seen) => [seen.text.length, seen.files.length, seen.choices.length, seen.replyTo]),
    ).toEqual([
      [2000, 0, 0, replyTo],
      [0, 1, 0, undefined],
      [0, 1, 1, undefined],
    ])
  })

  it('one larger than Telegram takes is named', async () => {
    const { telegram, link } = await connect()
    const attachments = [{ ref: 'media:1', mime: 'video/mp4', name: 'film.mp4', sizeBytes: 61 * 1024 * 1024 }]
    await link.send(message({ peer: telegram.direct(telegram.people[0]), text: '', attachments }), never)
    expect(telegram.sees()[0]?.text).toBe('(film.mp4 has 61 MB: a bot may send 50 MB.)')
  })

  it('names that would break the request are made harmless', async () => {
    const { telegram, link, files } = await connect()
    files.set('media:1', kilobyte)
    const attachments = [{ ref: 'media:1', mime: 'text/plain', name: 'a"\r\n;x=../b.txt' }]
    await link.send(message({ peer: telegram.direct(telegram.people[0]), attachments }), never)
    expect(telegram.sees()[0]?.files[0]?.name).toBe('a____x=.._b.txt')
  })

  it('R8: what of a send arrived before it broke off is not sent again', async () => {
    const { telegram, link, files } = await connect()
    files.set('media:1', kilobyte)
    const attachments = [file('media:1', 'text/plain'), file('media:2', 'text/plain')]
    const outbound = message({ peer: telegram.direct(telegram.people[0]), text: 'x'.repeat(2000), attachments })
    expect(await thrownBy(link.send(outbound, never))).toMatchObject({ code: 'not_found' })
    expect(telegram.sees()).toHaveLength(2)
    files.set('media:2', kilobyte)
    const { messages } = await link.send(outbound, never)
    expect(telegram.sees().map((seen) => seen.message)).toEqual(messages)
    expect(messages).toHaveLength(3)
  })

  it('S5: are not followed to where the answer leads: the token stands in the address', async () => {
    const telegram = await telegramEmulator()
    onTestFinished(() => telegram[Symbol.asyncDispose]())
    const asked: string[] = []
    const made = makeAccount(telegram.account)
    const link = await telegramChannel({ pollSeconds: 5, graceMs: 5000 }).connect({
      ...made.account,
      async fetch(input, init) {
        if (!urlOf(input).includes('/file/')) return fetch(input, init)
        // As fetch does it: who does not follow fails.
        asked.push(init?.redirect ?? 'follow')
        throw new TypeError(`fetch failed: ${urlOf(input)} redirects`)
      },
    })
    onTestFinished(() => link[Symbol.asyncDispose]())
    await telegram.says('look', { files: [{ name: 'a.txt', mime: 'text/plain', bytes: kilobyte }] })
    const [attachment] = (await made.next(1)).attachments!
    const error = (await thrownBy(link.fetch!(attachment!, never))) as Error
    expect(asked).toEqual(['error'])
    expect(error).toMatchObject({ code: 'unavailable' })
    expect(error.message).not.toContain(telegram.token)
  })

  it('that are too large to be downloaded say so', async () => {
    const made = await connect()
    const bytes = Buffer.alloc(20 * 1024 * 1024 + 1)
    await made.telegram.says('look', { files: [{ name: 'a.zip', mime: 'application/zip', bytes }] })
    const [attachment] = (await made.next(1)).attachments!
    expect(await thrownBy(made.link.fetch!(attachment!, never))).toMatchObject({
      code: 'invalid_params',
      message: expect.stringContaining('file is too big'),
    })
  })
})

describe('a group that became a supergroup', () => {
  it('is found by its old id, when a send is what shows it', async () => {
    const made = await connect()
    const { telegram } = made
    const before = await telegram.says('before', { in: telegram.basicGroup })
    await made.next(1)
    await made.stop()
    const peer = telegram.migrates()
    const fresh = await connectTo(telegram)
    const { messages } = await fresh.link.send(message({ peer: telegram.basicGroup, replyTo: before }), never)
    expect(telegram.sees()).toMatchObject([{ peer, text: 'hello' }])
    expect(messages).toEqual([`${peer.id}:${telegram.sees()[0]!.message}`])
    await fresh.link.edit!(telegram.basicGroup, messages[0]!, 'hello again', never)
    expect(telegram.sees()).toMatchObject([{ text: 'hello again' }])
    expect(await thrownBy(fresh.link.edit!(telegram.basicGroup, before, 'x', never))).toMatchObject({
      code: 'not_found',
    })
  })
})

describe('a click', () => {
  const ask = { text: 'May I?', choices: [{ id: '01hx:allow', label: 'Allow' }] }

  it('that is taken leaves the verdict under the question, with its marks', async () => {
    const made = await connect()
    const { telegram, link } = made
    const peer = telegram.direct(telegram.people[0])
    const { messages } = await link.send(message({ peer, ...ask, text: '<b>May</b> I?' }), never)
    expect(await telegram.clicks!(messages[0]!, '01hx:allow', telegram.people[0])).toBe('Allowed.')
    while (telegram.sees()[0]!.edits === 0) await new Promise((resolve) => setImmediate(resolve))
    expect(telegram.sees()).toMatchObject([{ text: 'May I?\n\nAllowed.', choices: [] }])
    expect(made.clicks).toMatchObject([{ sender: telegram.people[0], peer, choice: '01hx:allow' }])
  })

  it('in a topic says which', async () => {
    const made = await connect()
    const { messages } = await made.link.send(message({ peer: made.telegram.thread, ...ask }), never)
    await made.telegram.clicks!(messages[0]!, '01hx:allow', made.telegram.people[0])
    expect(made.clicks[0]?.peer).toEqual(made.telegram.thread)
  })

  it('that cannot be decided is told, and does not hold up what follows', async () => {
    const made = await connect()
    const { telegram } = made
    made.chosen = new Error('the disk is full')
    const peer = telegram.direct(telegram.people[0])
    const { messages } = await made.link.send(message({ peer, ...ask }), never)
    expect(await telegram.clicks!(messages[0]!, '01hx:allow', telegram.people[0])).toContain('Try again')
    await telegram.says('and now?')
    expect((await made.next(1)).text).toBe('and now?')
    expect(telegram.sees()[0]?.choices).toHaveLength(1)
  })
})
