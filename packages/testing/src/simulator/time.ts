import { hash } from 'node:crypto'
import { withSleep, type Clock } from '@openclaw/kernel'
import type { Draws } from './draws.ts'

/**
 * Simulated time: a queue of what is going to happen. Nothing happens by itself; `step` lets everything settle and then
 * makes one thing happen, which of those that are due is drawn. So how a run goes is a function of the draws alone, as
 * far as nobody waits for anything outside of this queue.
 */
export interface Time {
  readonly nowMs: number
  /** Steps made so far. */
  readonly steps: number
  /** Something that happens after exactly so long, e.g. a timer. */
  after(ms: number, label: string, happen: () => void): Disposable
  /** Something that takes some time between `fromMs` and `uptoMs`: how long is drawn. */
  soon(label: string, happen: () => void, fromMs?: number, uptoMs?: number): Disposable
  /** Makes one thing happen. False when nothing is left to. */
  step(): Promise<boolean>
  /** Writes a line into the trace at this moment. */
  note(text: string): void
  /** What happened, oldest first; the last ones only. */
  readonly trace: readonly string[]
  /** Digest of everything that happened: two runs of one seed have the same. */
  digest(): string
}

interface Event {
  readonly atMs: number
  readonly label: string
  readonly happen: () => void
}

/** Where every simulated run begins. */
export const beginMs = Date.UTC(2026, 0, 1, 12)
/** Lines of trace that are kept. */
const keptLines = 4000

/** Time that stands at {@link beginMs}. */
export function openTime(draws: Draws): Time {
  const events = new Set<Event>()
  let nowMs = beginMs
  let steps = 0
  const trace: string[] = []
  let digest = ''

  const note = (text: string): void => {
    trace.push(`${nowMs - beginMs} ${text}`)
    if (trace.length < 2 * keptLines) return
    digest = hash('sha256', digest + trace.splice(0, keptLines).join('\n'))
  }
  const after = (ms: number, label: string, happen: () => void): Disposable => {
    const event = { atMs: nowMs + Math.max(0, Math.ceil(ms)), label, happen }
    events.add(event)
    return { [Symbol.dispose]: () => void events.delete(event) }
  }
  /** Those that are next; a set keeps the order of setting. */
  const due = (): Event[] => {
    let found: Event[] = []
    for (const event of events) {
      const first = found[0]?.atMs ?? Infinity
      if (event.atMs < first) found = [event]
      else if (event.atMs === first) found.push(event)
    }
    return found
  }

  return {
    get nowMs() {
      return nowMs
    },
    get steps() {
      return steps
    },
    after,
    soon: (label, happen, fromMs = 0, uptoMs = 2) => after(draws.between(fromMs, uptoMs), label, happen),
    async step() {
      await settle(events.size === 0 || steps % stepsPerTurn === 0)
      const found = due()
      if (found.length === 0) return false
      const event = found.length === 1 ? found[0]! : draws.pick(found)
      events.delete(event)
      nowMs = event.atMs
      steps++
      note(event.label)
      event.happen()
      return true
    },
    note,
    get trace() {
      return trace
    },
    digest: () => hash('sha256', digest + trace.join('\n')).slice(0, 16),
  }
}

/** Steps between two turns of the event loop. */
const stepsPerTurn = 16

/**
 * Lets promises come to rest: a tick that is asked for by a promise's reaction runs when no reaction is left
 * (https://nodejs.org/api/process.html#processnexttickcallback-args). Whoever waits for a turn of the event loop gets one
 * now and then, and before it is said that nothing is left.
 */
function settle(turn: boolean): Promise<void> {
  return new Promise((resolve) => (turn ? setImmediate(resolve) : process.nextTick(resolve)))
}

/** A clock that shows simulated time, for who lives as long as `alive` says. */
export function clockOf(time: Time, alive: () => boolean): Clock {
  const startMs = time.nowMs
  return withSleep({
    now: () => time.nowMs,
    monotonic: () => time.nowMs - startMs,
    after: (ms, call) => time.after(ms, 'timer', () => alive() && call()),
  })
}
