import type { Peer } from '@openclaw/protocol'
import type { Says } from '../channel/counterpart.ts'
import type { Channel, Message, User } from './model.ts'
import type { Interaction, Interactions } from './rest/interactions.ts'
import { createMessage, deleteMessage, editMessage, react, tellTyping } from './rest/messages.ts'
import type { World } from './world.ts'

/** What people do on Discord. */
export interface People {
  says(text: string, how?: Says): Promise<string>
  /** A message with anything that Discord knows and `says` has no word for: a poll, stickers, a forward, another type. */
  posts(fields: Partial<Message>, how?: Says): string
  edits(message: string, text: string): Promise<void>
  /** Discord adds a preview to a message by itself: an update that is no edit. */
  previews(message: string): void
  deletes(message: string): Promise<void>
  reacts(message: string, emoji: string, by?: string): Promise<void>
  types(by: string, where: Peer): void
  clicks(message: string, choice: string, by: string): Promise<string | undefined>
  /** Somebody chooses a command from the menu. */
  slash(name: string, argument?: string, how?: Pick<Says, 'from' | 'in'>): Interaction
}

/** `said` hears of every message that people write, `echoed` of those written as us. */
export function makePeople(
  world: World,
  interactions: Interactions,
  heard: { said(message: string): void; echoed(message: string): void },
): People {
  function channelOf(how: Says, from: string): Channel {
    if (!how.in) return world.direct(from)
    return how.in.kind === 'direct' ? world.direct(how.in.id) : world.channelOf(how.in.thread ?? how.in.id)
  }

  function find(message: string): Message {
    for (const standing of world.messages.values()) {
      const found = standing.get(message)
      if (found) return found
    }
    throw new Error(`discord emulator: there is no message ${message}`)
  }

  function author(how: Says): User {
    const id = how.from ?? [...world.people.keys()][0] ?? ''
    const person = world.people.get(id)
    if (!person) throw new Error(`discord emulator: there is no person ${id}`)
    return how.self ? world.bot : how.bot ? { ...person, bot: true } : person
  }

  function post(text: string, how: Says, more: Partial<Message> = {}): string {
    const writer = author(how)
    const channel = channelOf(how, how.self ? (how.from ?? [...world.people.keys()][0] ?? '') : writer.id)
    const content = how.mention ? `<@${world.bot.id}> ${text}` : text
    const body = { content, ...(how.replyTo ? { message_reference: { message_id: how.replyTo } } : {}) }
    const files = new Map((how.files ?? []).map((file, at) => [at, file]))
    const { id } = createMessage(world, channel, writer, { body, files }, more)
    if (how.self) heard.echoed(id)
    else heard.said(id)
    return id
  }

  return {
    says: async (text, how = {}) => post(text, how),
    posts: (fields, how = {}) => post(fields.content ?? '', how, fields),
    async edits(message, text) {
      editMessage(world, find(message), { content: text })
    },
    previews(message) {
      const before = find(message)
      const shown = { ...before, embeds: [{ type: 'link', url: 'https://example.com' }] }
      world.put(shown)
      world.emit({ t: 'MESSAGE_UPDATE', channel: before.channel_id, d: world.show(shown) })
    },
    async deletes(message) {
      deleteMessage(world, find(message))
    },
    async reacts(message, emoji, by = [...world.people.keys()][0] ?? '') {
      react(world, find(message), by, emoji)
    },
    types: (by, where) => tellTyping(world, channelOf({ in: where }, by), by),
    async clicks(message, choice, by) {
      const on = find(message)
      const buttons = on.components.flatMap(({ components }) => components ?? [])
      if (!buttons.some(({ custom_id: id }) => id === choice)) return undefined
      const data = { type: 3, data: { custom_id: choice, component_type: 2 } }
      const interaction = interactions.begin(world.channelOf(on.channel_id), data, by, on)
      return new Promise((resolve) => {
        interactions.onShown(() => {
          if (interaction.shown !== undefined) resolve(interaction.shown)
        })
      })
    },
    slash(name, argument, how = {}) {
      const from = how.from ?? [...world.people.keys()][0] ?? ''
      const options = argument === undefined ? [] : [{ name: 'args', type: 3, value: argument }]
      const data = { type: 2, data: { id: world.makeId(), name, type: 1, options } }
      return interactions.begin(channelOf(how, from), data, from)
    },
  }
}
