import type { AnyLine } from '@openclaw/protocol'
import { fold, type Context } from './context.ts'

/** Live lines, and where the live ones begin. */
export interface LiveLines {
  readonly lines: readonly AnyLine[]
  readonly first: number
}

/** Live lines after a sequence. */
export type PullLines = (session: string, after: number, upto: number) => Promise<LiveLines>

/** Lines that came without being asked for. */
export type News = LiveLines & { readonly after: number }

/** The contexts of sessions that were used lately. */
export interface Memory {
  /** The durable context as far as `seq`; pulls what it lacks and is not among the `news`. Fork it to add to it. */
  recall(session: string, seq: number, news?: News): Promise<Context>
  forget(session: string): void
}

/** Opens a cache of at most `maxBytes` of journal text; the least lately used sessions go first. */
export function openMemory(pull: PullLines, maxBytes: number): Memory {
  const contexts = new Map<string, Context>()
  let bytes = 0
  const drop = (session: string) => {
    bytes -= contexts.get(session)?.bytes ?? 0
    contexts.delete(session)
  }
  return {
    async recall(session, seq, news) {
      const known = contexts.get(session)
      if (known && known.seq >= seq) {
        contexts.delete(session)
        contexts.set(session, known)
        return known
      }
      const from = known?.seq ?? 0
      const { lines, first } = news && news.after <= from ? news : await pull(session, from, seq)
      // Somebody else may have pulled meanwhile; then these lines are partly known.
      const current = contexts.get(session)
      drop(session)
      const stale = (current?.lines[0]?.seq ?? first) < first
      const kept = (current?.lines ?? []).filter((line) => line.seq >= first && line.seq < (lines[0]?.seq ?? Infinity))
      const context = current && !stale ? current : fold([...kept, ...lines])
      for (const line of lines) if (line.seq > context.seq) context.add(line)
      contexts.set(session, context)
      bytes += context.bytes
      for (const oldest of contexts.keys()) {
        if (bytes <= maxBytes || oldest === session) break
        drop(oldest)
      }
      return context
    },
    forget: drop,
  }
}
