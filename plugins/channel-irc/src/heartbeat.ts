import { failure, type Clock } from '@openclaw/sdk'
import type { Timing } from './timing.ts'
import type { Wire } from './wire.ts'

/** Knows whether the server is still there. */
export interface Heartbeat extends Disposable {
  /**
   * Resolves when the server has done everything that was written before: it answers a PING with `token`. Rejects with
   * the signal's reason, or with `unavailable` when the connection ends first.
   */
  roundTrip(token: string, signal: AbortSignal): Promise<void>
}

/** Watches a connection, and cuts it when the server has been silent for too long. */
export function watchOver(wire: Wire, clock: Clock, { silentMs, deadMs }: Timing): Heartbeat {
  const waiting = new Map<string, PromiseWithResolvers<void>>()
  let heardMs = clock.monotonic()
  const lines = wire.onLine(({ command, params }) => {
    heardMs = clock.monotonic()
    if (command !== 'PONG') return
    waiting.get(params.at(-1) ?? '')?.resolve()
  })

  let timer = clock.after(silentMs / 4, look)
  function look() {
    if (wire.over) return
    timer = clock.after(silentMs / 4, look)
    const silence = clock.monotonic() - heardMs
    if (silence >= deadMs) wire.cut(`the server has been silent for ${Math.round(silence / 1000)} seconds`)
    else if (silence >= silentMs) wire.write(`PING :${wire.id}`)
  }

  void wire.closed.then((why) => {
    timer[Symbol.dispose]()
    for (const { reject } of waiting.values())
      reject(failure('unavailable', `${wire.name}: no answer came before the connection ended: ${why}`))
  })
  return {
    async roundTrip(token, signal) {
      signal.throwIfAborted()
      const answer = Promise.withResolvers<void>()
      const stop = () => answer.reject(signal.reason)
      waiting.set(token, answer)
      signal.addEventListener('abort', stop, { once: true })
      try {
        wire.write(`PING :${token}`)
        await answer.promise
      } finally {
        waiting.delete(token)
        signal.removeEventListener('abort', stop)
      }
    },
    [Symbol.dispose]() {
      timer[Symbol.dispose]()
      lines[Symbol.dispose]()
    },
  }
}
