import type { LedgerRecord } from '@openclaw/protocol'
import type { Entry } from './line.ts'

/** What has been promised and is not yet done, folded from the log. Nothing of it is held only in memory. */
export interface Owed {
  /** Accepted and not settled, in order of acceptance. */
  readonly accepts: ReadonlyMap<string, LedgerRecord<'accept'>>
  /** Accepts found unsettled at how many boots: one for each `recovered` record that names them. */
  readonly recoveries: ReadonlyMap<string, number>
  /** How many runs began over an accept that a dead process had left without a step: one for each `tried` record. */
  readonly tries: ReadonlyMap<string, number>
  /**
   * Queued and not wholly sent, in order; `sent` counts the chunks with a receipt. `sending` is the last chunk that was
   * about to go where nothing can be repeated. `since`: when the owner wanted it sent again. `withheld`: why it waits
   * for the owner's word.
   */
  readonly outbounds: ReadonlyMap<
    string,
    {
      readonly outbound: LedgerRecord<'outbound'>
      readonly sent: number
      readonly sending?: number
      readonly since?: number
      readonly withheld?: string
    }
  >
  /** Given up; kept for the owner. */
  readonly dead: ReadonlyMap<
    string,
    {
      readonly outbound: LedgerRecord<'outbound'>
      readonly sent: number
      readonly failure: LedgerRecord<'dead'>['failure']
    }
  >
  /** Runs that the owner may resume or drop, by their ids. */
  readonly parked: ReadonlyMap<string, LedgerRecord<'parked'>>
  /** Neither resolved nor of a run that is settled. */
  readonly approvals: ReadonlyMap<string, LedgerRecord<'approval'>>
  /** Resolved, of runs that are not settled. */
  readonly decided: ReadonlyMap<
    string,
    { readonly approval: LedgerRecord<'approval'>; readonly resolved: LedgerRecord<'resolved'> }
  >
  /** What sub-agents found and their parents have not got yet, in order. */
  readonly handovers: ReadonlyMap<string, LedgerRecord<'handover'>>
  /** Messages that show answers while they grow, by the accept that is answered. */
  readonly previews: ReadonlyMap<string, string>
  /**
   * By the accept that is answered: what went out of the answer so far and no journal line holds yet. Empty texts: all of
   * it is in lines.
   */
  readonly parts: ReadonlyMap<string, { readonly session: string; readonly texts: readonly string[] }>
}

/**
 * What is known of a dedupe key that was taken: of a method call the accept, or the stored result; of a platform's event
 * nothing.
 */
export interface Seen {
  readonly accept?: string
  readonly line?: string
  readonly session?: string
  readonly result?: unknown
}

/** The durable log of accepted and owed work. */
export interface Ledger extends AsyncDisposable {
  readonly owed: Owed
  /**
   * Appends one group, whole or absent, and resolves when it is on the disk; `owed` has it then. Groups are durable in
   * the order of the calls; all that waits shares one sync. Rejects with `unavailable` when the disk refuses; nothing
   * of the group counts then, everything that waits behind it is refused too, and the next commit tries the disk again.
   */
  commit(entries: readonly Entry[]): Promise<void>
  /**
   * The same, telling `settled`: with why it was refused, or without. It is called in the order of the commits and
   * before anything else can run, so that who numbered what a refused group holds can take the numbers back.
   */
  append(entries: readonly Entry[], settled: (refused: Error | undefined) => void): void
  /** Was this key taken, as far back as the dedupe window reaches (7 days, or the account's last 100,000 keys)? */
  seen(dedupe: string): Seen | undefined
  /** How a settled accept ended, as far back as the dedupe window reaches. */
  outcome(accept: string): LedgerRecord<'settle'> | undefined
  /** Undefined while commits succeed, else why the disk refused the last one. */
  readonly trouble: string | undefined
  /** Lines of the log that were found damaged and skipped when it was opened. */
  readonly damaged: number
  /** Number of the last commit. */
  readonly last: number
  /** The lines of all commits up to this number are on the disk in their journals. */
  readonly followed: number
  /**
   * The journal lines that may not be in their journals yet, as the log had them when it was opened: of all commits
   * behind what the last `followed` record names, in their order, without those of deleted sessions.
   */
  lines(): AsyncIterable<LedgerRecord<'line'>>
  /** Sessions that were deleted, and whose journals may still be there; as of opening. Some may have begun anew. */
  readonly deleted: ReadonlySet<string>
  /**
   * Replaces the bodies of a session's journal lines by their digests in the log too, and what was sent out of them.
   * Commits wait meanwhile. Resolves when the text is off the disk.
   */
  erase(erasure: Erasure): Promise<void>
  /**
   * The files of the log with their sizes after a commit: so far they do not change any more, and until it is disposed
   * none of them is let go of. They may be copied meanwhile, but for an erasure.
   */
  hold(): Promise<Held>
}

/** Append-only files as they were at one moment. */
export interface Held extends Disposable {
  readonly files: readonly { readonly path: string; readonly size: number }[]
}

/** Which text of a session goes. */
export interface Erasure {
  readonly session: string
  /** Ids of its lines, or all that stood before it was deleted last. */
  readonly lines: ReadonlySet<string> | 'deleted'
  /** With all that was sent or asked out of the session, and what is still to be sent is cancelled. */
  readonly whole: boolean
}
