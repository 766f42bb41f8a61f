import type { Inbound } from '@openclaw/protocol'

/** Answers that programs get in a row before a person must speak. */
const mostInARow = 3
/** After so long without a program's message, counting begins anew. */
const forgottenMs = 600_000
/** Conversations that are watched at once; the one that was silent longest is forgotten. */
const mostPeers = 10_000

/** Keeps two programs from answering each other for ever. */
export interface LoopGuard {
  /** True when this message would be the next turn of such a loop. Counts it otherwise. */
  turns(channel: string, account: string, event: Inbound, now: number): boolean
}

/** A guard that has seen nothing. */
export function openLoopGuard(): LoopGuard {
  /** Oldest use first, as a map keeps the order in which keys were put in. */
  const rows = new Map<string, { count: number; at: number }>()
  return {
    turns(channel, account, { peer, sender }, now) {
      if (!sender.bot && rows.size === 0) return false
      const key = JSON.stringify([channel, account, peer.kind, peer.id, peer.thread])
      const row = rows.get(key)
      rows.delete(key)
      if (!sender.bot) return false
      const count = row && now - row.at < forgottenMs ? row.count : 0
      rows.set(key, { count: count + 1, at: now })
      const [oldest] = rows.keys()
      if (rows.size > mostPeers && oldest !== undefined) rows.delete(oldest)
      return count >= mostInARow
    },
  }
}
