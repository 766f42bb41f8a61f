import { performance } from 'node:perf_hooks'
import type { Clock } from '../platform.ts'

/** The longest delay that `setTimeout` takes; a longer one would fire at once. */
const longestMs = 2 ** 31 - 1

/** The machine's own clock. */
export function realClock(): Clock {
  return withSleep({
    now: () => Date.now(),
    monotonic: () => performance.now(),
    after(ms, call) {
      let timer: NodeJS.Timeout
      const wait = (left: number): void => {
        timer = setTimeout(() => (left > longestMs ? wait(left - longestMs) : call()), Math.min(left, longestMs))
        timer.unref()
      }
      wait(Math.max(0, ms))
      return { [Symbol.dispose]: () => clearTimeout(timer) }
    },
  })
}

/** Adds `sleep` to a clock that has `after`, so that every clock sleeps alike. */
export function withSleep(clock: Omit<Clock, 'sleep'>): Clock {
  return {
    ...clock,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        const timer = clock.after(ms, () => {
          signal?.removeEventListener('abort', abort)
          resolve()
        })
        const abort = (): void => {
          timer[Symbol.dispose]()
          reject(signal?.reason)
        }
        signal?.addEventListener('abort', abort, { once: true })
      })
    },
  }
}
