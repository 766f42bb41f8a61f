import { failure, type Link } from '@openclaw/sdk'
import type { Message } from 'irc-framework'
import type { Flood } from './flood.ts'
import type { Heartbeat } from './heartbeat.ts'
import type { Identity } from './identity.ts'
import { cutLines, roomFor } from './lines.ts'
import type { Settings } from './settings.ts'
import type { Wire } from './wire.ts'

/** What writing needs of one connection. */
export interface Pen {
  readonly wire: Wire
  readonly flood: Flood
  readonly beat: Heartbeat
  readonly identity: Identity
  readonly settings: Settings
}

/** The kernel gives a send 60 seconds; what would take longer is asked to come again. */
const patienceMs = 40_000

/**
 * Sends a chunk line by line and resolves when the server has processed all of them: it answered a PING that was written
 * behind them. The token of that PING is the receipt, since IRC gives no ids to what we say.
 */
export function sender({ wire, flood, beat, identity, settings }: Pen): Link['send'] {
  let owed = 0
  let sends = 0

  return async ({ peer, text }, signal) => {
    signal.throwIfAborted()
    const group = peer.kind === 'group' ? channelOf(wire, peer.id) : undefined
    // A nick is looked up right before each line: it may have changed hands since the last one.
    const nick = async () => group ?? (await identity.nickOf(peer.id))
    let target = await nick()
    const lines = cutLines(text, roomFor(wire.mask, target))
    if (lines.length === 0) throw failure('invalid_params', `${wire.name}: there is no text to send to ${peer.id}`)
    const waitMs = owed * settings.flood.everyMs
    if (owed > 0 && waitMs + lines.length * settings.flood.everyMs > patienceMs)
      throw failure('rate_limited', `${wire.name}: ${owed} lines wait before these`, { retryAfterMs: waitMs })

    let left = lines.length
    owed += left
    const refusal = watch(wire, () => target)
    try {
      for (const [index, line] of lines.entries()) {
        await flood.take(signal)
        if (index > 0) target = await nick()
        refusal.throwIfRefused()
        wire.write(`PRIVMSG ${target} :${line}`)
        owed--
        left--
      }
      const token = `${target}/${wire.id}.${++sends}`
      await beat.roundTrip(token, signal)
      refusal.throwIfRefused()
      return { messages: [token] }
    } finally {
      owed -= left
      refusal[Symbol.dispose]()
    }
  }
}

/** Shows that we type, where the server passes that on (https://ircv3.net/specs/client-tags/typing). */
export function typist({ wire, flood, identity }: Pen): Pick<Link, 'typing'> {
  if (!wire.client.network.supportsTag('typing')) return {}
  return {
    async typing(peer) {
      const target = peer.kind === 'group' ? channelOf(wire, peer.id) : await identity.nickOf(peer.id)
      // It is worth no waiting: what we have to say comes first.
      if (flood.spare()) wire.write(`@+typing=active TAGMSG ${target}`)
    },
  }
}

function channelOf(wire: Wire, id: string): string {
  if (wire.client.network.isChannelName(id) && !/[\s,\p{Cc}]/u.test(id)) return id
  throw failure('invalid_params', `${wire.name}: ${JSON.stringify(id)} is no channel`)
}

type Refusal = { readonly code: Parameters<typeof failure>[0]; readonly why: string; readonly retryAfterMs?: number }

/** Notes the server's refusal of a line to this target. */
function watch(wire: Wire, target: () => string) {
  let refused: Refusal | undefined
  const lines = wire.onLine((message) => {
    if (message.params[1] !== undefined && wire.fold(message.params[1]) === wire.fold(target()))
      refused ??= refusalOf(message)
  })
  return {
    throwIfRefused() {
      if (!refused) return
      const { code, why, retryAfterMs } = refused
      const more = retryAfterMs === undefined ? {} : { retryAfterMs }
      throw failure(code, `${wire.name}: sending to ${target()} was refused: ${why}`, more)
    },
    [Symbol.dispose]: () => lines[Symbol.dispose](),
  }
}

const usualWaitMs = 10_000

/** Numerics that answer a PRIVMSG: https://modern.ircdocs.horse/#numerics and https://defs.ircdocs.horse/defs/numerics */
function refusalOf({ command, params }: Message): Refusal | undefined {
  const said = params.at(-1) ?? ''
  switch (command) {
    case '401':
    case '403':
      return { code: 'not_found', why: said }
    case '404':
      return { code: 'forbidden', why: `${said}; ask the channel's operators for a voice (+v), or to lift a ban (+b)` }
    case '442':
      return { code: 'unavailable', why: 'we are not in it for the moment' }
    case '437':
      return { code: 'unavailable', why: said }
    case '263':
    case '439':
    case '707': {
      const seconds = Number(/(\d+) ?s/i.exec(said)?.[1] ?? 0)
      return { code: 'rate_limited', why: said, retryAfterMs: seconds > 0 ? seconds * 1000 : usualWaitMs }
    }
    case '477':
    case '489':
    case '531':
    case '716':
      return { code: 'forbidden', why: said }
    default:
      return undefined
  }
}
