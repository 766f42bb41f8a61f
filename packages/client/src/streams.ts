import type { EventEnvelope, MethodParams, MethodResult } from '@openclaw/protocol'

/** Events in order, each once, with what was missed fetched from the gateway. */
export interface Streams {
  /** An event that arrived. */
  take(envelope: EventEnvelope): void
  /** Asks again for what was missed while we were away. */
  resume(epoch: string): void
}

/** What could not be fetched again. Without a session and with `all`: nothing that is shown can be trusted; read it again. */
export interface Gap {
  readonly session: string | undefined
  readonly all: boolean
}

interface Stream {
  last: number
  /** Events behind a gap, while it is being filled. */
  held: EventEnvelope[] | undefined
}

/** Streams whose place we remember, and how many of them are asked for after we were away. */
const maxStreams = 1000
const maxResumed = 32

/** Watches epoch and sequence of every stream (one per session, one for what belongs to none). */
export function openStreams(options: {
  readonly since: (params: MethodParams<'events.since'>) => Promise<MethodResult<'events.since'>>
  readonly deliver: (envelope: EventEnvelope) => void
  readonly gap: (gap: Gap) => void
}): Streams {
  /** Least recently active first. */
  const streams = new Map<string | undefined, Stream>()
  let epoch: string | undefined

  function begin(next: string): void {
    const other = epoch !== undefined
    epoch = next
    streams.clear()
    if (other) options.gap({ session: undefined, all: true })
  }

  function touch(session: string | undefined, last: number): Stream {
    const stream = streams.get(session) ?? { last, held: undefined }
    streams.delete(session)
    streams.set(session, stream)
    if (streams.size > maxStreams) streams.delete(streams.keys().next().value)
    return stream
  }

  function pass(stream: Stream, envelope: EventEnvelope): void {
    if (envelope.seq <= stream.last) return
    stream.last = envelope.seq
    options.deliver(envelope)
  }

  async function fill(session: string | undefined, stream: Stream): Promise<void> {
    stream.held = []
    const asked = epoch!
    const missed = await options
      .since({ ...(session === undefined ? {} : { session }), epoch: asked, seq: stream.last })
      .catch(() => ({ events: [], complete: false }))
    const held = stream.held
    stream.held = undefined
    if (epoch !== asked) return
    if (!missed.complete) options.gap({ session, all: false })
    for (const envelope of [...missed.events, ...held]) pass(stream, envelope)
  }

  return {
    take(envelope) {
      if (envelope.epoch !== epoch) begin(envelope.epoch)
      const stream = touch(envelope.session, envelope.seq - 1)
      if (stream.held) {
        stream.held.push(envelope)
      } else if (envelope.seq > stream.last + 1) {
        void fill(envelope.session, stream)
        stream.held!.push(envelope)
      } else {
        pass(stream, envelope)
      }
    },
    resume(now) {
      if (now !== epoch) return begin(now)
      // Before its first event we do not know our place in a stream; the one of no session everybody watches.
      if (!streams.has(undefined)) options.gap({ session: undefined, all: false })
      const recent = [...streams].reverse()
      for (const [session, stream] of recent.slice(0, maxResumed)) if (!stream.held) void fill(session, stream)
      for (const [session] of recent.slice(maxResumed)) {
        streams.delete(session)
        options.gap({ session, all: false })
      }
    },
  }
}
