import type { Log } from '@openclaw/sdk'
import { takePulse } from './pulse.ts'
import type { Clock } from '../platform.ts'

/** One life of a process: what its supervisor must know of it. */
export interface Life {
  readonly pid: number | undefined
  /** Resolves with how it ended, when nothing of it is left. */
  readonly over: Promise<string>
  ping(): Promise<unknown>
  /** Ends it now, by force; `why` is then how it ended. */
  end(why?: string): void
  /** Asks it to end in order. */
  leave(): void
}

/** A process that is kept alive. */
export interface Supervised<L extends Life> extends AsyncDisposable {
  /** `starting` also while it waits to be started again; `stopped` before `start` and after the end. */
  readonly state: 'stopped' | 'starting' | 'ready' | 'parked'
  readonly restarts: number
  /** Why the last one ended. */
  readonly reason: string | undefined
  readonly life: L | undefined
  /** Starts it when it was never started. A parked one stays parked. */
  start(): void
  /** Ends the one that is there and starts a fresh one at once, also when it was parked. */
  restart(why: string): void
  /** Ends it for good, until `restart`. */
  park(why: string): void
  /** Resolves once the end of a life is known to whoever supervises it. */
  buried(life: L): Promise<void>
}

const pulse = { everyMs: 500, misses: 3, startMs: 20_000 }
const backoffMs = [50, 250, 1000, 2000, 4000]
const deathsToPark = backoffMs.length
const windowMs = 60_000
/** One that was asked to go has this long before it is made to. */
export const farewellMs = 2000

/**
 * Keeps a process alive: it is pinged, killed when it misses three pings, started again with growing pauses, and parked
 * after five deaths within a minute. Nothing runs before `start`.
 */
export function supervise<L extends Life>(options: {
  /** What it is, e.g. `the agent process`. */
  readonly name: string
  /** What a person does about a parked one. */
  readonly remedy: string
  readonly clock: Clock
  readonly log: Log
  begin(): Promise<L>
  /** It was asked for what takes long, and may be silent meanwhile. */
  busy?(): boolean
  /** A fresh one answers. */
  onUp?(life: L): void
  /** It died, and another one is being started. */
  onLost?(reason: string): void
  /** It died too often and is not started again until `restart`. */
  onDown?(why: string): void
}): Supervised<L> {
  const { name, remedy, clock, log } = options
  let state: Supervised<L>['state'] = 'stopped'
  let restarts = 0
  let reason: string | undefined
  let current: { readonly life: L; readonly buried: PromiseWithResolvers<void> } | undefined
  const graves = new WeakMap<L, Promise<void>>()
  let wait: Disposable | undefined
  let closed = false
  /** The next end was asked for and counts as no death. */
  let asked: 'replace' | 'park' | undefined
  let deaths: number[] = []

  async function live(): Promise<void> {
    state = 'starting'
    let life: L
    try {
      life = await options.begin()
    } catch (thrown) {
      return died(thrown instanceof Error ? thrown.message : String(thrown))
    }
    const mine = { life, buried: Promise.withResolvers<void>() }
    graves.set(life, mine.buried.promise)
    current = mine
    if (closed) life.end()
    using _pulse = takePulse({
      ...pulse,
      clock,
      async ping() {
        await life.ping()
        if (state !== 'starting' || current !== mine) return
        state = 'ready'
        options.onUp?.(life)
      },
      busy: () => options.busy?.() === true,
      onDead: (silentMs) => life.end(`it did not answer for ${Math.round(silentMs)} ms and was killed`),
    })
    const how = await life.over
    if (current === mine) current = undefined
    died(how)
    mine.buried.resolve()
  }

  function died(how: string): void {
    const why = asked
    asked = undefined
    if (closed) {
      reason = how
      state = 'stopped'
      return
    }
    if (why === 'park') return
    reason = how
    if (why === 'replace') {
      options.onLost?.(how)
      return go()
    }
    const now = clock.monotonic()
    deaths = [...deaths.filter((at) => now - at < windowMs), now]
    if (deaths.length >= deathsToPark) {
      state = 'parked'
      const told = `${name} died ${deaths.length} times within a minute: ${how}; see the log, then ${remedy}`
      log.error(told)
      return options.onDown?.(told)
    }
    state = 'starting'
    log.warn(`${name} died: ${how}; starting it again`)
    options.onLost?.(how)
    wait = clock.after(backoffMs[deaths.length - 1]!, go)
  }

  function go(): void {
    wait?.[Symbol.dispose]()
    wait = undefined
    if (reason !== undefined) restarts++
    live().catch((thrown: unknown) => log.error(`${name} could not be supervised`, { error: String(thrown) }))
  }

  return {
    get state() {
      return state
    },
    get restarts() {
      return restarts
    },
    get reason() {
      return reason
    },
    get life() {
      return current?.life
    },
    start() {
      if (state === 'stopped' && !closed) go()
    },
    restart(why) {
      if (closed) return
      deaths = []
      log.info(`${name} is restarted: ${why}`)
      if (current) {
        asked = 'replace'
        current.life.end()
      } else if (wait || state !== 'starting') go()
    },
    park(why) {
      if (closed || state === 'parked') return
      wait?.[Symbol.dispose]()
      wait = undefined
      state = 'parked'
      reason = why
      if (current) {
        asked = 'park'
        current.life.end()
      }
      options.onDown?.(why)
    },
    buried: async (life) => graves.get(life),
    async [Symbol.asyncDispose]() {
      closed = true
      wait?.[Symbol.dispose]()
      const mine = current
      if (!mine) {
        state = 'stopped'
        return
      }
      mine.life.leave()
      using _late = clock.after(farewellMs, () => mine.life.end())
      await mine.life.over
      state = 'stopped'
    },
  }
}
