import {
  events as table,
  type EventEnvelope,
  type EventName,
  type MethodParams,
  type MethodResult,
  type Right,
} from '@openclaw/protocol'
import type { Emit } from '../events.ts'
import type { Platform } from '../platform.ts'
import { covers, type Identity } from './rights.ts'

/** One event. */
export interface Told {
  readonly event: EventName
  readonly session: string | undefined
  readonly right: Right
  /** A piece of a stream: who is too slow goes without. */
  readonly droppable: boolean
  /** The whole frame as it goes over the wire, written once for everybody when the first one asks. */
  readonly frame: Buffer
  readonly envelope: EventEnvelope
}

/** Everything that happens in a gateway, in order, with a bounded window of what has been. */
export interface Events {
  /** A new one for each start: sequences of another epoch mean nothing. */
  readonly epoch: string
  readonly emit: Emit
  /** Called for each event, in order. A throw goes to `warn` and no further. */
  listen(listen: (told: Told) => void): Disposable
  /** What a client missed, as far as it may see it. */
  since(
    params: MethodParams<'events.since'>,
    sees: (told: Pick<Told, 'right' | 'session'>) => boolean,
  ): MethodResult<'events.since'>
}

/** An event of the window: as little as it can be told from again. */
interface Kept {
  readonly event: EventName
  readonly session: string | undefined
  readonly seq: number
  /** Its payload as JSON. */
  readonly text: string
}

/** May somebody be told of this? Session events go to who may see the session. */
export function maySeeEvent(
  told: Pick<Told, 'right' | 'session'>,
  who: Pick<Identity, 'rights' | 'role' | 'principal'>,
  seesSession: (who: Pick<Identity, 'role' | 'principal'>, session: string) => boolean,
): boolean {
  return covers(who.rights, told.right) && (told.session === undefined || seesSession(who, told.session))
}

const droppable: ReadonlySet<string> = new Set(['agent.text', 'agent.thinking', 'agent.tool.progress', 'typing'])
/** Streams whose counters are kept. One that is forgotten goes on above all others, which its clients see as a gap. */
const maxStreams = 10_000

/** Opens the stream of events; the window is bounded in events and bytes. */
export function openEvents(options: {
  readonly random: Platform['random']
  readonly maxEvents?: number
  readonly maxBytes?: number
  readonly warn?: (text: string, thrown: unknown) => void
}): Events {
  const { maxEvents = 10_000, maxBytes = 8 * 1024 * 1024 } = options
  const epoch = options.random.id()
  const listeners = new Set<(told: Told) => void>()
  const counters = new Map<string | undefined, number>()
  let floor = 0
  let window: Kept[] = []
  let first = 0
  let bytes = 0

  function count(session: string | undefined): number {
    const seq = (counters.get(session) ?? floor) + 1
    counters.delete(session)
    counters.set(session, seq)
    if (counters.size > maxStreams) {
      const [oldest, last] = counters.entries().next().value!
      counters.delete(oldest)
      floor = Math.max(floor, last)
    }
    return seq
  }

  function keep(one: Kept): void {
    window.push(one)
    bytes += one.text.length
    while (window.length - first > maxEvents || (bytes > maxBytes && window.length - first > 1))
      bytes -= window[first++]!.text.length
    if (first > 1000 && first > window.length / 2) {
      window = window.slice(first)
      first = 0
    }
  }

  return {
    epoch,
    emit(event, payload, session, text = JSON.stringify(payload)) {
      const seq = count(session)
      keep({ event, session, seq, text })
      if (listeners.size === 0) return
      const head = headOf(epoch, seq, session)
      let frame: Buffer | undefined
      const told: Told = {
        event,
        session,
        right: table[event].right,
        droppable: droppable.has(event),
        get frame() {
          return (frame ??= frameOf(event, head, text))
        },
        envelope: { event, ...head, payload },
      }
      for (const listen of listeners) {
        try {
          listen(told)
        } catch (thrown) {
          options.warn?.(`a listener of ${event} threw`, thrown)
        }
      }
    },
    listen(listen) {
      listeners.add(listen)
      return { [Symbol.dispose]: () => void listeners.delete(listen) }
    },
    since({ epoch: asked, seq, session }, sees) {
      const last = counters.get(session) ?? floor
      if (asked !== epoch || seq > last) return { events: [], complete: false }
      const missed = window.slice(first).filter((one) => one.session === session && one.seq > seq)
      const complete = seq === last || missed[0]?.seq === seq + 1
      const events = missed
        .filter(({ event }) => sees({ session, right: table[event].right }))
        .map(({ event, seq, text }) => ({
          event,
          ...headOf(epoch, seq, session),
          payload: JSON.parse(text) as unknown,
        }))
      return { events, complete }
    },
  }
}

function headOf(epoch: string, seq: number, session: string | undefined) {
  return { epoch, seq, ...(session === undefined ? {} : { session }) }
}

/** The head is never empty, so the payload can follow in its place. */
function frameOf(event: EventName, head: object, payload: string): Buffer {
  const params = `${JSON.stringify(head).slice(0, -1)},"payload":${payload}}`
  return Buffer.from(`{"jsonrpc":"2.0","method":${JSON.stringify(event)},"params":${params}}`)
}
