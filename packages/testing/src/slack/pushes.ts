import { setTimeout as sleep } from 'node:timers/promises'
import type { Faults, Steps } from './faults.ts'

/** The kinds of what Slack gives an app (https://docs.slack.dev/apis/events-api/using-socket-mode#events). */
export type PushKind = 'events_api' | 'slash_commands' | 'interactive'

/** Something that Slack gives an app until the app says that it has it. */
export interface Push {
  readonly id: string
  readonly kind: PushKind
  readonly payload: Record<string, unknown>
}

/** How pushes reach the app: over its sockets, or as requests. */
export interface Carrier {
  /**
   * Gives it once and resolves with the app's answer. Rejects, with Slack's word for it, when it was not taken within
   * `withinMs`.
   */
  carry(
    push: Push,
    attempt: { number: number; reason: string },
    withinMs: number,
    signal: AbortSignal,
  ): Promise<unknown>
}

/** Everything that is on its way to the app. */
export interface Pushes extends Disposable {
  /** Resolves with the app's answer; with undefined when it was given up. */
  push(kind: PushKind, payload: Record<string, unknown>): Promise<unknown>
  /** Resolves when nothing is on its way. */
  settled(): Promise<void>
  readonly givenUp: number
}

/** Gives in order of pushing, waits for nobody's answer before the next, and gives again what was not taken. */
export function openPushes(parts: {
  carrier: Carrier
  faults: Faults
  steps: Steps
  retryMs: readonly number[]
}): Pushes {
  const { carrier, faults, steps, retryMs } = parts
  const closing = new AbortController()
  const pending = new Set<Promise<unknown>>()
  let held: (() => void) | undefined
  let count = 0
  let givenUp = 0

  async function give(push: Push): Promise<unknown> {
    // Only events are given again: https://docs.slack.dev/apis/events-api#retries
    const limits = push.kind === 'events_api' ? retryMs : retryMs.slice(0, 1)
    let reason = ''
    for (const [number, withinMs] of limits.entries()) {
      const began = performance.now()
      try {
        return await carrier.carry(push, { number, reason }, withinMs, closing.signal)
      } catch (error) {
        if (closing.signal.aborted) return undefined
        reason = error instanceof Error ? error.message : String(error)
        await sleep(Math.max(0, withinMs - (performance.now() - began)), undefined, { signal: closing.signal }).catch(
          () => {},
        )
      }
    }
    givenUp++
    return undefined
  }

  async function start(push: Push, times: number, before: Promise<void> | undefined): Promise<unknown> {
    await before
    if (faults.delayMs > 0) await sleep(faults.delayMs, undefined, { signal: closing.signal }).catch(() => {})
    await steps.reach('push')
    const given = Array.from({ length: times }, () => give(push))
    const [answer] = await Promise.all(given)
    await steps.reach('pushed')
    return answer
  }

  return {
    get givenUp() {
      return givenUp
    },
    push(kind, payload) {
      const push: Push = { id: `envelope-${++count}`, kind, payload }
      const times = faults.times
      faults.times = 1
      let before: Promise<void> | undefined
      const release = held
      held = undefined
      if (faults.reorder && !release) {
        faults.reorder = false
        before = new Promise((resolve) => (held = resolve))
      }
      const answer = start(push, times, before)
      const done = answer.finally(() => pending.delete(done))
      pending.add(done)
      // The one that waited goes once this one is on its way.
      if (release) setImmediate(release)
      return answer
    },
    async settled() {
      while (pending.size > 0) await Promise.all(pending)
    },
    [Symbol.dispose]() {
      closing.abort()
      held?.()
    },
  }
}
