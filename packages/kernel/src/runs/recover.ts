import { isLine, type LedgerRecord } from '@openclaw/protocol'
import type { Ledger } from '../ledger/ledger.ts'
import type { Sessions } from '../sessions/sessions.ts'

type Accept = LedgerRecord<'accept'>

/** What an earlier process accepted and did not settle, as it must go on. */
export interface Recovered {
  /** Runs that had begun, with what they took: they go on from their last committed step. */
  readonly resumed: readonly { readonly run: string; readonly accepts: readonly Accept[] }[]
  /** Accepted and never begun. */
  readonly waiting: readonly Accept[]
  /** In work at two deaths already: they might be what kills us. */
  readonly parked: readonly { readonly run: string; readonly accepts: readonly Accept[] }[]
}

/** An accept that was open at this many starts is not tried again. */
const deaths = 2

/**
 * Sorts what is owed at boot by the journals. After a death, that is counted before anything is tried again; an orderly
 * end says nothing against what was in work.
 */
export async function recoverRuns(parts: {
  ledger: Ledger
  sessions: Sessions
  afterDeath: boolean
}): Promise<Recovered> {
  const { ledger, sessions, afterDeath } = parts
  const owed = [...ledger.owed.accepts.values()]
  if (owed.length === 0) return { resumed: [], waiting: [], parked: [] }
  const died = new Map(owed.map(({ id }) => [id, ledger.owed.recoveries.get(id) ?? 0]))
  const runs = new Map<string, Accept[]>()
  const waiting: Accept[] = []
  for (const accept of owed) {
    const run = await runOf(sessions, accept)
    if (run === undefined) waiting.push(accept)
    else runs.set(run, [...(runs.get(run) ?? []), accept])
  }
  const begun = [...runs].map(([run, accepts]) => ({ run, accepts }))
  const tried = begun.flatMap(({ accepts }) => accepts.map(({ id }) => id))
  if (tried.length > 0 && afterDeath) await ledger.commit([{ type: 'recovered', accepts: tried }])
  const tooOften = (accepts: readonly Accept[]) => afterDeath && accepts.some(({ id }) => died.get(id)! >= deaths - 1)
  return {
    resumed: begun.filter(({ accepts }) => !tooOften(accepts)),
    waiting,
    parked: begun.filter(({ accepts }) => tooOften(accepts)),
  }
}

/** The run that took an accepted line, by the journal. */
async function runOf(sessions: Sessions, accept: Accept): Promise<string | undefined> {
  const session = await sessions.open(accept.session)
  for (const line of session.lines(0).toReversed()) {
    if (isLine(line, 'run', 'take') && line.body.takes.includes(accept.line)) return line.body.run
  }
  return undefined
}
