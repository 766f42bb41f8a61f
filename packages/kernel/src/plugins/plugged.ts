import type { EntryReport, HookPoint, MethodResult } from '@openclaw/protocol'
import { toFailure } from '@openclaw/protocol'
import type { OwnedScope } from '@openclaw/sdk/host'
import type { IsolatedPlugin } from '../isolation/host.ts'
import type { Finding } from './find.ts'

/** A plugin and how it stands. */
export interface Plugged {
  readonly finding: Finding
  state: 'pending' | 'loading' | 'active' | 'disabled' | 'parked'
  reason?: string
  setupMs?: number
  scope?: OwnedScope
  /** Its process, while it has one. */
  process?: IsolatedPlugin
  /** How often it was set up. */
  round: number
  /** Of `plugins.<id>.config`. */
  schema?: object
  /** Of an account of its channel. */
  account?: object
  /** Its code was imported, so that another version of it waits for the next start. */
  loaded?: boolean
  /** A version that was installed since. */
  newer?: string
  /** Something of it could not be ended, so that it cannot be started a second time. */
  stuck?: string
  /** What the agent process said of its entries there. */
  readonly reports: Map<HookPoint, EntryReport>
}

/** Hook points whose entries the agent process loads. */
export function agentHooks({ finding: { plugin } }: Plugged): readonly ('tool' | 'provider')[] {
  return (['tool', 'provider'] as const).filter((hook) => plugin?.manifest.hooks[hook] !== undefined)
}

/** A channel and nothing else: its configuration is that of its accounts. */
export function isChannelOnly({ finding: { plugin } }: Plugged): boolean {
  return Object.keys(plugin?.manifest.hooks ?? {}).every((hook) => hook === 'channel')
}

/** One row of `plugins.list`: what this process knows of it, and what the agent process said. */
export function describe(one: Plugged): MethodResult<'plugins.list'>['plugins'][number] {
  const { finding } = one
  const manifest = finding.plugin?.manifest
  const reports = [...one.reports.values()]
  const parked = reports.find(({ state }) => state === 'parked')
  const waiting = one.state === 'active' && agentHooks(one).some((hook) => !one.reports.has(hook))
  const newer = one.newer === undefined ? undefined : `version ${one.newer} is installed; restart the gateway to run it`
  const reason =
    one.reason ?? newer ?? (parked ? `${parked.hook}: ${parked.reason ?? 'it could not be set up'}` : undefined)
  const setupMs =
    one.setupMs === undefined ? undefined : reports.reduce((sum, report) => sum + report.setupMs, one.setupMs)
  return {
    id: finding.id,
    name: finding.name,
    version: finding.version,
    label: manifest?.label ?? finding.name,
    hooks: Object.keys(manifest?.hooks ?? {}),
    source: finding.source,
    state: one.state === 'active' && parked ? 'parked' : waiting ? 'loading' : one.state,
    ...(reason === undefined ? {} : { reason }),
    ...(setupMs === undefined ? {} : { setupMs: Math.round(setupMs * 100) / 100 }),
    holds: [
      ...(one.scope?.holds() ?? []),
      ...reports.flatMap((report) => report.holds.map((label) => `${report.hook}: ${label}`)),
    ],
    permissions: { network: manifest?.permissions?.network ?? [], methods: manifest?.permissions?.methods ?? [] },
  }
}

/** Why something failed, for a reason that a person reads. */
export function messageOf(error: unknown): string {
  return toFailure(error).message
}
