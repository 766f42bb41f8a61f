import { takeMention } from '@openclaw/channel-kit'
import type { Attachment, Inbound, Peer, Sender } from '@openclaw/sdk'
import {
  MessageReferenceType,
  MessageType,
  type APIAttachment,
  type APIGuildMember,
  type APIMessage,
  type APIUser,
  type GatewayMessageReactionAddDispatchData,
} from 'discord.js'
import type { Place } from './places.ts'

/** A message as events have it; those that are asked for lack the member. */
export type SomeMessage = APIMessage & { readonly member?: Pick<APIGuildMember, 'nick' | 'roles'> }

/** Whom people address. */
export interface Us {
  readonly id: string
  /** The role that the guild made for us: its name is ours, so people often choose it in place of us. */
  readonly role?: string | undefined
}

/** Messages that people write; all others are Discord's own notes: joins, pins, boosts, calls. */
const written: ReadonlySet<number> = new Set([MessageType.Default, MessageType.Reply, MessageType.ChatInputCommand])

/** What somebody wrote. Undefined for our own words and for notes of Discord's. */
export function readMessage(message: SomeMessage, place: Place, us: Us): Inbound | undefined {
  if (message.author.id === us.id || !written.has(message.type)) return undefined
  const attachments = attachmentsOf(message)
  const { referenced_message: replied } = message
  const isReply = message.message_reference?.type !== MessageReferenceType.Forward
  const replyTo = isReply ? message.message_reference?.message_id : undefined
  return {
    event: message.id,
    message: message.id,
    kind: 'message',
    peer: peerOf(place),
    sender: senderOf(message.author, message.member, message.webhook_id !== undefined),
    text: textOf(message, us),
    ...(attachments.length > 0 ? { attachments } : {}),
    ...(isMentioned(message, us) ? { mentioned: true } : {}),
    ...(replyTo ? { replyTo } : {}),
    ...(replyTo && replied ? { quote: { text: textOf(replied, us), sender: nameOf(replied.author) } } : {}),
    ...whereOf(place),
    atMs: Date.parse(message.timestamp),
  }
}

/** A change by its writer. Undefined when only Discord added something, e.g. the preview of a link. */
export function readEdit(message: SomeMessage, place: Place, us: Us): Inbound | undefined {
  if (!message.edited_timestamp) return undefined
  const read = readMessage(message, place, us)
  if (!read) return undefined
  const atMs = Date.parse(message.edited_timestamp)
  return { ...read, kind: 'edit', event: `${message.id}:${message.edited_timestamp}`, atMs }
}

/** Discord does not say who deleted, nor what; `author` is who wrote it. */
export function readDelete(message: string, author: string, place: Place, atMs: number): Inbound {
  return {
    event: `${message}:deleted`,
    message,
    kind: 'delete',
    peer: peerOf(place),
    sender: { id: author },
    text: '',
    ...whereOf(place),
    atMs,
  }
}

/** A reaction has no id of its own: `event` names it by the session and its number there. */
export function readReaction(
  reaction: GatewayMessageReactionAddDispatchData,
  place: Place,
  { event, atMs }: { event: string; atMs: number },
): Inbound {
  const { user_id: id, member, emoji, message_id: message } = reaction
  return {
    event,
    message,
    kind: 'reaction',
    peer: peerOf(place),
    sender: member?.user ? senderOf(member.user, member) : { id },
    text: emoji.id ? `:${emoji.name ?? emoji.id}:` : (emoji.name ?? ''),
    ...whereOf(place),
    atMs,
  }
}

/** The peer is the person, or the channel; a thread belongs to the channel that holds it. */
export function peerOf(place: Place): Peer {
  if ('person' in place) return { kind: 'direct', id: place.person }
  if (!place.parent) return { kind: 'group', id: place.channel }
  return { kind: 'group', id: place.parent, thread: place.channel }
}

/** What bindings and people want to know of a place. */
export function whereOf(place: Place): Pick<Inbound, 'guild' | 'parent' | 'place'> {
  if ('person' in place) return {}
  const { guild, parent, name } = place
  return { guild, ...(parent ? { parent } : {}), ...(name ? { place: name } : {}) }
}

export function senderOf(
  user: APIUser,
  member?: Partial<Pick<APIGuildMember, 'nick' | 'roles'>>,
  hook = false,
): Sender {
  return {
    id: user.id,
    name: member?.nick ?? nameOf(user),
    ...(user.bot || hook ? { bot: true } : {}),
    ...(member?.roles?.length ? { roles: [...member.roles] } : {}),
  }
}

function nameOf(user: APIUser): string {
  return user.global_name ?? user.username
}

/** By name, by the role of our name, or by a reply to our words. `@everyone` is nobody in particular. */
function isMentioned(message: SomeMessage, us: Us): boolean {
  if (message.mentions.some(({ id }) => id === us.id) || message.referenced_message?.author.id === us.id) return true
  return us.role !== undefined && message.mention_roles.includes(us.role)
}

/** The words as people read them, without the call to us. */
export function textOf(message: SomeMessage, us: Us): string {
  const words = readable(message, us)
  const notes = [
    ...(message.sticker_items ?? []).map(({ name }) => `[sticker: ${name}]`),
    ...(message.poll ? [pollOf(message.poll)] : []),
    ...(message.message_snapshots ?? []).map(({ message: forwarded }) => `[forwarded] ${forwarded.content}`.trim()),
  ]
  return [words, ...notes].filter(Boolean).join('\n')
}

function readable({ content, mentions }: SomeMessage, us: Us): string {
  const call = new RegExp(`<@(?:!?${us.id}${us.role ? `|&${us.role}` : ''})>`)
  return takeMention(content, call)
    .text.replace(/<@!?(\d+)>/g, (whole, id: string) => {
      const named = mentions.find((user) => user.id === id)
      return named ? `@${nameOf(named)}` : whole
    })
    .replace(/<a?:(\w+):\d+>/g, ':$1:')
}

function pollOf({ question, answers }: NonNullable<APIMessage['poll']>): string {
  const options = answers.map(({ poll_media: { text } }) => text ?? '').join(' / ')
  return `[poll: ${question.text ?? ''} ${options}]`
}

/** Discord's addresses of files end after a day, so a file is named by the message that it is in. */
function attachmentsOf(message: SomeMessage): Attachment[] {
  const forwarded = (message.message_snapshots ?? []).flatMap(({ message: { attachments } }) => attachments)
  return [...message.attachments, ...forwarded].map((attachment) => ({
    ref: `discord:${message.channel_id}/${message.id}/${attachment.id}`,
    mime: mimeOf(attachment),
    name: attachment.filename,
    sizeBytes: attachment.size,
  }))
}

function mimeOf({ content_type: type }: APIAttachment): string {
  return type?.split(';')[0]?.trim() || 'application/octet-stream'
}
