import type { Inbound } from '@openclaw/sdk'
import type { Message, Update } from 'grammy/types'
import { describe, expect, it } from 'vitest'
import { inboundOf, type View } from '../src/inbound.ts'

const moved = -1009
const view: View = {
  me: { id: 7, username: 'Claw_bot' },
  commands: new Set(['status', 'model']),
  migrations: {
    known: (chat) => (chat === moved ? '-9' : String(chat)),
    nameOf: (chat, message) => (chat === moved ? `${chat}:${message}` : String(message)),
  },
}
const ann = { id: 5, is_bot: false, first_name: 'Ann', last_name: 'Lee' }
const us = { id: 7, is_bot: true, first_name: 'Claw', username: 'Claw_bot' }
const dm = { id: 5, type: 'private', first_name: 'Ann' }
const group = { id: -1001, type: 'supergroup', title: 'Team' }
const forum = { ...group, is_forum: true }

/** Messages have the shape of https://core.telegram.org/bots/api#message. */
const base = { message_id: 3, date: 1_700_000_000, chat: dm, from: ann }
const read = (message: object) => inboundOf({ update_id: 90, message: { ...base, ...message } } as Update, view)
const entity = (type: string, offset: number, length: number, more: object = {}) => ({ type, offset, length, ...more })

describe('a message', () => {
  const cases: readonly [string, object, Partial<Inbound>][] = [
    ['in private', { text: 'hi' }, { text: 'hi', peer: { kind: 'direct', id: '5' }, atMs: 1_700_000_000_000 }],
    ['with its author', { text: 'hi' }, { sender: { id: '5', name: 'Ann Lee' } }],
    ['in a group', { chat: group, text: 'hi' }, { peer: { kind: 'group', id: '-1001' }, place: 'Team' }],
    [
      'in a basic group',
      { chat: { id: -9, type: 'group', title: 'F' }, text: 'hi' },
      { peer: { kind: 'group', id: '-9' } },
    ],
    [
      'in a topic',
      { chat: forum, text: 'hi', message_thread_id: 2, is_topic_message: true },
      { peer: { kind: 'group', id: '-1001', thread: '2' }, parent: '-1001' },
    ],
    ['in the General topic', { chat: forum, text: 'hi' }, { peer: { kind: 'group', id: '-1001' } }],
    [
      'in a chain of replies, which is no topic',
      { chat: group, text: 'hi', message_thread_id: 2 },
      { peer: { kind: 'group', id: '-1001' } },
    ],
    [
      'of a program',
      { chat: group, from: { ...us, id: 8 }, text: 'beep' },
      { sender: { id: '8', name: 'Claw', bot: true } },
    ],
    [
      'of an anonymous administrator, whose stand-in is a bot',
      { chat: group, from: { ...us, id: 1087968824 }, sender_chat: group, text: 'hi' },
      { sender: { id: 'chat:-1001', name: 'Team' } },
    ],
    [
      'of a channel',
      {
        chat: group,
        from: { ...ann, id: 777000 },
        sender_chat: { id: -1002, type: 'channel', title: 'News' },
        text: 'hi',
      },
      { sender: { id: 'chat:-1002', name: 'News' } },
    ],
    [
      'in a group that moved',
      { chat: { ...group, id: moved }, text: 'hi' },
      { peer: { kind: 'group', id: '-9' }, message: '-1009:3', event: '-1009:3' },
    ],
    ['of an album', { photo: [], caption: 'us', media_group_id: 'm1' }, { group: 'm1', text: 'us' }],
    [
      'that was forwarded',
      { text: 'hi', forward_origin: { type: 'hidden_user', sender_user_name: 'Zed', date: 1 } },
      { text: '[forwarded from Zed]\nhi' },
    ],
    [
      'that was forwarded from a channel',
      {
        text: 'hi',
        forward_origin: { type: 'channel', chat: { id: -1, type: 'channel', title: 'News' }, message_id: 1, date: 1 },
      },
      { text: '[forwarded from News]\nhi' },
    ],
    [
      'that replies',
      { text: 'no', reply_to_message: { ...base, message_id: 2, text: 'yes?' } },
      { replyTo: '2', quote: { text: 'yes?', sender: 'Ann Lee' } },
    ],
    [
      'that replies to a part',
      {
        text: 'no',
        reply_to_message: { ...base, message_id: 2, text: 'yes? or what?' },
        quote: { text: 'or what?', position: 5 },
      },
      { quote: { text: 'or what?', sender: 'Ann Lee' } },
    ],
    [
      'that replies to a message elsewhere',
      {
        text: 'no',
        external_reply: { origin: { type: 'user', sender_user: ann, date: 1 } },
        quote: { text: 'yes?', position: 0 },
      },
      { quote: { text: 'yes?', sender: 'Ann Lee' } },
    ],
  ]
  it.each(cases)('%s', (_, message, expected) => {
    expect(read(message)).toMatchObject(expected)
  })

  it('in the General topic or a chain of replies has no thread, and one in a topic replies to nothing by itself', () => {
    const root = {
      ...base,
      chat: forum,
      message_id: 2,
      from: us,
      forum_topic_created: { name: 'Plans', icon_color: 1 },
    }
    const plain = read({
      chat: forum,
      text: 'hi',
      message_thread_id: 2,
      is_topic_message: true,
      reply_to_message: root,
    })
    expect(plain).not.toHaveProperty('replyTo')
    expect(plain).not.toHaveProperty('quote')
    expect(plain).not.toHaveProperty('mentioned')
    expect(read({ chat: group, text: 'hi', message_thread_id: 2 })?.peer).not.toHaveProperty('thread')
  })
})

describe('S7: who is called', () => {
  const inGroup = (text: string, entities: object[], more: object = {}) =>
    read({ chat: group, text, entities, ...more })
  const cases: readonly [string, ReturnType<typeof inGroup>, string, boolean][] = [
    ['by name', inGroup('@claw_bot what?', [entity('mention', 0, 9)]), 'what?', true],
    ['by name at the end', inGroup('what, @Claw_bot', [entity('mention', 6, 9)]), 'what,', true],
    ['by name within', inGroup('is @Claw_bot here?', [entity('mention', 3, 9)]), 'is @Claw_bot here?', true],
    ['by name alone', inGroup('@Claw_bot', [entity('mention', 0, 9)]), '@Claw_bot', true],
    ['by a name that only looks so', inGroup('@Claw_bot what?', []), '@Claw_bot what?', false],
    ['another', inGroup('@claw_bot2 what?', [entity('mention', 0, 10)]), '@claw_bot2 what?', false],
    ['by picking', inGroup('Claw, what?', [entity('text_mention', 0, 4, { user: us })]), 'what?', true],
    ['another by picking', inGroup('Claw, what?', [entity('text_mention', 0, 4, { user: ann })]), 'Claw, what?', false],
    ['by a command of ours', inGroup('/status', [entity('bot_command', 0, 7)]), '/status', true],
    ['by a command that is nobody’s', inGroup('/weather', [entity('bot_command', 0, 8)]), '/weather', false],
    ['by our command', inGroup('/model@CLAW_bot x/y', [entity('bot_command', 0, 15)]), '/model x/y', true],
    ['by any command to us', inGroup('/weather@Claw_bot', [entity('bot_command', 0, 17)]), '/weather', true],
    [
      'another by its command',
      inGroup('/status@other_bot', [entity('bot_command', 0, 17)]),
      '/status@other_bot',
      false,
    ],
    [
      'by a reply',
      inGroup('and?', [], { reply_to_message: { ...base, chat: group, from: us, text: 'yes' } }),
      'and?',
      true,
    ],
    [
      'another by a reply',
      inGroup('and?', [], { reply_to_message: { ...base, chat: group, text: 'yes' } }),
      'and?',
      false,
    ],
    [
      'another by its command in a reply to us',
      inGroup('/status@other_bot', [entity('bot_command', 0, 17)], {
        reply_to_message: { ...base, from: us, text: 'yes' },
      }),
      '/status@other_bot',
      false,
    ],
    [
      'in a caption',
      read({ chat: group, photo: [], caption: '@Claw_bot look', caption_entities: [entity('mention', 0, 9)] }),
      'look',
      true,
    ],
  ]
  it.each(cases)('%s', (_, event, text, mentioned) => {
    expect(event?.text).toBe(text)
    expect(event?.mentioned ?? false).toBe(mentioned)
  })
})

describe('what is attached', () => {
  const file = { file_id: 'F1', file_unique_id: 'u', file_size: 12 }
  const cases: readonly [string, object, object][] = [
    [
      'a photo in its largest size',
      {
        photo: [
          { ...file, file_id: 'S', width: 90, height: 60 },
          { ...file, width: 900, height: 600 },
          { ...file, file_id: 'M', width: 300, height: 200 },
        ],
      },
      { ref: 'tg:F1', mime: 'image/jpeg', sizeBytes: 12 },
    ],
    [
      'a document',
      { document: { ...file, file_name: 'a.pdf', mime_type: 'application/pdf' } },
      { ref: 'tg:F1', mime: 'application/pdf', name: 'a.pdf', sizeBytes: 12 },
    ],
    [
      'a document of no type',
      { document: { file_id: 'F1', file_unique_id: 'u' } },
      { ref: 'tg:F1', mime: 'application/octet-stream' },
    ],
    [
      'a voice note',
      { voice: { ...file, duration: 1 } },
      { ref: 'tg:F1', mime: 'audio/ogg', name: 'voice.ogg', sizeBytes: 12 },
    ],
    [
      'music',
      { audio: { ...file, duration: 1, file_name: 'a.mp3', mime_type: 'audio/mpeg' } },
      { ref: 'tg:F1', mime: 'audio/mpeg', name: 'a.mp3', sizeBytes: 12 },
    ],
    [
      'a video',
      { video: { ...file, duration: 1, width: 1, height: 1 } },
      { ref: 'tg:F1', mime: 'video/mp4', sizeBytes: 12 },
    ],
    [
      'a round video',
      { video_note: { ...file, duration: 1, length: 1 } },
      { ref: 'tg:F1', mime: 'video/mp4', name: 'video.mp4', sizeBytes: 12 },
    ],
    [
      'an animation, once',
      {
        animation: { ...file, duration: 1, width: 1, height: 1, file_name: 'a.mp4' },
        document: { ...file, file_name: 'a.mp4' },
      },
      { ref: 'tg:F1', mime: 'video/mp4', name: 'a.mp4', sizeBytes: 12 },
    ],
  ]
  it.each(cases)('%s', (_, message, attachment) => {
    expect(read({ ...message, caption: 'look' })).toMatchObject({ text: 'look', attachments: [attachment] })
  })
})

describe('what is neither text nor file is said in words', () => {
  const place = { latitude: 48.1, longitude: 11.5 }
  const cases: readonly [string, Partial<Record<keyof Message, unknown>>, string][] = [
    ['sticker', { sticker: { emoji: '👍' } }, '[sticker 👍]'],
    ['sticker without emoji', { sticker: {} }, '[sticker]'],
    ['location', { location: place }, '[location: 48.1, 11.5]'],
    [
      'venue',
      { venue: { title: 'Café', address: 'Main St 1', location: place }, location: place },
      '[venue: Café, Main St 1 (48.1, 11.5)]',
    ],
    ['contact', { contact: { first_name: 'Bo', phone_number: '+49 1' } }, '[contact: Bo, +49 1]'],
    ['poll', { poll: { question: 'Tea?', options: [{ text: 'yes' }, { text: 'no' }] } }, '[poll: Tea? yes / no]'],
    ['dice', { dice: { emoji: '🎲', value: 4 } }, '[🎲 4]'],
    ['story', { story: { id: 1 } }, '[story]'],
  ]
  it.each(cases)('%s', (_, message, text) => {
    expect(read(message)?.text).toBe(text)
  })
})

describe('no event', () => {
  it.each([
    ['our own words', { from: us, text: 'hi' }],
    ['somebody joined', { chat: group, new_chat_members: [ann] }],
    ['somebody left', { chat: group, left_chat_member: ann }],
    ['a pin', { chat: group, pinned_message: { ...base, text: 'hi' } }],
    ['a new title', { chat: group, new_chat_title: 'T' }],
    ['a topic was opened', { chat: forum, forum_topic_created: { name: 'Plans', icon_color: 1 } }],
  ])('%s', (_, message) => {
    expect(read(message)).toBeUndefined()
  })

  it('a kind that we do not know, and a location that is shared live', () => {
    expect(inboundOf({ update_id: 1, poll: {} } as unknown as Update, view)).toBeUndefined()
    const live = { ...base, edit_date: 1_700_000_001, location: { latitude: 1, longitude: 2 } }
    expect(inboundOf({ update_id: 1, edited_message: live } as unknown as Update, view)).toBeUndefined()
  })
})

it('R3: tells two edits within one second apart, and the same edit given twice not', () => {
  const edit = (update_id: number, text: string) =>
    inboundOf({ update_id, edited_message: { ...base, text, edit_date: 1_700_000_009 } } as Update, view)
  expect(edit(91, 'helo')).toMatchObject({ kind: 'edit', message: '3', text: 'helo', atMs: 1_700_000_009_000 })
  expect(edit(91, 'helo')?.event).toBe(edit(91, 'helo')?.event)
  expect(edit(92, 'hello')?.event).not.toBe(edit(91, 'helo')?.event)
})

describe('a reaction', () => {
  const reaction = (more: object) =>
    inboundOf(
      {
        update_id: 95,
        message_reaction: {
          chat: group,
          message_id: 3,
          user: ann,
          date: 1_700_000_000,
          old_reaction: [],
          new_reaction: [],
          ...more,
        },
      } as unknown as Update,
      view,
    )
  const sign = (emoji: string) => ({ type: 'emoji', emoji })
  it.each([
    ['is its emoji', { new_reaction: [sign('👍')] }, '👍'],
    ['is what was added', { old_reaction: [sign('👍')], new_reaction: [sign('👍'), sign('🔥')] }, '🔥'],
    ['that was taken back is empty', { old_reaction: [sign('👍')] }, ''],
    ['may be one of their own', { new_reaction: [{ type: 'custom_emoji', custom_emoji_id: '1' }] }, '[custom emoji]'],
  ])('%s', (_, more, text) => {
    expect(reaction(more)).toMatchObject({
      kind: 'reaction',
      message: '3',
      text,
      sender: { id: '5' },
      peer: { id: '-1001' },
    })
  })

  it('of an anonymous administrator is the chat’s, and of nobody is none', () => {
    expect(reaction({ user: undefined, actor_chat: group })).toMatchObject({ sender: { id: 'chat:-1001' } })
    expect(reaction({ user: undefined })).toBeUndefined()
  })
})
