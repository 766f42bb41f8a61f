import { createHash } from 'node:crypto'
import type { Link, Outbound, Peer, Receipt } from '@openclaw/sdk'
import {
  ButtonStyle,
  ComponentType,
  MessageFlags,
  Routes,
  type APIChannel,
  type APIMessage,
  type APIUser,
  type RESTPatchAPIChannelMessageJSONBody,
  type RESTPostAPIChannelMessageJSONBody,
} from 'discord.js'
import { remember } from './bounded.ts'
import type { DiscordAccount } from './config.ts'
import { isGone } from './failure.ts'
import { fetchFile, readFiles } from './files.ts'
import type { Replies } from './interactions.ts'
import type { Rest } from './rest.ts'

/** The sending half of a link. */
export interface Sending extends Required<
  Pick<Link, 'send' | 'edit' | 'delete' | 'react' | 'typing' | 'find' | 'fetch' | 'probe'>
> {
  /** A message of ours came back as an event. */
  echoed(message: Pick<APIMessage, 'id' | 'nonce'>): void
}

const maxPeople = 2000
const maxNonces = 1000

export function openSending(account: DiscordAccount, rest: Rest, replies: Replies): Sending {
  /** The channel that Discord keeps for each person. */
  const direct = new Map<string, string>()
  /** Which message a nonce became. */
  const sent = new Map<string, string>()

  async function channelOf(peer: Peer, signal: AbortSignal): Promise<string> {
    if (peer.kind === 'group') return peer.thread ?? peer.id
    const known = direct.get(peer.id)
    if (known) return known
    const doing = { doing: `opening the direct conversation with ${peer.id}`, signal }
    const { id } = await rest.ask<APIChannel>('post', Routes.userChannels(), doing, {
      body: { recipient_id: peer.id },
    })
    remember(direct, peer.id, id, maxPeople)
    return id
  }

  return {
    echoed({ id, nonce }) {
      if (nonce !== undefined) remember(sent, String(nonce), id, maxNonces)
    },
    async send(message, signal): Promise<Receipt> {
      signal.throwIfAborted()
      const files = await readFiles(account, message.attachments ?? [], signal)
      const reply = await replies.answer(message, bodyOf(message), files, signal)
      if (reply) return { messages: [reply] }
      const channel = await channelOf(message.peer, signal)
      const nonce = nonceOf(message.idempotencyKey)
      const doing = sendingTo(channel, message, signal)
      const body = { ...bodyOf(message), ...replyingTo(message), nonce, enforce_nonce: true }
      const { id } = await rest.ask<APIMessage>('post', Routes.channelMessages(channel), doing, { body, files })
      remember(sent, nonce, id, maxNonces)
      return { messages: [id] }
    },
    async edit(peer, message, text, signal) {
      const channel = await channelOf(peer, signal)
      const body: RESTPatchAPIChannelMessageJSONBody = { content: text, ...quiet }
      const doing = { doing: `editing message ${message} in channel ${channel}`, signal }
      await rest.ask('patch', Routes.channelMessage(channel, message), doing, { body })
    },
    async delete(peer, message, signal) {
      const channel = await channelOf(peer, signal)
      const doing = { doing: `deleting message ${message} in channel ${channel}`, signal }
      await rest.ask('delete', Routes.channelMessage(channel, message), doing)
    },
    async react(peer, message, emoji, signal) {
      const channel = await channelOf(peer, signal)
      const route = Routes.channelMessageOwnReaction(channel, message, emoji)
      const doing = `reacting to message ${message} in channel ${channel}`
      await rest.ask('put', route, { doing, permission: 'Add Reactions', signal })
    },
    async typing(peer, signal) {
      const channel = await channelOf(peer, signal)
      const doing = { doing: `typing in channel ${channel}`, permission: 'Send Messages', signal }
      await rest.ask('post', Routes.channelTyping(channel), doing)
    },
    async find(peer, idempotencyKey, signal) {
      const nonce = nonceOf(idempotencyKey)
      const known = sent.get(nonce)
      if (known) return { messages: [known] }
      const channel = await channelOf(peer, signal)
      const doing = { doing: `looking for a message in channel ${channel}`, permission: 'Read Message History', signal }
      const query = new URLSearchParams({ limit: '50' })
      // Where Discord does not show what we look for, sending again with the nonce is safe: it answers with the earlier message.
      const latest = await rest.ask<APIMessage[]>('get', Routes.channelMessages(channel), doing, { query }).catch(none)
      const found = latest.find((one) => one.nonce === nonce)
      return found && { messages: [found.id] }
    },
    fetch: (attachment, signal) => fetchFile(account, rest, attachment, signal),
    async probe(signal) {
      const user = await rest.ask<APIUser>('get', Routes.user(), { doing: 'probing', signal })
      return `@${user.username}`
    },
  }
}

/** A channel whose history we may not read shows nothing. */
function none(error: unknown): APIMessage[] {
  if (!isGone(error)) throw error
  return []
}

/** Nobody is called by our words, and links show no preview. */
const quiet = {
  allowed_mentions: { parse: [], replied_user: false },
  flags: MessageFlags.SuppressEmbeds,
} satisfies Pick<RESTPostAPIChannelMessageJSONBody, 'allowed_mentions' | 'flags'>

/** What a message shows. https://docs.discord.com/developers/resources/message#create-message */
export function bodyOf({
  text,
  choices = [],
}: Outbound): Pick<RESTPostAPIChannelMessageJSONBody, 'content' | 'components'> {
  const buttons = choices.map(({ id, label }) => ({
    type: ComponentType.Button as const,
    style: ButtonStyle.Secondary as const,
    custom_id: id,
    label: label.slice(0, 80),
  }))
  const rows = Array.from({ length: Math.ceil(buttons.length / 5) }, (_, row) => ({
    type: ComponentType.ActionRow as const,
    components: buttons.slice(row * 5, row * 5 + 5),
  }))
  return { content: text, ...quiet, ...(rows.length > 0 ? { components: rows } : {}) }
}

function replyingTo({ replyTo }: Outbound): Pick<RESTPostAPIChannelMessageJSONBody, 'message_reference'> {
  return replyTo ? { message_reference: { message_id: replyTo, fail_if_not_exists: false } } : {}
}

function sendingTo(channel: string, { peer, attachments }: Outbound, signal: AbortSignal) {
  const permission = attachments?.length ? 'Attach Files' : peer.thread ? 'Send Messages in Threads' : 'Send Messages'
  return { doing: `sending to channel ${channel}`, permission, signal }
}

/** At most 25 signs, as Discord wants it. */
function nonceOf(idempotencyKey: string): string {
  return createHash('sha256').update(idempotencyKey).digest('base64url').slice(0, 25)
}
