import type { Runner } from '../runs/runner.ts'
import { maySee, type Handlers } from './caller.ts'

/** Runs that were given up, and what becomes of them. */
export function runMethods({
  runner,
}: {
  readonly runner: Pick<Runner, 'parked'>
}): Handlers<'runs.parked' | 'runs.resume' | 'runs.drop'> {
  const { parked } = runner
  return {
    'runs.parked': (_, caller) => ({ runs: parked.list().filter(({ session }) => maySee(caller, session)) }),
    async 'runs.resume'({ run }) {
      const [first] = await parked.resume(run)
      return { session: first!.session, run: first!.id }
    },
    async 'runs.drop'({ run }) {
      await parked.drop(run)
      return { ok: true }
    },
  }
}
