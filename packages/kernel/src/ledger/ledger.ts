import type { LedgerRecord } from '@openclaw/protocol'

/** What has been promised and is not yet done, folded from the log. Nothing of it is held only in memory. */
export interface Owed {
  /** Accepted and not settled, in order of acceptance. */
  readonly accepts: ReadonlyMap<string, LedgerRecord<'accept'>>
  /** Accepts found unsettled at how many boots. */
  readonly recoveries: ReadonlyMap<string, number>
  /** Queued and not wholly sent, in order; `sent` counts the chunks with a receipt. */
  readonly outbounds: ReadonlyMap<string, { readonly outbound: LedgerRecord<'outbound'>; readonly sent: number }>
  /** Given up; kept for the owner. */
  readonly dead: ReadonlyMap<string, { readonly outbound: LedgerRecord<'outbound'>; readonly failure: LedgerRecord<'dead'>['failure'] }>
  readonly approvals: ReadonlyMap<string, LedgerRecord<'approval'>>
}

/** The durable log of accepted and owed work. */
export interface Ledger extends AsyncDisposable {
  readonly owed: Owed
  /**
   * Appends one group, whole or absent, and resolves when it is on the disk; `owed` has it then. Groups are durable in
   * the order of the calls; all that waits shares one sync. Rejects with `unavailable` when the disk refuses; nothing
   * of the group counts then, and the next commit tries the disk again.
   */
  commit(records: readonly LedgerRecord[]): Promise<void>
  /** Was this key taken? Answers what is known of it: the accept, or the stored result of a method. */
  seen(dedupe: string): { readonly accept?: string; readonly line?: string; readonly session?: string; readonly result?: unknown } | undefined
  /** How a settled accept ended, as far back as the dedupe window reaches. */
  outcome(accept: string): LedgerRecord<'settle'> | undefined
  /** Undefined while commits succeed, else why the disk refused the last one. */
  readonly trouble: string | undefined
}
