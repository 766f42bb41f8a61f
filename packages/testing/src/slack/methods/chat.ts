import { conversation, optional, refuse, text, type Call, type Method } from '../method.ts'
import { messageShape } from '../shapes.ts'
import { self, type Block, type Conversation, type Message } from '../workspace.ts'

/** Slack cuts longer texts off (https://docs.slack.dev/reference/methods/chat.postMessage#truncating). */
const maxText = 40_000

/** Where the app may write. */
function writable(call: Call): Conversation {
  const place = conversation(call, 'channel', true)
  if (place.archived) refuse('is_archived')
  if (!place.members.has(self.user)) refuse('not_in_channel')
  return place
}

function ours(call: Call, denied: string): Message {
  const place = conversation(call)
  const message = call.workspace.find(place.id, text(call, 'ts'))
  if (!message || message.deleted) return refuse('message_not_found')
  return message.bot_id === self.bot ? message : refuse(denied)
}

function content(call: Call): { text: string; blocks?: readonly Block[] } {
  const words = optional(call, 'text') ?? ''
  const blocks = call.args['blocks'] as readonly Block[] | undefined
  if (!words && !blocks?.length) refuse('no_text')
  if (words.length > maxText && (blocks ?? []).length === 0) return { text: words.slice(0, maxText) }
  for (const block of blocks ?? []) {
    // https://docs.slack.dev/reference/block-kit/blocks/section-block and …/actions-block
    if (block.type === 'section' && (block.text?.text.length ?? 0) > 3000) refuse('invalid_blocks')
    if (block.type === 'actions' && (block.elements?.length ?? 0) > 25) refuse('invalid_blocks')
    if (block.elements?.some((element) => element.text.text.length > 75)) refuse('invalid_blocks')
  }
  return { text: words, ...(blocks?.length ? { blocks } : {}) }
}

function thread(call: Call, place: Conversation): { thread_ts?: string } {
  const ts = optional(call, 'thread_ts')
  if (ts === undefined) return {}
  const parent = call.workspace.find(place.id, ts)
  // Slack answers so for a thread whose message is gone: https://docs.slack.dev/reference/methods/chat.postMessage#errors
  if (!parent || parent.deleted) refuse('thread_not_found')
  return { thread_ts: parent.thread_ts ?? ts }
}

const postMessage: Method = (call) => {
  const place = writable(call)
  const message = call.workspace.post({
    channel: place.id,
    user: self.user,
    bot_id: self.bot,
    ...content(call),
    ...thread(call, place),
    ...(call.args['metadata'] ? { metadata: call.args['metadata'] } : {}),
  })
  const shape = messageShape(message, call.root)
  call.happened({ ...shape, channel: place.id, channel_type: place.kind })
  return { channel: place.id, ts: message.ts, message: shape }
}

const update: Method = (call) => {
  const message = ours(call, 'cant_update_message')
  const before = messageShape(message, call.root)
  const { text: words, blocks } = content(call)
  message.text = words
  // Text without blocks takes the blocks away: https://docs.slack.dev/reference/methods/chat.update
  if (!blocks && message.blocks) message.stale = message.blocks
  if (blocks) message.blocks = blocks
  else delete message.blocks
  if (call.args['metadata']) message.metadata = call.args['metadata']
  message.edited = { user: self.user, ts: call.workspace.tick() }
  message.edits++
  const place = conversation(call)
  call.happened({
    type: 'message',
    subtype: 'message_changed',
    hidden: true,
    channel: place.id,
    channel_type: place.kind,
    ts: call.workspace.tick(),
    message: messageShape(message, call.root),
    previous_message: before,
  })
  return { channel: message.channel, ts: message.ts, text: message.text }
}

const remove: Method = (call) => {
  const message = ours(call, 'cant_delete_message')
  call.workspace.remove(message)
  return { channel: message.channel, ts: message.ts }
}

const postEphemeral: Method = (call) => {
  const place = writable(call)
  const user = text(call, 'user')
  if (!place.members.has(user)) refuse('user_not_in_channel')
  text(call, 'text')
  return { message_ts: call.workspace.tick() }
}

export const chatMethods: Readonly<Record<string, Method>> = {
  'chat.postMessage': postMessage,
  'chat.update': update,
  'chat.delete': remove,
  'chat.postEphemeral': postEphemeral,
}
