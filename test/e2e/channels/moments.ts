import { setTimeout as pause } from 'node:timers/promises'
import type { Counterpart } from '@openclaw/testing'

/** A step that does not come for so long is not waited for any more. */
const nextStepMs = 8000
const longestRandomMs = 600

/** When to kill: before each step of a conversation in turn, now and then before one of a connection, or at any moment. */
export interface Moments {
  /** The n-th kill's, counted from 1: a step's name, or undefined for a random moment. */
  pick(kill: number): string | undefined
  /** Calls `kill` at that moment, while the platform waits before its step; resolves with what it was. */
  meet(step: string | undefined, kill: () => Promise<void>): Promise<string>
}

/** The steps in an order that `random` decides. */
export function openMoments(
  counterpart: Counterpart,
  steps: { readonly connecting: ReadonlySet<string>; readonly talking: ReadonlySet<string> },
  random: () => number,
): Moments {
  const talking = shuffle([...steps.talking], random)
  const connecting = shuffle(
    [...steps.connecting].filter((step) => !steps.talking.has(step)),
    random,
  )
  return {
    pick(kill) {
      if (kill % 4 === 0) return undefined
      const list = kill % 4 === 3 && connecting.length > 0 ? connecting : talking
      const step = list.shift()
      // Each in its turn, and from the beginning when all were met.
      if (step !== undefined) list.push(step)
      return step
    },
    async meet(wanted, kill) {
      const alive = Promise.withResolvers<void>()
      const dead = Promise.withResolvers<void>()
      let skip = Math.floor(random() * 2)
      let over = false
      using _steps = counterpart.onStep(async (step) => {
        alive.resolve()
        if (over || step !== wanted || skip-- > 0) return
        over = true
        await kill()
        dead.resolve()
      })
      const wait = wanted === undefined ? random() * longestRandomMs : nextStepMs
      await Promise.race([dead.promise, alive.promise.then(() => pause(wait))])
      if (over) return dead.promise.then(() => wanted!)
      over = true
      await kill()
      return 'a random moment'
    },
  }
}

function shuffle<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((one) => ({ one, at: random() }))
    .toSorted((left, right) => left.at - right.at)
    .map(({ one }) => one)
}
