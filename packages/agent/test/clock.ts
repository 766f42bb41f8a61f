import type { Clock } from '../src/index.ts'

/** A clock that goes on when it is told to; timers fire in order. */
export function testClock(): Clock & { advance(ms: number): void; readonly waiting: number } {
  let now = 1_700_000_000_000
  const timers = new Set<{ at: number; call: () => void }>()
  return {
    now: () => now,
    after(ms, call) {
      const timer = { at: now + ms, call }
      timers.add(timer)
      return { [Symbol.dispose]: () => void timers.delete(timer) }
    },
    advance(ms) {
      const end = now + ms
      for (;;) {
        const next = [...timers].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0]
        if (!next) break
        timers.delete(next)
        now = next.at
        next.call()
      }
      now = end
    },
    get waiting() {
      return timers.size
    },
  }
}
