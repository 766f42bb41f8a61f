import { failure, toFailure, type ErrorCode, type Link } from '@openclaw/sdk'
import type { Message } from 'irc-framework'
import type { Flood } from './flood.ts'
import type { Heartbeat } from './heartbeat.ts'
import type { Identity } from './identity.ts'
import { cutLines, roomFor } from './lines.ts'
import { usualRoom } from './markup.ts'
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
    const about = cutLines(text, usualRoom).length
    if (about === 0) throw failure('invalid_params', `${wire.name}: there is no text to send to ${peer.id}`)
    const waitMs = owed * settings.flood.everyMs
    if (owed > 0 && waitMs + about * settings.flood.everyMs > patienceMs)
      throw failure('rate_limited', `${wire.name}: ${owed} lines wait before these`, { retryAfterMs: waitMs })

    let target = ''
    // A nick is looked up right before each line: it may have changed hands while the line waited.
    async function turn(): Promise<string> {
      await flood.take(signal)
      return (target = group ?? (await identity.nickOf(peer.id)))
    }
    owed += about
    using refusals = watch(wire, () => target)
    let written = 0
    try {
      await turn()
      for (const line of cutLines(text, roomFor(wire.mask, target))) {
        if (written > 0) await turn()
        if (refusals.count() > 0) break
        wire.write(`PRIVMSG ${target} :${line}`)
        written++
      }
      const token = `${target}/${wire.id}.${++sends}`
      await beat.roundTrip(token, signal)
      refusals.throwIfAny(written)
      return { messages: [token] }
    } catch (error) {
      throw written === 0 ? unsent(error) : error
    } finally {
      owed -= about
    }
  }
}

/** A failure that may heal, of something that certainly did not arrive: it says when to try again. */
function unsent(error: unknown): unknown {
  const { code, message } = toFailure(error)
  return code === 'unavailable' ? failure(code, message, { retryAfterMs: soonMs, cause: error }) : error
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

interface Refusal {
  readonly code: ErrorCode
  readonly why: string
  readonly retryAfterMs?: number
}

/** Notes which lines to this target the server refuses. */
function watch(wire: Wire, target: () => string) {
  const refusals: Refusal[] = []
  const lines = wire.onLine((message) => {
    if (message.params[1] === undefined || wire.fold(message.params[1]) !== wire.fold(target())) return
    const refusal = refusalOf(message)
    if (refusal) refusals.push(refusal)
  })
  return {
    count: () => refusals.length,
    throwIfAny(written: number) {
      const [first] = refusals
      if (!first) return
      const why = `${wire.name}: sending to ${target()} was refused: ${first.why}`
      // When some of the lines arrived, nobody may send them again.
      if (refusals.length < written) throw failure(first.retryAfterMs === undefined ? first.code : 'unavailable', why)
      throw failure(first.code, why, first.retryAfterMs === undefined ? {} : { retryAfterMs: first.retryAfterMs })
    },
    [Symbol.dispose]: () => lines[Symbol.dispose](),
  }
}

const usualWaitMs = 10_000
const soonMs = 1000

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
      return { code: 'unavailable', why: 'we are not in it for the moment', retryAfterMs: soonMs }
    case '437':
      return { code: 'unavailable', why: said, retryAfterMs: soonMs }
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
