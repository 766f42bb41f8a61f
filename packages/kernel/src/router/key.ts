import { failure, type Address, type Peer } from '@openclaw/protocol'
import type { KeyParts } from './router.ts'

/**
 * Session keys name one conversation of one agent:
 *
 * | key | parts | names |
 * | --- | --- | --- |
 * | `agent:A:CHANNEL:ACCOUNT:ID` | 5 | a direct peer |
 * | `agent:A:CHANNEL:ACCOUNT:group:ID` | 6 | a group |
 * | `agent:A:CHANNEL:ACCOUNT:ID:thread:T` | 7 | a thread with a direct peer |
 * | `agent:A:CHANNEL:ACCOUNT:group:ID:thread:T` | 8 | a thread of a group |
 *
 * No encoded part holds a `:`, so the number of parts alone says which of the four a key is: a person whose id is
 * `group` or `thread` cannot be taken for one. Keys whose third part is `subagent` (`agent:A:subagent:UUID`, nested by
 * repeating) or `cron` are made elsewhere, kept as they are, and have no parts.
 */
const reserved: ReadonlySet<string> = new Set(['subagent', 'cron'])

/** `%`, `:`, control characters (C0, DEL, C1), and halves of a surrogate pair, which UTF-8 cannot carry. */
const unsafe = /[%:\u0000-\u001f\u007f-\u009f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Nearly all parts are made of these alone. */
const safe = /^[\w.@+-]*$/

function encode(part: string): string {
  if (safe.test(part)) return part
  return part.replace(unsafe, (char) => {
    const code = char.charCodeAt(0)
    return code >= 0xd800 ? `%u${code.toString(16).toUpperCase()}` : encodeURIComponent(char)
  })
}

function decode(part: string): string | undefined {
  try {
    return part.replace(/%u([0-9A-F]{4})|(?:%[0-9A-F]{2})+/g, (bytes, half?: string) =>
      half === undefined ? decodeURIComponent(bytes) : String.fromCharCode(Number.parseInt(half, 16)),
    )
  } catch {
    return undefined
  }
}

/**
 * The key of a conversation. {@link parseKey} gives back exactly what went in.
 *
 * @throws `invalid_params` for an empty part, and for a channel named like the keys that have no parts.
 */
export function sessionKey(agent: string, channel: string, account: string, peer: Peer): string {
  const thread = peer.thread === undefined ? [] : [peer.thread]
  if ([agent, channel, account, peer.id, ...thread].includes('')) {
    throw failure(
      'invalid_params',
      `a session key of ${channel || 'a channel'} needs agent, channel, account and peer, and none may be empty`,
    )
  }
  if (reserved.has(channel)) {
    throw failure(
      'invalid_params',
      `"${channel}" cannot be a channel: session keys of that form mean something else; rename the plugin`,
    )
  }
  const parts = ['agent', encode(agent), encode(channel), encode(account)]
  if (peer.kind === 'group') parts.push('group')
  parts.push(encode(peer.id))
  for (const id of thread) parts.push('thread', encode(id))
  return parts.join(':')
}

/** Reads a key. Undefined for a key of another shape, and for one that {@link sessionKey} would write differently. */
export function parseKey(key: string): KeyParts | undefined {
  const parts = key.split(':')
  const threaded = parts.length === 7 || parts.length === 8
  const grouped = parts.length === 6 || parts.length === 8
  if (parts[0] !== 'agent' || !(threaded || grouped || parts.length === 5) || reserved.has(parts[2] ?? ''))
    return undefined
  if ((grouped && parts[4] !== 'group') || (threaded && parts.at(-2) !== 'thread')) return undefined
  const [agent, channel, account, id, thread] = [
    parts[1],
    parts[2],
    parts[3],
    parts[grouped ? 5 : 4],
    threaded ? parts.at(-1) : undefined,
  ].map((part) => (part === undefined ? undefined : decode(part)))
  if (!agent || !channel || !account || !id || (threaded && !thread)) return undefined
  const peer: Peer = { kind: grouped ? 'group' : 'direct', id, ...(thread === undefined ? {} : { thread }) }
  // One conversation has one name: other spellings of the same escapes are not keys.
  return sessionKey(agent, channel, account, peer) === key ? { agent, channel, account, peer } : undefined
}

/** Where the peer of a session is reached; undefined for a local one, which reads its session itself. */
export function addressOf(key: string): Address | undefined {
  const parts = parseKey(key)
  if (!parts || parts.channel === 'local') return undefined
  return { channel: parts.channel, account: parts.account, peer: parts.peer }
}

/** The agent that a key of any shape belongs to. */
export function agentOf(key: string): string | undefined {
  const [prefix, agent] = key.split(':', 2)
  return prefix === 'agent' && agent ? decode(agent) : undefined
}
