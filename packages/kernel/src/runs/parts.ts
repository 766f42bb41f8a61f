import type { Address, AgentMethods, Config, LedgerRecord, Params, Result, ToolSpec } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import type { Preview } from '../delivery/preview.ts'
import type { Emit } from '../events.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Platform } from '../platform.ts'
import type { Plugins } from '../plugins/host.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Approvals } from './approvals.ts'
import type { Allowances } from './more.ts'
import type { News } from './news.ts'
import type { Budget } from './budget.ts'
import type { Outcomes } from './outcomes.ts'
import type { Judge, Whose } from './policy.ts'

/** The agent runtime, wherever it lives. A call rejects with `unavailable` when the process died under it. */
export interface AgentLink {
  /** Resolves when there is a process with its tools and models loaded; rejects with `unavailable` when it is parked. */
  ready(): Promise<void>
  call<M extends keyof AgentMethods>(
    method: M,
    params: Params<AgentMethods[M]>,
    signal?: AbortSignal,
  ): Promise<Result<AgentMethods[M]>>
}

/** What runs are made with; one value for all of them. */
export interface RunParts {
  readonly platform: Platform
  readonly ledger: Ledger
  readonly sessions: Sessions
  readonly agent: AgentLink
  readonly plugins: Plugins
  readonly approvals: Approvals
  readonly outcomes: Outcomes
  readonly budget: Budget
  readonly allowances: Allowances
  /** What the agent is told of the journals. */
  readonly news: News
  readonly emit: Emit
  readonly log: Log
  /** Puts `***` in the place of every secret that the gateway knows. */
  mask(text: string): string
  /** The configuration in force now, and its digest. */
  config(): { readonly value: Config; readonly hash: string }
  tools(): ReadonlyMap<string, ToolSpec>
  /** Digest of all tool schemas. */
  toolsDigest(): string
  /** Versions of the active plugins by id. */
  versions(): Record<string, string>
  /** Makes what judges somebody's tools by the configuration in force. */
  policy(whose: () => Whose): Judge
  /** Takes over what a settlement owes to the parents of a sub-agent. */
  handOver(handovers: readonly LedgerRecord<'handover'>[]): void
  /** Takes over what a settlement owes to peers. */
  deliver(outbounds: readonly LedgerRecord<'outbound'>[]): void
  /** Shows a peer that somebody is at work, until disposed. */
  typing(address: Address): Disposable
  /** Shows a peer the answer while it grows, where that is possible. */
  preview(accept: LedgerRecord<'accept'>): Preview | undefined
  /** The chat from which the owner wrote last, other than the page and the terminal. */
  ownerChat(): Address | undefined
  /** Stores the files of accepted messages; what cannot be had is journaled with the reason. */
  storeFiles(accepts: readonly LedgerRecord<'accept'>[], signal: AbortSignal): Promise<void>
  /** The gateway stops: what is not settled stays owed. */
  readonly closing: AbortSignal
  /** Folders of the home. */
  readonly home: string
  /** The model that answers when none is configured. */
  readonly defaultModel: string
  /** Command lines that would bring a sandbox to this machine, the best one first. */
  readonly sandboxPlugins: readonly string[]
}
