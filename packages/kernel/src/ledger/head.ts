import type { LedgerRecord } from '@openclaw/protocol'
import { createGenerations, type Generations } from './generations.ts'
import type { Owed, Seen } from './ledger.ts'

/** So many keys or outcomes stand in one line of a head: a damaged one costs little, and none is too long to read. */
const rowsPerLine = 2000
/** How runs ended is asked for minutes after, not days: older ones are left behind with their segment. */
const mostOutcomes = 10_000

/** Everything of a ledger that a new segment must begin with, so that the segments before it can go. */
export interface Standing {
  readonly owed: Owed
  readonly keys: ReadonlyMap<string, Generations<Seen>>
  readonly outcomes: Generations<LedgerRecord<'settle'>>
  readonly deleted: ReadonlyMap<string, number>
  readonly followed: number
  readonly last: number
}

/** The head of a segment: groups of records, each to be one line. The first of each line says which part it is. */
export function headOf(standing: Standing): readonly (readonly LedgerRecord[])[] {
  const { followed, last } = standing
  const parts = [owedRecords(standing), ...keyRecords(standing.keys), ...outcomeRecords(standing.outcomes)]
  return parts.map((records, part) => [
    { type: 'head', part: part + 1, of: parts.length, upto: last, followed },
    ...records,
  ])
}

function owedRecords({ owed, deleted, followed }: Standing): LedgerRecord[] {
  return [
    ...owed.accepts.values(),
    ...counted('recovered', owed.recoveries),
    ...counted('tried', owed.tries),
    ...[...owed.previews].map(([accept, message]): LedgerRecord => ({ type: 'preview', accept, message })),
    ...[...owed.parts].map(([accept, { session, texts }]): LedgerRecord => ({
      type: 'parts',
      session,
      accept,
      texts: [...texts],
    })),
    ...[...owed.dead.values()].flatMap(({ outbound, sent, failure }): LedgerRecord[] => [
      outbound,
      { type: 'held', outbound: outbound.id, sent },
      { type: 'dead', outbound: outbound.id, failure },
    ]),
    ...[...owed.outbounds.values()].flatMap(({ outbound, sent, sending, since, withheld }): LedgerRecord[] => [
      outbound,
      {
        type: 'held',
        outbound: outbound.id,
        sent,
        ...(sending === undefined ? {} : { sending }),
        ...(since === undefined ? {} : { since }),
      },
      ...(withheld === undefined ? [] : [{ type: 'withheld' as const, outbound: outbound.id, reason: withheld }]),
    ]),
    ...owed.handovers.values(),
    ...owed.parked.values(),
    ...owed.approvals.values(),
    ...[...owed.decided.values()].flatMap(({ approval, resolved }) => [approval, resolved]),
    ...[...deleted]
      .filter(([, n]) => n > followed)
      .map(([session, at]): LedgerRecord => ({ type: 'deleted', session, at })),
  ]
}

/** One record for each time. */
function counted(type: 'recovered' | 'tried', times: ReadonlyMap<string, number>): LedgerRecord[] {
  return [...times].flatMap(([id, count]) => Array.from({ length: count }, () => ({ type, accepts: [id] })))
}

function* keyRecords(keys: Standing['keys']): Generator<LedgerRecord[]> {
  for (const [account, window] of keys) {
    for (const [at, { sinceMs, entries }] of window.generations.entries()) {
      for (const rows of chunks(entries))
        yield [{ type: 'keys', account, old: at === 0, since: sinceMs, rows: rows.map(([key, seen]) => [key, seen]) }]
    }
  }
}

function* outcomeRecords({ generations: [old, young] }: Standing['outcomes']): Generator<LedgerRecord[]> {
  const newest = [...old.entries, ...young.entries].slice(-mostOutcomes)
  for (const rows of chunks(newest)) {
    yield rows.map(([accept, settle]): LedgerRecord => ({ ...settle, accepts: [accept] }))
  }
}

function* chunks<T>(items: Iterable<T>): Generator<T[]> {
  let chunk: T[] = []
  for (const item of items) {
    chunk.push(item)
    if (chunk.length < rowsPerLine) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

/** The generations of an account, made when missing. */
export function windowOf(keys: Map<string, Generations<Seen>>, account: string): Generations<Seen> {
  let window = keys.get(account)
  if (!window) keys.set(account, (window = createGenerations()))
  return window
}
