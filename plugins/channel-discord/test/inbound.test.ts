import type { DiscordEmulator } from '@openclaw/testing/discord'
import type { Inbound } from '@openclaw/sdk'
import { describe, expect, it } from 'vitest'
import { connectTo, startDiscord } from './account.ts'

type Says = NonNullable<Parameters<DiscordEmulator['says']>[1]>

/** What becomes of a message that says this. */
async function heard(text: string, how: (discord: DiscordEmulator) => Says = () => ({})): Promise<Inbound> {
  const discord = await startDiscord()
  const account = await connectTo(discord)
  await discord.says(text, how(discord))
  return account.next(1)
}

const bot = '<@100000000000000001>'

describe('who is addressed', () => {
  it.each([
    [`${bot} what is the time?`, 'what is the time?', true],
    ['<@!100000000000000001>, what is the time?', 'what is the time?', true],
    [`what is the time, ${bot}?`, 'what is the time,?', true],
    ['<@&300000000000000002> what is the time?', 'what is the time?', true],
    ['<@&300000000000000003> what is the time?', '<@&300000000000000003> what is the time?', false],
    ['@everyone what is the time?', '@everyone what is the time?', false],
    ['@here', '@here', false],
    ['claw, what is the time?', 'claw, what is the time?', false],
    ['<@200000000000000002> knows the time', '@Bob knows the time', false],
    ['<:tick:500000000000000001> done', ':tick: done', false],
  ])('%j', async (said, text, mentioned) => {
    const event = await heard(said, ({ group }) => ({ in: group }))
    expect(event.text).toBe(text)
    expect(event.mentioned ?? false).toBe(mentioned)
  })

  it('a reply to our words addresses us and shows them; a reply to another does not', async () => {
    const discord = await startDiscord()
    const account = await connectTo(discord)
    const ours = await discord.says('It is noon.', { in: discord.group, self: true })
    await discord.says('thanks', { in: discord.group, replyTo: ours })
    expect(await account.next(1)).toMatchObject({
      replyTo: ours,
      mentioned: true,
      quote: { text: 'It is noon.', sender: 'claw' },
    })
    const theirs = (await account.next(1)).message
    await discord.says('welcome', { in: discord.group, replyTo: theirs })
    const reply = await account.next(2)
    expect(reply).toMatchObject({ replyTo: theirs, quote: { text: 'thanks', sender: 'Ada' } })
    expect(reply.mentioned).toBeUndefined()
  })
})

describe('where it is said', () => {
  it.each([
    ['directly', () => ({}), { peer: { kind: 'direct', id: '200000000000000001' } }],
    [
      'in a channel',
      ({ group }: DiscordEmulator) => ({ in: group }),
      { peer: { kind: 'group', id: '400000000000000001' }, place: '#general', guild: '300000000000000001' },
    ],
    [
      'in a thread',
      ({ thread }: DiscordEmulator) => ({ in: thread }),
      {
        peer: { kind: 'group', id: '400000000000000001', thread: '400000000000000002' },
        place: 'side talk',
        parent: '400000000000000001',
        guild: '300000000000000001',
      },
    ],
    [
      "in a forum's post",
      ({ post }: DiscordEmulator) => ({ in: post }),
      {
        peer: { kind: 'group', id: '400000000000000003', thread: '400000000000000004' },
        place: 'How to?',
        parent: '400000000000000003',
      },
    ],
  ])('%s', async (_, how, where) => {
    expect(await heard('hello', how)).toMatchObject(where)
  })

  it('is asked for once when no event told of the channel, as after a restart that resumes', async () => {
    const discord = await startDiscord()
    const first = await connectTo(discord)
    await first.stop()
    const second = await connectTo(discord, first.store)
    for (const text of ['one', 'two']) await discord.says(text, { in: discord.thread })
    await second.next(2)
    expect(second.events.map(({ peer }) => peer)).toEqual([discord.thread, discord.thread])
    expect(discord.requests.filter(({ path }) => path === `/channels/${discord.ids.thread}`)).toHaveLength(1)
  })
})

describe('who says it', () => {
  it('has the name that the server shows, and its roles', async () => {
    const event = await heard('hello', ({ group }) => ({ in: group }))
    expect(event.sender).toEqual({ id: '200000000000000001', name: 'Ada', roles: ['300000000000000003'] })
  })

  it('is marked as a program, also when it is a webhook', async () => {
    const discord = await startDiscord()
    const account = await connectTo(discord)
    await discord.says('beep', { in: discord.group, bot: true })
    discord.posts({ content: 'boop', webhook_id: '600000000000000001' }, { in: discord.group })
    await account.next(2)
    expect(account.events.map(({ sender }) => sender.bot)).toEqual([true, true])
  })

  it('is not us, and not Discord itself', async () => {
    const discord = await startDiscord()
    const account = await connectTo(discord)
    await discord.says('an echo', { self: true, in: discord.group })
    // A pin, a join, a boost, a new thread: https://docs.discord.com/developers/resources/message#message-object-message-types
    for (const type of [6, 7, 8, 18, 21]) discord.posts({ type, content: 'note' }, { in: discord.group })
    await discord.says('a person', { in: discord.group })
    expect((await account.next(1)).text).toBe('a person')
  })

  it('types', async () => {
    const discord = await startDiscord()
    const account = await connectTo(discord)
    const [ada] = discord.people
    discord.types(ada, discord.thread)
    discord.types(ada, discord.direct(ada))
    await account.until(() => account.typing.length === 2)
    expect(account.typing).toEqual([
      { peer: discord.thread, sender: ada },
      { peer: discord.direct(ada), sender: ada },
    ])
  })
})

describe('what is no text', () => {
  const source = 'https://docs.discord.com/developers/resources/message#message-object'
  it.each([
    ['a sticker', { sticker_items: [{ id: '1', name: 'Wave', format_type: 1 }] }, '[sticker: Wave]'],
    [
      'a poll',
      {
        poll: {
          question: { text: 'Tea?' },
          answers: [{ poll_media: { text: 'Yes' } }, { poll_media: { text: 'No' } }],
        },
      },
      '[poll: Tea? Yes / No]',
    ],
    [
      'a forward',
      {
        message_reference: { type: 1, message_id: '7', channel_id: '8' },
        message_snapshots: [{ message: { content: 'the original', attachments: [] } }],
      },
      '[forwarded] the original',
    ],
  ])(`%s (${source})`, async (_, fields, text) => {
    const discord = await startDiscord()
    const account = await connectTo(discord)
    discord.posts(fields)
    const event = await account.next(1)
    expect(event.text).toBe(text)
    expect(event.replyTo).toBeUndefined()
  })
})

describe('what happens to it later', () => {
  it('an edit is told, a preview that Discord adds is not', async () => {
    const discord = await startDiscord()
    const account = await connectTo(discord)
    const message = await discord.says('see https://example.com', { in: discord.group })
    discord.previews(message)
    await discord.edits(message, `${bot} see https://example.com`)
    expect(await account.next(2)).toMatchObject({ kind: 'edit', message, text: 'see https://example.com' })
    // After an edit previews carry its time, so that they have its name.
    discord.previews(message)
    await discord.says('the end', { in: discord.group })
    await account.until(() => account.events.some(({ text }) => text === 'the end'))
    expect(new Set(account.events.map(({ event }) => event)).size).toBe(3)
  })

  it('a deletion in a group is that of its writer', async () => {
    const discord = await startDiscord()
    const account = await connectTo(discord)
    const [, bob] = discord.people
    const message = await discord.says('oops', { in: discord.group, from: bob })
    await discord.deletes(message)
    expect(await account.next(2)).toMatchObject({ kind: 'delete', message, sender: { id: bob }, peer: discord.group })
  })

  it('two reactions with the same emoji are two events', async () => {
    const discord = await startDiscord()
    const account = await connectTo(discord)
    const message = await discord.says('nice', { in: discord.group })
    for (const emoji of ['👍', '👍', 'blob:500000000000000001']) await discord.reacts(message, emoji)
    await account.next(4)
    const reactions = account.events.slice(1)
    expect(reactions.map(({ text }) => text)).toEqual(['👍', '👍', ':blob:'])
    expect(new Set(reactions.map(({ event }) => event)).size).toBe(3)
  })
})

it('lives on after an event of a form that nobody knows', async () => {
  const discord = await startDiscord()
  const account = await connectTo(discord)
  const direct = { id: '9', channel_id: '8', mentions: [], mention_roles: [], attachments: [], type: 0 }
  for (const d of [
    { ...direct, author: { id: '200000000000000001', username: 'ada' }, timestamp: 5 },
    { ...direct, author: { id: '200000000000000001' }, content: 7 },
    { id: '9', channel_id: '8', guild_id: '7' },
    { author: { id: '200000000000000001' } },
  ])
    discord.gateway.tell({ t: 'MESSAGE_CREATE', d })
  for (const t of ['SOMETHING_NEW', 'MESSAGE_DELETE', 'MESSAGE_REACTION_ADD', 'INTERACTION_CREATE', 'GUILD_CREATE'])
    discord.gateway.tell({ t, d: {} })
  await discord.says('still there?')
  await account.until(() => account.events.some(({ text }) => text === 'still there?'))
  await discord.acknowledged()
  expect(account.reports.map(({ state }) => state)).toEqual(['online'])
})
