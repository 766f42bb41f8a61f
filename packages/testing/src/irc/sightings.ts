import type { Peer } from '@openclaw/protocol'
import type { Seen } from '../channel/counterpart.ts'

/**
 * Puts together what people saw: IRC has lines, and a message of ours is all lines that were written before the token that
 * names it. A message stands there when its last line arrived with people.
 */
export interface Sightings {
  readonly seen: readonly Seen[]
  /** A line went to the server. */
  wrote(target: string): void
  /** The server refused the last of them. */
  refused(target: string): void
  /** A message ended: its name went to the server. */
  named(target: string, message: string): void
  /** A line arrived with somebody. */
  arrived(target: string, peer: Peer, text: string, raw: string): void
  /** The connection is over: what was not named by now never will be. */
  broken(): void
  waitSeen(count: number): Promise<Seen>
}

interface Stream {
  /** Lines since the last name. */
  open: number
  readonly named: { readonly message: string; readonly lines: number }[]
  readonly arrived: { readonly peer: Peer; readonly text: string; readonly raw: string }[]
}

export function openSightings(): Sightings {
  const seen: Seen[] = []
  const streams = new Map<string, Stream>()
  const waiting = new Set<() => void>()
  let unnamed = 0

  function streamOf(target: string): Stream {
    const stream = streams.get(target) ?? { open: 0, named: [], arrived: [] }
    streams.set(target, stream)
    return stream
  }
  function look(stream: Stream) {
    for (;;) {
      const next = stream.named[0]
      if (!next || stream.arrived.length < next.lines) return
      stream.named.shift()
      const lines = stream.arrived.splice(0, next.lines)
      seen.push({
        message: next.message,
        peer: lines[0]!.peer,
        text: lines.map(({ text }) => text).join('\n'),
        raw: lines.map(({ raw }) => raw).join('\r\n'),
        files: [],
        choices: [],
        edits: 0,
      })
      for (const tell of waiting) tell()
    }
  }
  function name(stream: Stream, message: string) {
    if (stream.open === 0) return
    stream.named.push({ message, lines: stream.open })
    stream.open = 0
    look(stream)
  }

  return {
    seen,
    wrote: (target) => void streamOf(target).open++,
    refused(target) {
      const stream = streamOf(target)
      if (stream.open > 0) stream.open--
    },
    named: (target, message) => name(streamOf(target), message),
    arrived(target, peer, text, raw) {
      streamOf(target).arrived.push({ peer, text, raw })
      look(streamOf(target))
    },
    broken() {
      for (const stream of streams.values()) name(stream, `unnamed-${++unnamed}`)
    },
    async waitSeen(count) {
      while (seen.length < count) {
        await new Promise<void>((resolve) => {
          const tell = () => {
            waiting.delete(tell)
            resolve()
          }
          waiting.add(tell)
        })
      }
      return seen[count - 1]!
    },
  }
}
