import { takeMention } from '@openclaw/channel-kit'
import type { Attachment, Command, Inbound, Peer, Sender } from '@openclaw/sdk'
import type { SlackFile } from './files.ts'
import { decode, type NameOf } from './decode.ts'
import { emojiOf } from './emoji.ts'
import type { Us } from './login.ts'

/** What reading needs to know besides the event. */
export interface Reader {
  readonly us: Us
  readonly commands: readonly Command[]
  readonly nameOf?: NameOf
}

/** As much of a message as is read (https://docs.slack.dev/reference/events/message). Anything may be missing. */
export interface SlackMessage {
  readonly type?: string
  readonly subtype?: string
  readonly channel?: string
  readonly ts?: string
  readonly thread_ts?: string
  readonly parent_user_id?: string
  readonly user?: string
  readonly bot_id?: string
  readonly text?: string
  readonly files?: readonly SlackFile[]
  readonly edited?: { readonly ts?: string }
}

interface SlackEvent extends SlackMessage {
  readonly message?: SlackMessage
  readonly previous_message?: SlackMessage
  readonly deleted_ts?: string
  readonly item?: { readonly type?: string; readonly channel?: string; readonly ts?: string }
  readonly reaction?: string
  readonly event_ts?: string
}

/** Subtypes that are words of somebody; all others are service messages (joins, topics, pins …), which nobody answers. */
const spoken: ReadonlySet<string | undefined> = new Set([
  undefined,
  'file_share',
  'thread_broadcast',
  'me_message',
  'bot_message',
])

/** What an event says, or undefined when it is ours, a service message, or nothing that is known. */
export function readEvent(event: object, reader: Reader): Inbound | undefined {
  const one = event as SlackEvent
  if (one.type === 'reaction_added') return readReaction(one, reader)
  // A mention comes as an event of its own, of the same message: both have one name.
  if (one.type !== 'message' && one.type !== 'app_mention') return undefined
  if (one.subtype === 'message_changed') return readEdit(one, reader)
  if (one.subtype === 'message_deleted') return readDeletion(one, reader)
  return spoken.has(one.subtype) ? readMessage(one, one.channel, reader) : undefined
}

/** A message that stands in `channel`, from an event or from the history. */
export function readMessage(message: SlackMessage, channel: string | undefined, reader: Reader): Inbound | undefined {
  const frame = frameOf(message, channel, reader)
  if (!frame || !spoken.has(message.subtype)) return undefined
  const attachments = (message.files ?? []).flatMap(attachmentOf)
  const { us } = reader
  const mentioned =
    frame.peer.kind === 'direct' ||
    mentionOf(us).test(message.text ?? '') ||
    (frame.peer.thread !== undefined && message.parent_user_id === us.user)
  return {
    ...frame,
    event: `${channel}:${message.ts}`,
    kind: 'message',
    text: readText(message.text, reader),
    ...(attachments.length > 0 ? { attachments } : {}),
    ...(mentioned ? { mentioned } : {}),
  }
}

function readEdit({ channel, message, previous_message: before }: SlackEvent, reader: Reader): Inbound | undefined {
  // Unfurled links, reactions and replies change a message too; only words are an edit.
  if (!message || message.text === before?.text) return undefined
  const frame = frameOf(message, channel, reader)
  return (
    frame && {
      ...frame,
      event: `${channel}:${message.ts}:edit:${message.edited?.ts ?? ''}`,
      kind: 'edit',
      text: readText(message.text, reader),
    }
  )
}

function readDeletion({ channel, deleted_ts: ts, previous_message: before }: SlackEvent, reader: Reader) {
  const frame = frameOf({ ...before, ...(ts ? { ts } : {}) }, channel, reader)
  return frame && ({ ...frame, event: `${channel}:${ts}:delete`, kind: 'delete', text: '' } satisfies Inbound)
}

function readReaction({ user, reaction, item, event_ts: at }: SlackEvent, reader: Reader): Inbound | undefined {
  if (item?.type !== 'message' || !reaction || !at) return undefined
  const frame = frameOf({ ...(user ? { user } : {}), ...(item.ts ? { ts: item.ts } : {}) }, item.channel, reader)
  return (
    frame && {
      ...frame,
      event: `${item.channel}:${item.ts}:${user}:${reaction}:${at}`,
      kind: 'reaction',
      text: emojiOf(reaction),
      atMs: msOf(at),
    }
  )
}

/** What all kinds have: who, where and when. Undefined for what is ours, or is not whole. */
function frameOf(message: SlackMessage, channel: string | undefined, { us }: Reader) {
  const { ts, user, bot_id: bot, thread_ts: thread } = message
  const author = user ?? bot
  if (!channel || !ts || !author || author === us.user || bot === us.bot) return undefined
  const peer = peerOf(channel, author, thread === ts ? undefined : thread)
  return {
    message: ts,
    peer,
    sender: { id: author, ...(bot ? { bot: true } : {}) } satisfies Sender,
    ...(peer.thread ? { parent: peer.id } : {}),
    ...(us.team ? { team: us.team } : {}),
    atMs: msOf(ts),
  }
}

/** A direct conversation is known by the person, whose id people can look up; its own begins with D. */
export function peerOf(channel: string, user: string, thread?: string): Peer {
  return {
    ...(channel.startsWith('D') ? { kind: 'direct', id: user } : { kind: 'group', id: channel }),
    ...(thread ? { thread } : {}),
  }
}

const mentionOf = ({ user }: Us) => new RegExp(`<@${user}(?:\\|[^>]*)?>`)

/** The words without what addressed us. `!status` is a command: Slack keeps messages that begin with a slash to itself. */
function readText(text = '', { us, commands, nameOf }: Reader): string {
  const words = decode(takeMention(text, mentionOf(us)).text, nameOf)
  const [, name] = /^!([a-z]+)(?=\s|$)/.exec(words) ?? []
  return commands.some((command) => command.name === name) ? `/${words.slice(1)}` : words
}

function attachmentOf({ id, mimetype, name, size, mode }: SlackFile): Attachment[] {
  // Gone, hidden by the plan's limit, or kept elsewhere: there are no bytes to have.
  if (!id || mode === 'tombstone' || mode === 'hidden_by_limit' || mode === 'external') return []
  return [
    {
      ref: `slack:${id}`,
      mime: mimetype || 'application/octet-stream',
      ...(name ? { name } : {}),
      ...(typeof size === 'number' ? { sizeBytes: size } : {}),
    },
  ]
}

/** A timestamp names a message and tells its time, in seconds (https://docs.slack.dev/messaging/retrieving-messages). */
const msOf = (ts: string): number => Math.round(Number(ts) * 1000)

/** Whether an id is a message's; a slash command has one of its own. */
export const isTimestamp = (id: string): boolean => /^\d+\.\d{6}$/.test(id)
