import type { LedgerRecord } from '@openclaw/protocol'
import { createGenerations, type Generations } from './generations.ts'
import { accountOf, isCall } from './key.ts'
import type { Owed, Seen } from './ledger.ts'
import { headOf, windowOf } from './head.ts'
import type { Entry, Group } from './line.ts'

interface Delivery {
  readonly outbound: LedgerRecord<'outbound'>
  sent: number
  sending?: number
  since?: number
  withheld?: string
}

/** What the log says, folded record by record. */
export interface LedgerState {
  readonly owed: Owed
  /** Adds commit `n`, or a line of a head. Its journal lines say nothing here and may be left out. */
  apply(entries: readonly Entry[], atMs: number, n: number): void
  /** What a new segment begins with. */
  head(): readonly (readonly LedgerRecord[])[]
  seen(dedupe: string): Seen | undefined
  outcome(accept: string): LedgerRecord<'settle'> | undefined
  /** Number of the commit that deleted each session last. */
  readonly deleted: ReadonlyMap<string, number>
  /** Lines of commits up to this number are in their journals. */
  readonly followed: number
  /** Number of the last commit. */
  readonly last: number
}

/** The state of an empty log. */
export function createState(): LedgerState {
  const accepts = new Map<string, LedgerRecord<'accept'>>()
  const recoveries = new Map<string, number>()
  const tries = new Map<string, number>()
  const outbounds = new Map<string, Delivery>()
  const dead = new Map<string, Delivery & { failure: LedgerRecord<'dead'>['failure'] }>()
  const parked = new Map<string, LedgerRecord<'parked'>>()
  const approvals = new Map<string, LedgerRecord<'approval'>>()
  const decided = new Map<string, { approval: LedgerRecord<'approval'>; resolved: LedgerRecord<'resolved'> }>()
  const previews = new Map<string, string>()
  const parts = new Map<string, { readonly session: string; readonly texts: readonly string[] }>()
  const handovers = new Map<string, LedgerRecord<'handover'>>()
  const keys = new Map<string, Generations<Seen>>()
  const deleted = new Map<string, number>()
  let followed = 0
  let last = 0
  const outcomes = createGenerations<LedgerRecord<'settle'>>()

  const remember = (dedupe: string, seen: Seen, atMs: number): void =>
    windowOf(keys, accountOf(dedupe)).set(dedupe, seen, atMs)

  const countOpen = (counts: Map<string, number>, ids: readonly string[]): void => {
    for (const id of ids) if (accepts.has(id)) counts.set(id, (counts.get(id) ?? 0) + 1)
  }

  const seen = (dedupe: string): Seen | undefined => keys.get(accountOf(dedupe))?.get(dedupe)

  const applyOne = (entry: Entry, atMs: number, n: number, inHead: boolean): void => {
    switch (entry.type) {
      case 'line':
      case 'refusal':
        return
      case 'followed':
        followed = Math.max(followed, entry.upto)
        return
      case 'deleted':
        deleted.set(entry.session, entry.at ?? n)
        return
      case 'head':
        followed = Math.max(followed, entry.followed)
        last = Math.max(last, entry.upto)
        return
      case 'held': {
        const delivery = outbounds.get(entry.outbound)
        if (delivery) Object.assign(delivery, { sent: entry.sent, sending: entry.sending, since: entry.since })
        return
      }
      case 'keys':
        windowOf(keys, entry.account).restore(
          entry.old ? 'old' : 'young',
          entry.since,
          entry.rows as unknown as readonly (readonly [string, Seen])[],
        )
        return
      case 'accept':
        // A head has the keys themselves, with the time at which each was taken.
        if (!inHead) remember(entry.dedupe, acceptedBy(entry), atMs)
        if (entry.handover !== undefined) handovers.delete(entry.handover)
        // Damage can put an acceptance behind its settlement; it is answered all the same.
        if (!outcomes.get(entry.id)) accepts.set(entry.id, entry)
        return
      case 'refused':
        return remember(entry.dedupe, taken, atMs)
      case 'done':
        return remember(entry.dedupe, { ...seen(entry.dedupe), result: entry.result }, atMs)
      case 'recovered':
        return countOpen(recoveries, entry.accepts)
      case 'tried':
        return countOpen(tries, entry.accepts)
      case 'settle':
        for (const id of entry.accepts) {
          accepts.delete(id)
          recoveries.delete(id)
          tries.delete(id)
          previews.delete(id)
          parts.delete(id)
          outcomes.set(id, entry, atMs)
        }
        // Nobody waits for a yes to a call of a run that is over.
        for (const [id, approval] of approvals) if (approval.run === entry.run) approvals.delete(id)
        for (const [id, { approval }] of decided) if (approval.run === entry.run) decided.delete(id)
        return
      case 'handover':
        handovers.set(entry.id, entry)
        return
      case 'parked':
        parked.set(entry.run, entry)
        return
      case 'unparked':
        parked.delete(entry.run)
        return
      case 'outbound':
        outbounds.set(entry.id, { outbound: entry, sent: 0 })
        // A head says by itself which parts are in no line yet.
        if (entry.part !== undefined && !inHead && accepts.has(entry.part)) {
          const before = parts.get(entry.part)?.texts ?? []
          parts.set(entry.part, { session: entry.session ?? '', texts: [...before, entry.text] })
        }
        return
      case 'parts':
        if (accepts.has(entry.accept)) parts.set(entry.accept, { session: entry.session, texts: entry.texts })
        return
      case 'preview':
        previews.set(entry.accept, entry.message)
        return
      case 'sending': {
        const delivery = outbounds.get(entry.outbound)
        if (delivery) delivery.sending = entry.chunk
        return
      }
      case 'sent': {
        const delivery = outbounds.get(entry.outbound)
        if (entry.last) outbounds.delete(entry.outbound)
        else if (delivery) delivery.sent++
        return
      }
      case 'dead': {
        const delivery = outbounds.get(entry.outbound)
        outbounds.delete(entry.outbound)
        if (delivery) dead.set(entry.outbound, { ...delivery, failure: entry.failure })
        return
      }
      case 'cancelled':
        outbounds.delete(entry.outbound)
        dead.delete(entry.outbound)
        return
      case 'withheld': {
        const delivery = outbounds.get(entry.outbound)
        if (delivery) delivery.withheld = entry.reason
        return
      }
      case 'retried': {
        const delivery = dead.get(entry.outbound) ?? outbounds.get(entry.outbound)
        dead.delete(entry.outbound)
        if (delivery) outbounds.set(entry.outbound, { outbound: delivery.outbound, sent: delivery.sent, since: atMs })
        return
      }
      case 'approval':
        approvals.set(entry.id, entry)
        return
      case 'resolved': {
        const approval = approvals.get(entry.approval)
        approvals.delete(entry.approval)
        if (approval) decided.set(approval.id, { approval, resolved: entry })
      }
    }
  }

  const owed: Owed = {
    accepts,
    recoveries,
    tries,
    outbounds,
    dead,
    parked,
    approvals,
    decided,
    handovers,
    previews,
    parts,
  }
  return {
    owed,
    apply(entries, atMs, n) {
      const inHead = entries[0]?.type === 'head'
      if (!inHead) last = Math.max(last, n)
      for (const entry of entries) applyOne(entry, atMs, n, inHead)
    },
    head: () => headOf({ owed, keys, outcomes, deleted, followed, last }),
    seen,
    outcome: (accept) => outcomes.get(accept),
    deleted,
    get followed() {
      return followed
    },
    get last() {
      return last
    },
  }
}

/** Who repeats a call is given the same answer; of a channel's event nobody asks more than whether it was taken. */
function acceptedBy({ dedupe, id, line, session }: LedgerRecord<'accept'>): Seen {
  return isCall(dedupe) ? { accept: id, line, session } : taken
}

/** One for all, as there are many. */
const taken: Seen = {}

/** Commit numbers that were met, so that a line which stands twice counts once. */
export interface Numbers {
  readonly last: number
  /** False when it was met before. */
  take(n: number): boolean
}

/** No number after `from` was met. */
export function createNumbers(from = 0): Numbers {
  let last = from
  // Numbers below the last one that were not met: left by damage and by refusals, so there are few.
  const missing: { from: number; upto: number }[] = []
  return {
    get last() {
      return last
    },
    take(n) {
      if (n > last) {
        if (n > last + 1) missing.push({ from: last + 1, upto: n - 1 })
        last = n
        return true
      }
      const at = missing.findIndex((gap) => gap.from <= n && n <= gap.upto)
      const gap = missing[at]
      if (!gap) return false
      const parts = [
        { from: gap.from, upto: n - 1 },
        { from: n + 1, upto: gap.upto },
      ]
      missing.splice(at, 1, ...parts.filter((part) => part.from <= part.upto))
      return true
    },
  }
}

/** The commit numbers that a group's refusals name. */
export function refusalsOf(group: Group): readonly { from: number; upto: number }[] {
  return group.group.filter((record) => record.type === 'refusal')
}
