import type { LedgerRecord } from '@openclaw/protocol'
import type { Ledger } from '../ledger/ledger.ts'
import type { Lanes } from './lanes.ts'
import type { Runner } from './runner.ts'

/** Tasks of sub-agents that are not settled, which the session gave itself or which stand anywhere below it. */
export function tasksBelow({ owed }: Pick<Ledger, 'owed'>, session: string): readonly LedgerRecord<'accept'>[] {
  return [...owed.accepts.values()].filter(({ child }) => child?.above.some((one) => one.session === session))
}

/** Stops what is at work in a session, and everything below it. Resolves with what was stopped in the session itself. */
export async function stopTree(
  parts: { readonly lanes: Lanes; readonly ledger: Pick<Ledger, 'owed'>; readonly cancel: Runner['cancel'] },
  session: string,
  reason: string,
  how: { readonly silent?: boolean } = {},
): Promise<readonly string[]> {
  const { lanes } = parts

  async function stop(key: string, silent: boolean, quiet: boolean) {
    const running = lanes.running(key)
    const waiting = lanes.stop(key, reason, quiet)
    if (waiting.length > 0) await parts.cancel(waiting, reason, { silent })
    await running?.settled
    return [...(running ? [running.id] : []), ...waiting.map(({ id }) => id)]
  }
  /** Who stops the parent has no use for what the sub-agents would hand over to it. */
  const below = () =>
    Promise.all(
      [...new Set(tasksBelow(parts.ledger, session).map((one) => one.session))].map((key) => stop(key, true, true)),
    )

  // The run says that it was stopped; what waited behind it need not say so again.
  const silent = how.silent ?? lanes.running(session) !== undefined
  const [stopped] = await Promise.all([stop(session, silent, false), below()])
  // What the run began with its last breath.
  await below()
  return stopped
}
