import type { Peer } from '@openclaw/protocol'
import type { Seen } from '../channel/counterpart.ts'
import { ChannelType, type Channel, type Message } from './model.ts'
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

/**
 * A text as people see it: https://support.discord.com/hc/en-us/articles/210298617. Code is left alone, a link shows as
 * its words, marks go, and a sign after a backslash stands for itself.
 */
export function readable(raw: string): string {
  const parts = raw.split(/(```(?:[a-z0-9+#._-]*\n)?[\s\S]*?```|`[^`\n]+`|``[^\n]+?``)/i)
  return parts.map((part, at) => (at % 2 === 1 ? codeOf(part) : proseOf(part))).join('')
}

function codeOf(part: string): string {
  if (part.startsWith('```')) return part.replace(/^```(?:[a-z0-9+#._-]*\n)?/i, '').replace(/\n?```$/, '')
  return part.replace(/^`+ ?| ?`+$/g, '')
}

function proseOf(part: string): string {
  // A private sign stands for an escaped one until the marks are gone.
  const kept: string[] = []
  const hidden = part.replace(
    /\\([\\*_~`|>#\-+.()[\]<:@/!])/g,
    (_, sign: string) => `\uE000${kept.push(sign) - 1}\uE001`,
  )
  const bare = hidden
    .replace(/\[([^\]]*)\]\(<?[^)\s]*?>?\)/g, '$1')
    .replace(/^(#{1,3}|-#|>{1,3}) /gm, '')
    .replace(/\*\*\*|\*\*|__|~~|\|\|/g, '')
    .replace(/\*(?=\S)([^*\n]+?)\*/g, '$1')
    .replace(/(?<![\w\uE000])_(?=\S)([^_\n]+?)_(?!\w)/g, '$1')
  return bare.replace(/\uE000(\d+)\uE001/g, (_, at: string) => kept[Number(at)] ?? '')
}
