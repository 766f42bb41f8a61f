import { report, simulate } from '@openclaw/testing/simulator'
import { expect } from 'vitest'

/** Runs seeds, and fails with the first that breaks a promise, and with what happened in it. */
export async function runSeeds(from: number, upto: number): Promise<void> {
  for (let seed = from; seed <= upto; seed++) {
    const simulated = await simulate(seed)
    if (simulated.broken.length > 0) expect.fail(report(simulated))
  }
}
