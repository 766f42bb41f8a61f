import { withSleep, type Clock } from '@openclaw/kernel'

/** A clock that stands still until it is told to go on. */
export interface FakeClock extends Clock {
  /**
   * Goes on by so many milliseconds. Timers that come due run in the order of their moments, each at its own moment,
   * and what they set off settles before the next one runs. Work that waits for the disk or a process is not waited for.
   */
  advance(ms: number): Promise<void>
}

interface Timer {
  readonly at: number
  readonly call: () => void
}

/** A clock that shows `now` (milliseconds since 1970). */
export function fakeClock(options: { now?: number } = {}): FakeClock {
  const startMs = options.now ?? Date.UTC(2026, 0, 1)
  const timers = new Set<Timer>()
  let nowMs = startMs

  const after = (ms: number, call: () => void): Disposable => {
    const timer = { at: nowMs + Math.max(0, ms), call }
    timers.add(timer)
    return { [Symbol.dispose]: () => void timers.delete(timer) }
  }

  return {
    ...withSleep({ now: () => nowMs, monotonic: () => nowMs - startMs, after }),
    async advance(ms) {
      const target = nowMs + ms
      await settle()
      for (;;) {
        const next = earliest(timers)
        if (!next || next.at > target) break
        timers.delete(next)
        nowMs = Math.max(nowMs, next.at)
        next.call()
        await settle()
      }
      nowMs = target
      await settle()
    },
  }
}

function earliest(timers: ReadonlySet<Timer>): Timer | undefined {
  let first: Timer | undefined
  // A set keeps the order of setting, so of two timers of one moment the one set first is first.
  for (const timer of timers) if (!first || timer.at < first.at) first = timer
  return first
}

/** Lets promises and what they set off come to rest, as far as no disk is involved. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}
