import type { Runner } from '../runs/runner.ts'
import { maySee, type Handlers } from './caller.ts'

/** Runs that were given up, and what becomes of them. */
export function runMethods({
  runner,
}: {
  readonly runner: Pick<Runner, 'parked' | 'more'>
}): Handlers<'runs.parked' | 'runs.resume' | 'runs.drop' | 'runs.more'> {
  const { parked } = runner
  return {
    'runs.parked': (_, caller) => ({ runs: parked.list().filter(({ session }) => maySee(caller, session)) }),
    async 'runs.resume'({ run }) {
      const [first] = await parked.resume(run)
      return { session: first!.session, run: first!.id }
    },
    async 'runs.more'({ session }) {
      const more = await runner.more(session)
      return more ? { raised: true, ...more } : { raised: false, what: 'nothing is at its limit', goOn: false }
    },
    async 'runs.drop'({ run }) {
      await parked.drop(run)
      return { ok: true }
    },
  }
}
