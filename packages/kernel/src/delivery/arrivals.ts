import type { Failure } from '@openclaw/protocol'

/** What became of a delivery; `queued`: nothing yet. */
export interface Arrival {
  readonly state: 'sent' | 'queued' | 'dead' | 'cancelled'
  /** The platform's ids of what arrived in this process. */
  readonly messages: readonly string[]
  readonly failure?: Failure
}

/** Tells who waits for a delivery what became of it. Nothing is kept of those for which nobody waits. */
export interface Arrivals {
  /** Begins to look; ask before the delivery is queued. Resolves with its end, or as `queued` when the signal aborts. */
  wait(delivery: string, signal: AbortSignal): Promise<Arrival>
  /** A chunk arrived. */
  add(delivery: string, messages: readonly string[]): void
  end(delivery: string, state: Exclude<Arrival['state'], 'queued'>, failure?: Failure): void
}

export function openArrivals(): Arrivals {
  const waiting = new Map<string, { readonly messages: string[]; tell(arrival: Arrival): void }>()
  return {
    async wait(delivery, signal) {
      const { promise, resolve } = Promise.withResolvers<Arrival>()
      const messages: string[] = []
      waiting.set(delivery, { messages, tell: resolve })
      const leave = () => resolve({ state: 'queued', messages })
      signal.addEventListener('abort', leave, { once: true })
      if (signal.aborted) leave()
      try {
        return await promise
      } finally {
        signal.removeEventListener('abort', leave)
        waiting.delete(delivery)
      }
    },
    add: (delivery, messages) => void waiting.get(delivery)?.messages.push(...messages),
    end(delivery, state, failure) {
      const one = waiting.get(delivery)
      one?.tell({ state, messages: one.messages, ...(failure ? { failure } : {}) })
    },
  }
}
