import type { File, Says } from '../channel/counterpart.ts'
import { findEntities } from './entities.ts'
import { mediaFields } from './files.ts'
import type { Clicks } from './methods/clicks.ts'
import { shown, threadFields } from './methods/compose.ts'
import type { TelegramMessage, TelegramUser, UpdateKind } from './types.ts'
import type { Updates } from './updates.ts'
import type { Post, Room, World } from './world.ts'

/** What people do on the platform, and what the bot is told of it. */
export interface People {
  says(text: string, how?: Says): Promise<string>
  edits(message: string, text: string): Promise<void>
  reacts(message: string, emoji: string, by?: string): Promise<void>
  clicks(message: string, choice: string, by: string): Promise<string | undefined>
  /** Puts any update in the queue. */
  update(kind: UpdateKind, value: object): void
  /** Posts a message with these fields and tells the bot: stickers, joins, whatever `says` does not cover. */
  posts(fields: Partial<TelegramMessage>, how?: Says): string
}

export function openPeople(parts: { world: World; updates: Updates; clicks: Clicks }): People {
  const { world, updates, clicks } = parts
  let albums = 12_000_000_000_000_000

  const personOf = (id: string | undefined): TelegramUser => {
    if (id === undefined) return world.people[0]!
    const found = [...world.people, world.bot, world.otherBot].find((one) => String(one.id) === id)
    if (!found) throw new Error(`there is no person ${id} on this Telegram`)
    return found
  }

  const postOf = (message: string): Post => {
    const found = world.find(Number(message))
    if (!found) throw new Error(`there is no message ${message} on this Telegram`)
    return found
  }

  function write(fields: Partial<TelegramMessage>, how: Says, files: readonly File[] = []): Post {
    const from = how.self ? world.bot : how.bot ? world.otherBot : personOf(how.from)
    const room: Room = world.at(how.in ?? { kind: 'direct', id: String(how.self ? world.people[0]!.id : from.id) })
    const thread = how.in?.thread === undefined ? undefined : Number(how.in.thread)
    const replied = how.replyTo === undefined ? undefined : postOf(how.replyTo)
    const kept = files.map((file) => mediaFields(world.files, file))
    const media = Object.fromEntries(kept.map(({ field, value }) => [field, value]))
    const post = world.post(
      room,
      {
        from,
        ...threadFields(world, thread),
        ...(replied ? { reply_to_message: shown(replied) } : {}),
        ...media,
        ...fields,
      },
      { files: kept.map(({ stored }) => stored) },
    )
    // Telegram never gives a bot its own messages.
    if (!how.self) updates.push('message', post.message)
    return post
  }

  function address(text: string): string {
    const us = `@${world.bot.username}`
    return text.startsWith('/') ? text.replace(/^\/\w+/, (command) => command + us) : `${us} ${text}`
  }

  return {
    async says(text, how = {}) {
      const said = how.mention ? address(text) : text
      const entities = findEntities(said)
      const files = how.files ?? []
      const caption = {
        ...(said ? { caption: said } : {}),
        ...(entities.length > 0 ? { caption_entities: entities } : {}),
      }
      const [first, ...rest] = files
      const album = rest.length > 0 ? { media_group_id: String(++albums) } : {}
      const { message } = first
        ? write({ ...caption, ...album }, how, [first])
        : write({ text: said, ...(entities.length > 0 ? { entities } : {}) }, how)
      for (const file of rest) write(album, how, [file])
      return String(message.message_id)
    },
    async edits(message, text) {
      const post = postOf(message)
      const { entities: _e, caption_entities: _c, ...before } = post.message
      const entities = findEntities(text)
      const edited = before.text === undefined ? { caption: text } : { text }
      const found =
        entities.length > 0 ? { [before.text === undefined ? 'caption_entities' : 'entities']: entities } : {}
      post.message = { ...before, ...edited, ...found, edit_date: Math.floor(Date.now() / 1000) }
      updates.push('edited_message', post.message)
    },
    async reacts(message, emoji, by) {
      const { room, message: about } = postOf(message)
      updates.push('message_reaction', {
        chat: room.chat,
        message_id: about.message_id,
        user: personOf(by),
        date: Math.floor(Date.now() / 1000),
        old_reaction: [],
        new_reaction: emoji ? [{ type: 'emoji', emoji }] : [],
      })
    },
    async clicks(message, choice, by) {
      const post = postOf(message)
      if (!post.buttons.has(choice)) throw new Error(`message ${message} never had a button ${choice}`)
      const { id, answered } = clicks.begin()
      const chat_instance = String(post.room.chat.id)
      updates.push('callback_query', { id, from: personOf(by), message: post.message, chat_instance, data: choice })
      return answered
    },
    update: (kind, value) => updates.push(kind, value),
    posts: (fields, how = {}) => String(write(fields, how).message.message_id),
  }
}
