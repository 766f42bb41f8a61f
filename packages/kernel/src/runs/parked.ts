import { failure, isLine, type LedgerRecord, type LineDraft, type MethodResult } from '@openclaw/protocol'
import { dedupeKey } from '../ledger/key.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Platform } from '../platform.ts'
import type { Sessions } from '../sessions/sessions.ts'

type Accept = LedgerRecord<'accept'>

/** Runs that were given up and kept: the owner resumes or drops them. */
export interface Parked {
  list(): MethodResult<'runs.parked'>['runs']
  /**
   * Says again, in the same session and as one run, what the parked one had been asked. Resolves with the new accepts
   * once they are durable. Throws `not_found` when there is no such run, or its messages were erased or deleted.
   */
  resume(run: string): Promise<readonly Accept[]>
  /** Forgets it for good; throws `not_found`. */
  drop(run: string): Promise<void>
}

/** The record that keeps what a run had taken, so that it can be said again. */
export function parkedRecord(
  run: string,
  accepts: readonly Accept[],
  { reason, at }: { readonly reason: string; readonly at: number },
): LedgerRecord<'parked'> {
  const { session, agent } = accepts[0]!
  return { type: 'parked', run, session, agent, accepts: accepts.map(({ type: _, ...accept }) => accept), reason, at }
}

export function openParked(parts: { platform: Platform; ledger: Ledger; sessions: Sessions }): Parked {
  const { platform, ledger, sessions } = parts
  const { parked } = ledger.owed
  const busy = new Set<string>()

  /** Nobody else decides about a run meanwhile. */
  async function decide<T>(run: string, work: (found: LedgerRecord<'parked'>) => Promise<T>): Promise<T> {
    const found = parked.get(run)
    if (!found || busy.has(run))
      throw failure('not_found', `runs: no run ${run.slice(0, 100)} is parked; see \`openclaw runs list\``)
    busy.add(run)
    try {
      return await work(found)
    } finally {
      busy.delete(run)
    }
  }

  return {
    list: () =>
      [...parked.values()].map(({ run, session, accepts, reason, at }) => ({
        run,
        session,
        messages: accepts.length,
        reason,
        parkedAt: at,
      })),
    resume: (run) =>
      decide(run, async ({ session, agent, accepts }) => {
        const said = await findSaid(sessions, session, new Set(accepts.map(({ line }) => line)))
        const left = accepts.filter(({ line }) => said.has(line))
        if (left.length === 0) {
          throw failure(
            'not_found',
            `runs: what run ${run} was asked is gone from its session; forget it with \`openclaw runs drop ${run}\``,
          )
        }
        let renewed: Accept[] = []
        await sessions.commit({
          session,
          agent,
          drafts: left.map(({ line }) => said.get(line)!),
          records(lines) {
            renewed = left.map((accept, at) => ({
              ...accept,
              type: 'accept',
              id: platform.random.id(),
              dedupe: dedupeKey('parked', 'resume', accept.id),
              line: lines[at]!.id,
            }))
            return [{ type: 'unparked', run, verdict: 'resumed' }, ...renewed]
          },
        })
        return renewed
      }),
    drop: (run) => decide(run, () => ledger.commit([{ type: 'unparked', run, verdict: 'dropped' }])),
  }
}

const pageLines = 500

/** What the user lines with these ids said, to be said again; those that are gone or erased are left out. */
async function findSaid(
  sessions: Sessions,
  session: string,
  wanted: ReadonlySet<string>,
): Promise<ReadonlyMap<string, LineDraft<'user'>>> {
  const said = new Map<string, LineDraft<'user'>>()
  for (let before: number | undefined; said.size < wanted.size;) {
    const page = await sessions.history(session, { ...(before === undefined ? {} : { before }), limit: pageLines })
    for (const line of page.lines) {
      if (!wanted.has(line.id) || !isLine(line, 'user')) continue
      const { kind, body, origin, role, trust } = line
      said.set(line.id, {
        kind,
        body,
        ...(origin ? { origin } : {}),
        ...(role ? { role } : {}),
        ...(trust ? { trust } : {}),
      })
    }
    before = page.lines[0]?.seq
    if (!page.more || before === undefined) break
  }
  return said
}
