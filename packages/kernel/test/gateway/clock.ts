import type { Clock, Platform } from '../../src/platform.ts'
import { withSleep } from '../../src/platform/clock.ts'
import { realPlatform } from '../../src/platform/real.ts'

/** This machine, with a clock that stands until it is moved. Timers that fall due fire in order. */
export function handPlatform(): Platform & { forward(ms: number): void } {
  let now = Date.UTC(2030, 0, 1)
  const timers = new Set<{ due: number; call: () => void }>()
  const clock: Clock = withSleep({
    now: () => now,
    monotonic: () => now,
    after(ms, call) {
      const timer = { due: now + ms, call }
      timers.add(timer)
      return { [Symbol.dispose]: () => void timers.delete(timer) }
    },
  })
  return {
    ...realPlatform(),
    clock,
    forward(ms) {
      const end = now + ms
      for (;;) {
        const [next] = [...timers].filter(({ due }) => due <= end).sort((a, b) => a.due - b.due)
        if (!next) break
        timers.delete(next)
        now = next.due
        next.call()
      }
      now = end
    },
  }
}
