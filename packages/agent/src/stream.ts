import type { Clock } from './clock.ts'

/** Sends pieces of text on, the first at once and the rest together, every 30 ms or 1 KB. */
export interface Deltas {
  add(kind: 'text' | 'thinking', delta: string): void
  /** Sends what is waiting. */
  flush(): void
}

const everyMs = 30
const everyChars = 1024

/** Joins small pieces so that a fast model does not cost a frame for each token. Order between kinds is kept. */
export function joinDeltas(clock: Clock, send: (kind: 'text' | 'thinking', delta: string) => void): Deltas {
  let kind: 'text' | 'thinking' = 'text'
  let waiting = ''
  let timer: Disposable | undefined
  const flush = () => {
    timer?.[Symbol.dispose]()
    timer = undefined
    const delta = waiting
    waiting = ''
    if (delta) send(kind, delta)
  }
  return {
    add(next, delta) {
      if (!delta) return
      if (next !== kind) flush()
      kind = next
      waiting += delta
      if (waiting.length >= everyChars) flush()
      if (timer) return
      // Nothing was sent for a while: this piece goes at once, and those of the next moments wait for each other.
      flush()
      timer = clock.after(everyMs, () => {
        timer = undefined
        flush()
      })
    },
    flush,
  }
}

/** Calls `send` with the newest value at most every `everyMs`, the first at once. `stop` drops what is waiting. */
export function limitRate<T>(
  clock: Clock,
  ms: number,
  send: (value: T) => void,
): { show(value: T): void; stop(): void } {
  let latest: { value: T } | undefined
  let timer: Disposable | undefined
  const tick = () => {
    timer = undefined
    if (!latest) return
    const { value } = latest
    latest = undefined
    timer = clock.after(ms, tick)
    send(value)
  }
  return {
    show(value) {
      latest = { value }
      if (!timer) tick()
    },
    stop() {
      timer?.[Symbol.dispose]()
      timer = undefined
      latest = undefined
    },
  }
}
