import type { Clock } from '@openclaw/sdk'

/** Paces what we write: some lines at once after a rest, then one at a time. */
export interface Flood {
  /**
   * Resolves when the next line may be written, in the order of asking; `urgent` ones come before all others. Rejects
   * with the signal's reason when it aborts first.
   */
  take(signal: AbortSignal, urgent?: boolean): Promise<void>
  /** Takes a line only when one is free now. */
  spare(): boolean
}

interface Waiter {
  go(): void
}

/** A token bucket of `burst` lines that gains one every `everyMs`. With `everyMs` 0 nothing ever waits. */
export function floodLimit(clock: Clock, { burst, everyMs }: { burst: number; everyMs: number }): Flood {
  const waiting: { readonly urgent: Waiter[]; readonly usual: Waiter[] } = { urgent: [], usual: [] }
  let lines = burst
  let countedMs = clock.monotonic()
  let timer: Disposable | undefined

  function count() {
    const nowMs = clock.monotonic()
    const gained = everyMs === 0 ? burst : Math.floor((nowMs - countedMs) / everyMs)
    if (gained === 0) return
    lines = Math.min(burst, lines + gained)
    // What is left of the time counts towards the next line, unless the bucket is full.
    countedMs = lines === burst ? nowMs : countedMs + gained * everyMs
  }

  function serve() {
    timer?.[Symbol.dispose]()
    timer = undefined
    count()
    while (lines > 0) {
      const next = waiting.urgent.shift() ?? waiting.usual.shift()
      if (!next) return
      lines--
      next.go()
    }
    if (waiting.urgent.length + waiting.usual.length > 0)
      timer = clock.after(countedMs + everyMs - clock.monotonic(), serve)
  }

  return {
    take(signal, urgent = false) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const queue = urgent ? waiting.urgent : waiting.usual
      const stop = () => {
        const at = queue.indexOf(waiter)
        if (at !== -1) queue.splice(at, 1)
        reject(signal.reason)
      }
      const waiter: Waiter = {
        go() {
          signal.removeEventListener('abort', stop)
          resolve()
        },
      }
      if (signal.aborted) {
        stop()
        return promise
      }
      signal.addEventListener('abort', stop, { once: true })
      queue.push(waiter)
      serve()
      return promise
    },
    spare() {
      count()
      if (lines === 0 || waiting.urgent.length + waiting.usual.length > 0) return false
      lines--
      return true
    },
  }
}
