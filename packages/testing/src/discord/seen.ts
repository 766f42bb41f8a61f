import type { Peer } from '@openclaw/protocol'
import type { Seen } from '../channel/counterpart.ts'
import { ChannelType, type Channel, type Message } from './model.ts'
import { readable } from './readable.ts'
import { byAge } from './snowflake.ts'
import type { World } from './world.ts'

/** Where a channel is, as a plugin names it. */
export function peerOf(channel: Channel): Peer {
  const person = channel.recipients?.[0]?.id
  if (person) return { kind: 'direct', id: person }
  if (channel.type === ChannelType.publicThread && channel.parent_id)
    return { kind: 'group', id: channel.parent_id, thread: channel.id }
  return { kind: 'group', id: channel.id }
}

/** What of the bot's stands, oldest first; `echoes` are those that it did not send through here. */
export function seenOf(world: World, edits: ReadonlyMap<string, number>, echoes: ReadonlySet<string>): Seen[] {
  const ours = [...world.messages.values()]
    .flatMap((standing) => [...standing.values()])
    .filter(({ id, author }) => author.id === world.bot.id && !echoes.has(id))
  return ours.toSorted(byAge).map((message) => show(world, message, edits.get(message.id) ?? 0))
}

function show(world: World, message: Message, edits: number): Seen {
  const buttons = message.components.flatMap(({ components }) => components ?? [])
  return {
    message: message.id,
    peer: peerOf(world.channelOf(message.channel_id)),
    text: readable(message.content),
    raw: message.content,
    ...(message.message_reference ? { replyTo: message.message_reference.message_id } : {}),
    files: message.attachments.flatMap(({ url }) => world.files.get(new URL(url).pathname) ?? []),
    choices: buttons.map(({ custom_id: id = '', label = '' }) => ({ id, label })),
    edits,
  }
}
