import { hash } from 'node:crypto'
import { failure, type Content, type Limits, type Usage } from '@openclaw/protocol'

/** Keeps one run within its bounds. Each check throws the failure with which the run then ends, marked `limit`. */
export interface Budget {
  readonly usage: Usage
  spend(usage: Usage): void
  /** Before a model call. */
  beforeCall(): void
  /** After a step: its calls with what came of them, in source order. */
  afterStep(
    calls: readonly {
      readonly name: string
      readonly input: unknown
      readonly content: readonly Content[]
      readonly failed: boolean
    }[],
  ): void
}

/** A failure that no fallback can mend. */
function over(message: string): Error {
  return Object.assign(failure('aborted', message), { limit: true })
}

/** JSON with sorted keys, so that the same input in another order is the same. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, part: unknown) =>
      typeof part === 'object' && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : part,
    ) ?? 'null'
  )
}

/**
 * Counts what a run uses. A call that is made again and again is a loop: `repeats` times with the same result, twice as
 * often with any, in a row or in turn with others; so are as many steps of which every call failed.
 */
export function openBudget(limits: Limits): Budget {
  const { modelCalls, tokens, costUsd, repeats } = limits
  const usage: Usage = { input: 0, cached: 0, output: 0 }
  const seen = new Map<string, number>()
  let calls = 0
  let failedSteps = 0
  const count = (key: string) => {
    const times = (seen.get(key) ?? 0) + 1
    seen.set(key, times)
    return times
  }
  return {
    usage,
    spend(more) {
      usage.input += more.input
      usage.cached += more.cached
      usage.output += more.output
      if (more.costUsd !== undefined) usage.costUsd = (usage.costUsd ?? 0) + more.costUsd
    },
    beforeCall() {
      const spent = usage.input + usage.output
      if (modelCalls && calls >= modelCalls)
        throw over(`the run was ended after ${modelCalls} model calls; raise limits.modelCalls or ask for less at once`)
      if (tokens && spent >= tokens)
        throw over(`the run was ended after ${spent} tokens; raise limits.tokens or ask for less at once`)
      if (costUsd && (usage.costUsd ?? 0) >= costUsd)
        throw over(
          `the run was ended after ${usage.costUsd!.toFixed(2)} USD; raise limits.costUsd or ask for less at once`,
        )
      calls++
    },
    afterStep(results) {
      if (!repeats || results.length === 0) return
      failedSteps = results.every(({ failed }) => failed) ? failedSteps + 1 : 0
      for (const { name, input, content } of results) {
        const call = `${name} ${hash('sha256', canonical(input), 'hex')}`
        const same = count(`${call} ${hash('sha256', canonical(content), 'hex')}`)
        if (same >= repeats)
          throw over(`the run was ended: it called ${name} ${same} times with the same input and the same result`)
        const times = count(call)
        if (times >= repeats * 2) throw over(`the run was ended: it called ${name} ${times} times with the same input`)
      }
      if (failedSteps >= repeats * 2)
        throw over(`the run was ended: every tool call of its last ${failedSteps} steps failed`)
    },
  }
}
