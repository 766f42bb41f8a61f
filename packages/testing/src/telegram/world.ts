import type { Peer } from '@openclaw/protocol'
import { openFiles, type Files, type StoredFile } from './files.ts'
import { refuse } from './refusal.ts'
import type { TelegramChat, TelegramMessage, TelegramUser } from './types.ts'

/** A conversation on the platform. */
export interface Room {
  readonly chat: TelegramChat
  /** Ids of its topics: each is the id of the service message that opened it. */
  readonly topics: Set<number>
  /** Why we may not write there, in Telegram's words. */
  closed?: string
  /** The supergroup that this group became. */
  movedTo?: number
}

/** A message as it stands on the platform now. */
export interface Post {
  readonly room: Room
  message: TelegramMessage
  /** The text as it came over the wire. */
  raw: string
  edits: number
  /** Buttons that it has or had: an app that has not heard of an edit shows them still. */
  readonly buttons: Set<string>
  /** What we reacted with. */
  reaction?: string | undefined
  readonly replyTo?: number
  readonly files: readonly StoredFile[]
}

type Content = Omit<TelegramMessage, 'message_id' | 'date' | 'chat'>
type Extra = Partial<Pick<Post, 'raw' | 'replyTo' | 'files'>>

/** Everything that stands on the platform: people, chats, messages and files. */
export interface World {
  readonly bot: TelegramUser
  /** Another program, which is in the groups too. */
  readonly otherBot: TelegramUser
  readonly people: readonly TelegramUser[]
  readonly group: Room
  readonly basicGroup: Room
  readonly files: Files
  /** Messages of ours in order of their arrival. */
  readonly ours: readonly Post[]
  /** The room of a peer. Throws, in the test's face, when there is none. */
  at(peer: Peer): Room
  /** The room that a call names; refuses it as Telegram does. */
  target(chat: number | undefined): Room
  open(chat: TelegramChat): Room
  openTopic(room: Room, name: string): number
  /** Puts a message there. */
  post(room: Room, content: Content, extra?: Extra): Post
  /** Puts a message of ours there. */
  answer(room: Room, content: Content, extra?: Extra): Post
  find(message: number | undefined, chat?: number): Post | undefined
  remove(post: Post): void
  /** Resolves with the n-th message of ours, counted from 1, as soon as there is one. */
  waitOurs(count: number): Promise<Post>
}

const names = ['Ann', 'Ben', 'Cem']

/** So many people, a private chat with each, a supergroup with topics and a basic group. */
export function openWorld(username: string, count: number): World {
  const rooms = new Map<number, Room>()
  const posts = new Map<number, Post>()
  const ours: Post[] = []
  const waiting: { readonly count: number; done(post: Post): void }[] = []
  let last = 0

  const open = (chat: TelegramChat): Room => {
    const room = { chat, topics: new Set<number>() }
    rooms.set(chat.id, room)
    return room
  }
  const people = Array.from({ length: count }, (_, at) => ({
    id: 5001 + at,
    is_bot: false,
    first_name: names[at] ?? `Person ${at + 1}`,
  }))
  const bot: TelegramUser = { id: 7_000_000_001, is_bot: true, first_name: 'OpenClaw', username }

  const otherBot: TelegramUser = { id: 7_000_000_002, is_bot: true, first_name: 'Other', username: 'other_bot' }
  for (const { id, first_name } of [...people, otherBot]) open({ id, type: 'private', first_name })

  const world: World = {
    bot,
    otherBot,
    people,
    group: open({ id: -1001000000001, type: 'supergroup', title: 'Team', is_forum: true }),
    basicGroup: open({ id: -2001, type: 'group', title: 'Friends' }),
    files: openFiles(),
    ours,
    at({ id }) {
      const room = rooms.get(Number(id))
      if (!room) throw new Error(`there is no chat ${id} on this Telegram`)
      return room
    },
    target(chat) {
      const room = rooms.get(chat ?? 0)
      if (!room) throw refuse(400, chat === undefined ? 'Bad Request: chat_id is empty' : 'Bad Request: chat not found')
      if (room.movedTo !== undefined)
        throw refuse(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
          migrate_to_chat_id: room.movedTo,
        })
      if (room.closed) throw refuse(403, `Forbidden: ${room.closed}`)
      return room
    },
    open,
    openTopic(room, name) {
      const { message } = world.post(room, { from: people[0]!, forum_topic_created: { name, icon_color: 7322096 } })
      room.topics.add(message.message_id)
      return message.message_id
    },
    post(room, content, extra = {}) {
      // One count for all chats, so that an id names a message by itself. Real supergroups count for themselves.
      const message_id = ++last
      const message: TelegramMessage = { message_id, date: Math.floor(Date.now() / 1000), chat: room.chat, ...content }
      const made: Post = { room, message, raw: '', edits: 0, files: [], buttons: buttonsOf(message), ...extra }
      posts.set(message_id, made)
      return made
    },
    answer(room, content, extra) {
      const made = world.post(room, { from: bot, ...content }, extra)
      ours.push(made)
      for (const one of waiting.filter(({ count }) => count <= ours.length)) {
        waiting.splice(waiting.indexOf(one), 1)
        one.done(ours[one.count - 1]!)
      }
      return made
    },
    find(message, chat) {
      const found = posts.get(message ?? 0)
      return found && (chat === undefined || found.room.chat.id === chat) ? found : undefined
    },
    remove(post) {
      posts.delete(post.message.message_id)
      const at = ours.indexOf(post)
      if (at >= 0) ours.splice(at, 1)
    },
    waitOurs: async (count) => ours[count - 1] ?? (await new Promise<Post>((done) => waiting.push({ count, done }))),
  }
  world.openTopic(world.group, 'Plans')
  return world
}

function buttonsOf({ reply_markup }: TelegramMessage): Set<string> {
  return new Set(reply_markup?.inline_keyboard.flat().map(({ callback_data = '' }) => callback_data))
}
