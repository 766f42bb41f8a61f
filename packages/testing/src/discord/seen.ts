import type { Peer } from '@openclaw/protocol'
import type { Seen } from '../channel/counterpart.ts'
import { ChannelType, type Channel, type Message } from './model.ts'
import { readable } from './readable.ts'
import type { World } from './world.ts'

/** Where a channel is, as a plugin names it. */
export function peerOf(channel: Channel): Peer {
  const person = channel.recipients?.[0]?.id
  if (person) return { kind: 'direct', id: person }
  if (channel.type === ChannelType.publicThread && channel.parent_id)
    return { kind: 'group', id: channel.parent_id, thread: channel.id }
  return { kind: 'group', id: channel.id }
}

/** A message of the bot's, as people see it; `edits`: how often it was edited. */
export function seenOf(world: World, message: Message, edits: number): Seen {
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
