import type { Inbound, Peer, Sender } from '@openclaw/sdk'
import type { Chat, Message, MessageReactionUpdated, ReactionType, Update, User } from 'grammy/types'
import { readAddress, type Us } from './address.ts'
import { attachmentsOf, describe, originName, personName } from './content.ts'
import type { Migrations } from './migrations.ts'

/** From where updates are looked at. */
export interface View extends Us {
  readonly migrations: Pick<Migrations, 'known' | 'nameOf'>
}

/**
 * What an update says to us (https://core.telegram.org/bots/api#update); undefined when it says nothing: service
 * messages, our own, kinds that we do not know. Deletions are never told to bots.
 */
export function inboundOf(
  { update_id, message, edited_message, message_reaction }: Update,
  view: View,
): Inbound | undefined {
  if (message) return messageOf(message, view)
  if (edited_message) return editOf(edited_message, update_id, view)
  return message_reaction ? reactionOf(message_reaction, update_id, view) : undefined
}

/** Where something was written. The General topic of a group is the group itself. */
export function peerOf(chat: Chat, { migrations }: Pick<View, 'migrations'>, thread?: number): Peer {
  return {
    kind: chat.type === 'private' ? 'direct' : 'group',
    id: migrations.known(chat.id),
    ...(thread === undefined ? {} : { thread: String(thread) }),
  }
}

/** The topic of a message. In a group without topics, Telegram numbers chains of replies in the same field. */
export function threadOf(message: Pick<Message, 'is_topic_message' | 'message_thread_id'>): number | undefined {
  return message.is_topic_message ? message.message_thread_id : undefined
}

function messageOf(message: Message, view: View): Inbound | undefined {
  const { chat, message_id, media_group_id } = message
  const attachments = attachmentsOf(message)
  const { text, to } = readAddress(message, view)
  const words = [forwarded(message), text || describe(message)].filter(Boolean).join('\n')
  if (message.from?.id === view.me.id || (!words && attachments.length === 0)) return undefined
  const name = view.migrations.nameOf(chat.id, message_id)
  const peer = peerOf(chat, view, threadOf(message))
  const replied = repliedTo(message)
  return {
    event: name,
    message: name,
    kind: 'message',
    peer,
    sender: senderOf(message, view),
    text: words,
    ...(attachments.length > 0 ? { attachments } : {}),
    ...(to === 'us' || (to === 'anyone' && replied?.from?.id === view.me.id) ? { mentioned: true } : {}),
    ...(replied ? { replyTo: view.migrations.nameOf(chat.id, replied.message_id) } : {}),
    ...quoteOf(message, replied),
    ...(chat.title === undefined ? {} : { place: chat.title }),
    ...(media_group_id === undefined ? {} : { group: media_group_id }),
    ...(peer.thread === undefined ? {} : { parent: peer.id }),
    atMs: message.date * 1000,
  }
}

/** Two edits may fall into one second, so it is the update that tells them apart. */
function editOf(message: Message & { edit_date: number }, update: number, view: View): Inbound | undefined {
  // A location that is shared live is edited every few seconds.
  if (message.location) return undefined
  const edited = messageOf(message, view)
  return (
    edited && { ...edited, kind: 'edit', event: `${edited.message}:edit:${update}`, atMs: message.edit_date * 1000 }
  )
}

/** Telegram does not say in which topic the message stands. */
function reactionOf(reaction: MessageReactionUpdated, update: number, view: View): Inbound | undefined {
  const { chat, message_id, user, actor_chat, old_reaction, new_reaction, date } = reaction
  const sender = actor_chat ? chatSender(actor_chat, view) : user && personSender(user)
  if (!sender || user?.id === view.me.id) return undefined
  const before = old_reaction.map(signOf)
  const message = view.migrations.nameOf(chat.id, message_id)
  return {
    event: `${message}:reaction:${update}`,
    message,
    kind: 'reaction',
    peer: peerOf(chat, view),
    sender,
    text: new_reaction
      .map(signOf)
      .filter((sign) => !before.includes(sign))
      .join(''),
    ...(chat.title === undefined ? {} : { place: chat.title }),
    atMs: date * 1000,
  }
}

function signOf(reaction: ReactionType): string {
  if (reaction.type === 'emoji') return reaction.emoji
  return reaction.type === 'paid' ? '⭐' : '[custom emoji]'
}

/** Anonymous administrators and channels write as a chat; the person in `from` is then a stand-in of Telegram's. */
function senderOf({ from, sender_chat, chat }: Message, view: View): Sender {
  if (sender_chat) return chatSender(sender_chat, view)
  return from ? personSender(from) : chatSender(chat, view)
}

function chatSender({ id, title }: Chat, { migrations }: View): Sender {
  return { id: `chat:${migrations.known(id)}`, ...(title === undefined ? {} : { name: title }) }
}

function personSender(user: User): Sender {
  return { id: String(user.id), name: personName(user), ...(user.is_bot ? { bot: true } : {}) }
}

/** The message that somebody replied to. In a topic, what replies to nothing is shown as a reply to its beginning. */
function repliedTo(message: Message): Message | undefined {
  const replied = message.reply_to_message
  return replied && replied.message_id === threadOf(message) ? undefined : replied
}

function quoteOf(message: Message, replied: Message | undefined): Pick<Inbound, 'quote'> {
  const { quote, external_reply } = message
  const text = quote?.text ?? (replied && (replied.text ?? replied.caption ?? describe(replied)))
  if (!text) return {}
  const author = replied
    ? (replied.sender_chat?.title ?? (replied.from && personName(replied.from)))
    : external_reply && originName(external_reply.origin)
  return { quote: { text, ...(author === undefined ? {} : { sender: author }) } }
}

function forwarded({ forward_origin }: Message): string | undefined {
  return forward_origin && `[forwarded from ${originName(forward_origin)}]`
}
