import { failure, type MethodResult } from '@openclaw/protocol'
import type { Ledger } from '../ledger/ledger.ts'
import type { Platform } from '../platform.ts'

/** How a run ended, for who waits for it. */
export type Outcome = MethodResult<'agent.wait'>

/** Tells waiters how runs ended: the last thousand in memory, older ones from the ledger, without their text. */
export interface Outcomes {
  settle(accept: string, outcome: Outcome): void
  wait(accept: string, timeoutMs: number, signal?: AbortSignal): Promise<Outcome>
}

/** Ends that are remembered with their text: so many, and so many characters in all. */
const remembered = { count: 1000, chars: 4_000_000 }

export function openOutcomes(parts: { platform: Platform; ledger: Ledger }): Outcomes {
  const recent = new Map<string, Outcome>()
  let chars = 0
  const waiters = new Map<string, Set<(outcome: Outcome) => void>>()
  return {
    settle(accept, outcome) {
      recent.set(accept, outcome)
      chars += outcome.text?.length ?? 0
      for (const [oldest, { text }] of recent) {
        if (recent.size === 1 || (recent.size <= remembered.count && chars <= remembered.chars)) break
        recent.delete(oldest)
        chars -= text?.length ?? 0
      }
      for (const tell of waiters.get(accept) ?? []) tell(outcome)
      waiters.delete(accept)
    },
    async wait(accept, timeoutMs, signal) {
      const known = recent.get(accept)
      if (known) return known
      const owed = parts.ledger.owed.accepts.get(accept)
      const settled = parts.ledger.outcome(accept)
      if (settled) {
        const { outcome: status, failure: why } = settled
        return { run: accept, session: '', status, ...(why ? { failure: why } : {}) }
      }
      if (!owed) throw failure('not_found', `agent.wait: no run ${accept} is known; it may be older than a week`)
      const pending: Outcome = { run: accept, session: owed.session, status: 'pending' }
      if (timeoutMs === 0) return pending
      const { promise, resolve } = Promise.withResolvers<Outcome>()
      const set = waiters.get(accept) ?? new Set()
      waiters.set(accept, set.add(resolve))
      using _timer = parts.platform.clock.after(timeoutMs, () => resolve(pending))
      const leave = () => resolve(pending)
      signal?.addEventListener('abort', leave, { once: true })
      try {
        return await promise
      } finally {
        signal?.removeEventListener('abort', leave)
        set.delete(resolve)
        if (set.size === 0 && waiters.get(accept) === set) waiters.delete(accept)
      }
    },
  }
}
