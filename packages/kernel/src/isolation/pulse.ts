import type { Clock } from '../platform.ts'

/** How a process's pulse is taken. */
export interface PulseOptions {
  readonly clock: Clock
  readonly everyMs: number
  readonly misses: number
  /** How long the first answer may take: a cold start on a slow machine. */
  readonly startMs: number
  ping(): Promise<unknown>
  /** It does what takes long, such as importing a module: an answer may take as long as the first one. Never, if absent. */
  busy?(): boolean
  /** Called once, when it does not answer any more. */
  onDead(silentMs: number): void
}

/** Asks a process again and again whether it is there, until disposed. One question waits at a time. */
export function takePulse({ clock, everyMs, misses, startMs, ping, busy, onDead }: PulseOptions): Disposable {
  let asked = clock.monotonic()
  let answered = false
  let waiting = false
  let missed = 0
  let timer: Disposable | undefined
  let over = false

  function ask() {
    waiting = true
    asked = clock.monotonic()
    ping().then(
      () => {
        waiting = false
        answered = true
        missed = 0
      },
      // The wire closed; its owner knows.
      () => {},
    )
  }
  function tick() {
    if (over) return
    const patient = !answered || busy?.() === true
    if (waiting) missed = patient ? 0 : missed + 1
    const dead = patient ? waiting && clock.monotonic() - asked >= startMs : missed >= misses
    if (dead) {
      over = true
      return onDead(clock.monotonic() - asked)
    }
    if (!waiting) ask()
    timer = clock.after(everyMs, tick)
  }
  ask()
  timer = clock.after(everyMs, tick)
  return {
    [Symbol.dispose]() {
      over = true
      timer?.[Symbol.dispose]()
    },
  }
}
