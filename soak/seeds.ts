import { report, simulate } from '@openclaw/testing/simulator'
import { say } from '../scripts/lib/say.mjs'

/** What `pnpm soak --seeds` ends with. */
export interface Seeds {
  readonly seeds: number
  readonly failures: number
  readonly firstFailure: number | null
}

const every = 1000

/** Runs so many seeds of the simulator, and reports those that break a promise; of a single one everything. */
export async function soakSeeds({ seeds, from }: { seeds: number; from: number }): Promise<Seeds> {
  let failures = 0
  let firstFailure: number | null = null
  for (let seed = from; seed < from + seeds; seed++) {
    const simulated = await simulate(seed)
    if (simulated.broken.length > 0) {
      failures++
      firstFailure ??= seed
    }
    if (simulated.broken.length > 0 || seeds === 1) say(report(simulated, seeds === 1 ? Infinity : undefined))
    const done = seed - from + 1
    if (done % every === 0) say(`${done} of ${seeds} seeds, ${failures} broke a promise`)
  }
  return { seeds, failures, firstFailure }
}
