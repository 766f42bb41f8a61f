import { conversation, optional, refuse, text, type Call, type Method } from '../method.ts'
import { conversationShape, messageShape } from '../shapes.ts'
import { self, type Conversation, type Message } from '../workspace.ts'

function readable(call: Call): Conversation {
  const place = conversation(call)
  return place.members.has(self.user) ? place : refuse('not_in_channel')
}

/** One page: those between `oldest` and `latest`, both left out unless `inclusive`. */
function page(call: Call, messages: readonly Message[], newestFirst: boolean) {
  const [oldest, latest] = [Number(optional(call, 'oldest') ?? 0), Number(optional(call, 'latest') ?? Infinity)]
  const inclusive = ['true', '1'].includes(String(call.args['inclusive']))
  const fits = messages.filter(({ ts, deleted }) => {
    const at = Number(ts)
    return !deleted && (inclusive ? at >= oldest && at <= latest : at > oldest && at < latest)
  })
  const ordered = newestFirst ? fits.toReversed() : fits
  const limit = Math.min(Number(optional(call, 'limit') ?? 100), 999)
  const from = Number(optional(call, 'cursor') ?? 0)
  const more = ordered.length > from + limit
  const withMetadata = ['true', '1'].includes(String(call.args['include_all_metadata']))
  return {
    messages: ordered.slice(from, from + limit).map((message) => messageShape(message, call.root, withMetadata)),
    has_more: more,
    response_metadata: { next_cursor: more ? String(from + limit) : '' },
  }
}

/** What stands in the conversation itself: replies stay in their threads. */
const history: Method = (call) => {
  const { id } = readable(call)
  return page(
    call,
    call.workspace.messages.filter((one) => one.channel === id && !one.thread_ts),
    true,
  )
}

/** A thread, its first message always included. */
const replies: Method = (call) => {
  const { id } = readable(call)
  const ts = text(call, 'ts')
  const parent = call.workspace.find(id, ts)
  if (!parent) return refuse('thread_not_found')
  const answered = page(
    call,
    call.workspace.messages.filter((one) => one.channel === id && one.thread_ts === ts),
    false,
  )
  return { ...answered, messages: [messageShape(parent, call.root), ...answered.messages] }
}

const list: Method = (call) => {
  const types = (optional(call, 'types') ?? 'public_channel').split(',')
  const names = { im: 'im', mpim: 'mpim', channel: 'public_channel', group: 'private_channel' }
  const fits = [...call.workspace.conversations.values()].filter(({ kind }) => types.includes(names[kind]))
  return { channels: fits.map(conversationShape), response_metadata: { next_cursor: '' } }
}

const open: Method = (call) => {
  const [user, ...others] = text(call, 'users').split(',')
  if (others.length > 0) return refuse('missing_scope', { needed: 'mpim:write' })
  if (!user || !call.workspace.users.has(user)) return refuse('user_not_found')
  return { channel: { id: call.workspace.im(user).id } }
}

export const conversationMethods: Readonly<Record<string, Method>> = {
  'conversations.info': (call) => ({ channel: conversationShape(conversation(call)) }),
  'conversations.history': history,
  'conversations.replies': replies,
  'conversations.list': list,
  'conversations.open': open,
}
