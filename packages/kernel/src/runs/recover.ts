import { isLine, type LedgerRecord } from '@openclaw/protocol'
import type { Ledger } from '../ledger/ledger.ts'
import type { Sessions } from '../sessions/sessions.ts'

type Accept = LedgerRecord<'accept'>

/** What an earlier process accepted and did not settle, as it must go on. */
export interface Recovered {
  /** Runs that had begun, with what they took: they go on from their last committed step. */
  readonly resumed: readonly { readonly run: string; readonly accepts: readonly Accept[] }[]
  /** The same of those that wait for a person: they go on when something is decided. */
  readonly held: readonly { readonly run: string; readonly accepts: readonly Accept[] }[]
  /** Accepted, and no step of a run is there. */
  readonly waiting: readonly Accept[]
  /** Those of them that may have been in work when the gateway died: to be counted when a run begins with them. */
  readonly suspects: readonly Accept[]
  /** In work at two deaths already, or begun anew before too many without a step: they might be what kills us. */
  readonly parked: readonly { readonly run: string; readonly accepts: readonly Accept[] }[]
}

/** An accept that was open at this many starts is not tried again. */
const deaths = 2
/** The same without a step: a kill that comes early enough says little. */
const stepless = 5

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
  if (owed.length === 0) return { resumed: [], held: [], waiting: [], suspects: [], parked: [] }
  const died = new Map(owed.map(({ id }) => [id, ledger.owed.recoveries.get(id) ?? 0]))
  const runs = new Map<string, Accept[]>()
  const left: Accept[] = []
  for (const accept of owed) {
    const run = await runOf(sessions, accept)
    if (run === undefined) left.push(accept)
    else runs.set(run, [...(runs.get(run) ?? []), accept])
  }
  const asking = new Set([...ledger.owed.approvals.values()].map(({ run }) => run))
  const all = [...runs].map(([run, accepts]) => ({ run, accepts }))
  // Nothing was in work for who waits, so no death counts against them.
  const begun = all.filter(({ run }) => !asking.has(run))
  const tried = begun.flatMap(({ accepts }) => accepts.map(({ id }) => id))
  if (tried.length > 0 && afterDeath) await ledger.commit([{ type: 'recovered', accepts: tried }])
  const tooOften = (accepts: readonly Accept[]) => afterDeath && accepts.some(({ id }) => died.get(id)! >= deaths - 1)
  const lost = ({ id }: Accept) => afterDeath && (ledger.owed.tries.get(id) ?? 0) >= stepless
  const waiting = left.filter((accept) => !lost(accept))
  return {
    resumed: begun.filter(({ accepts }) => !tooOften(accepts)),
    held: all.filter(({ run }) => asking.has(run)),
    waiting,
    suspects: afterDeath ? waiting : [],
    parked: [
      ...begun.filter(({ accepts }) => tooOften(accepts)),
      ...left.filter(lost).map((accept) => ({ run: accept.id, accepts: [accept] })),
    ],
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
