import type { Inbound, Sender } from '@openclaw/sdk'
import type { Said } from 'irc-framework'
import type { Fold } from './casemapping.ts'
import { unformat } from './markup.ts'

/** What must be known of us to understand what is said. */
export interface Us {
  readonly nick: string
  readonly fold: Fold
  isChannel(target: string): boolean
  /** Names of the commands that can be typed. */
  readonly commands: ReadonlySet<string>
  /** Id of the connection, with which every message id begins that the server did not give. */
  readonly connection: string
  now(): number
}

/** A message that is for the kernel to judge, before it is known who wrote it. */
export type Heard = Omit<Inbound, 'sender' | 'peer'> & { readonly channel?: string }

/**
 * Understands one message. Undefined for what is none: our own words, those of the server, CTCP requests, what is meant for
 * a channel's operators only, and what a bouncer plays again without an id by which it could be told that it is old.
 */
export function hear(said: Said, how: 'says' | 'does', us: Us): Heard | undefined {
  const { nick, target, message = '', tags, batch, time, from_server: server, group } = said
  const same = (one: string, other: string) => us.fold(one) === us.fold(other)
  if (server || !nick || same(nick, us.nick) || group !== undefined) return undefined
  // Clients may leave out the sign at the end: https://modern.ircdocs.horse/ctcp
  if (message.charCodeAt(0) === 1) return undefined
  const id = tags['msgid'] ?? ''
  if (batch && /playback|chathistory/.test(batch.type) && id.startsWith(us.connection)) return undefined
  const inChannel = us.isChannel(target)
  if (!inChannel && !same(target, us.nick)) return undefined

  const typed = unformat(message)
  const { text, mentioned } = inChannel ? address(typed, us) : { text: typed.trim(), mentioned: true }
  const words = how === 'does' ? `* ${nick} ${typed.trim()}` : mentioned ? command(text, us.commands) : text
  if (words === '') return undefined
  return {
    event: id,
    message: id,
    kind: 'message',
    text: words,
    atMs: time ?? us.now(),
    ...(mentioned ? { mentioned } : {}),
    ...(inChannel ? { channel: us.fold(target), place: target } : {}),
  }
}

/** Adds who wrote it. Direct conversations are with a person, by the same id. */
export function inboundOf({ channel, ...heard }: Heard, sender: Sender): Inbound {
  const peer =
    channel === undefined ? { kind: 'direct' as const, id: sender.id } : { kind: 'group' as const, id: channel }
  return { ...heard, peer, sender }
}

/** Signs of which a nick can be made, and letters of other scripts: one before or behind it makes it another word. */
const nickSign = '[\\p{L}\\p{N}\\[\\]\\\\`_^{|}-]'

/** Whether our nick stands in it. Where it is called at the beginning, as in `nick: hello`, it is taken out. */
function address(typed: string, { nick, fold }: Us): { text: string; mentioned: boolean } {
  const text = typed.trim()
  const folded = fold(text)
  const name = fold(nick).replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  const called = new RegExp(`^@?${name}\\s*[:,]\\s*`, 'u').exec(folded)
  if (called) return { text: text.slice(called[0].length) || text, mentioned: true }
  return { text, mentioned: new RegExp(`(?<!${nickSign}|[/.])${name}(?!${nickSign})`, 'u').test(folded) }
}

/** Clients keep lines with a slash for themselves, so `!status` does for `/status`. */
function command(text: string, commands: ReadonlySet<string>): string {
  const name = /^!([a-z]+)(?=\s|$)/i.exec(text)?.[1]
  return name !== undefined && commands.has(name.toLowerCase()) ? `/${text.slice(1)}` : text
}
