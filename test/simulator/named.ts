import type { Plan } from '@openclaw/testing/simulator'
import { failSyncs } from './faults.ts'

/** A bug that the simulator found, by the seed that found it. It stays, so that the bug does not come back. */
export interface Named {
  readonly name: string
  readonly seed: number
  /** What is different from what the seed plans. */
  readonly change?: (plan: Plan) => Plan
}

/** Every bug that was found so far. A change of what seeds mean needs new seeds for them. */
export const named: readonly Named[] = [
  {
    name: 'R5: a loss of power kept later lines of a journal and lost earlier ones, which no start gave back',
    seed: 2,
  },
  {
    name: 'R2: a message that a killed gateway had written and not synced was acknowledged before it was on the disk',
    seed: 15,
  },
  {
    name: 'R8: a message was sent twice where a look for it was answered with "wait"',
    seed: 538,
  },
  {
    name: 'R6: a disk that was full while the plugins were set up left a gateway that never connected',
    seed: 165,
  },
  {
    name: 'R5: a message that became durable while the gateway stopped left a torn line in its journal',
    seed: 1045,
  },
  {
    name: 'R6: a receipt that the disk refused was counted as a failure to send, and held up what was owed',
    seed: 266,
    change: (plan) => ({ ...plan, ends: [], drops: [], rough: 0.3 }),
  },
  {
    name: 'R2: a message whose sync had failed was acknowledged after a start that could read it, and was not on the disk',
    seed: 12,
    change: (plan) => failSyncs(plan, 12),
  },
  {
    name: 'R5: a journal whose sync had failed counted as being on the disk, as the next sync of it did not fail',
    seed: 408,
    change: (plan) => failSyncs(plan, 408),
  },
  {
    name: 'R1 R6: a run that somebody stopped while the disk was full was in no lane any more, and never ended',
    seed: 1081,
  },
]
