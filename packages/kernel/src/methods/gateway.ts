import type { MethodResult } from '@openclaw/protocol'
import type { Home } from '../backup/home.ts'
import type { Channels } from '../channels/channels.ts'
import type { Configuration } from '../config/configuration.ts'
import type { Delivery } from '../delivery/deliver.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Platform } from '../platform.ts'
import type { Plugins } from '../plugins/host.ts'
import type { Access } from '../access/access.ts'
import type { Approvals } from '../runs/approvals.ts'
import type { Lanes } from '../runs/lanes.ts'
import type { Runner } from '../runs/runner.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Handlers } from './caller.ts'

type Names = 'health' | 'status' | 'logs.tail' | 'gateway.restart'

/** How the gateway itself is. */
export function gatewayMethods(parts: {
  platform: Platform
  home: string
  version: string
  address(): string
  auth(): string
  startedAt: number
  ready(): { ready: boolean; reason?: string }
  model(): string
  agentState(): MethodResult<'status'>['agentProcess']
  ledger: Ledger
  sessions: Sessions
  lanes: Lanes
  delivery: Delivery
  channels: Channels
  place: Home
  plugins: Plugins
  access: Access
  approvals: Approvals
  configuration: Configuration
  tail(cursor: string | undefined, limit: number): Promise<MethodResult<'logs.tail'>>
  runner: Pick<Runner, 'find'>
  restart(): void
}): Handlers<Names> {
  const { ledger, configuration, plugins } = parts
  const common = () => ({
    version: parts.version,
    pid: process.pid,
    uptimeMs: Math.round(parts.platform.clock.monotonic() - parts.startedAt),
    address: parts.address(),
  })

  function problems(): string[] {
    const parked = plugins.list().filter(({ state }) => state === 'parked')
    const { waits } = parts.place
    const held = parts.delivery.list('held').length
    return [
      ...(waits === undefined ? [] : [waits]),
      ...(ledger.trouble ? [`the disk refused the last write: ${ledger.trouble}`] : []),
      ...configuration.problems.map(({ path, message }) => `${configuration.file}: ${path}: ${message}`),
      ...parked.map(({ id, reason }) => `plugin ${id} is parked: ${reason ?? 'unknown reason'}`),
      ...parts.channels
        .status()
        .filter(({ state }) => state === 'parked' || state === 'offline')
        .map(({ channel, account, state, detail }) => `${channel}/${account} is ${state}: ${detail ?? ''}`),
      ...[...ledger.owed.parked.values()].map(
        ({ run, session, reason }) =>
          `run ${run} of ${session} is parked: ${reason}; \`openclaw runs resume ${run}\` says it again, \`openclaw runs drop ${run}\` forgets it`,
      ),
      ...(held > 0
        ? [`${held} deliveries are held for you to send or drop; see \`openclaw deliveries list --state held\``]
        : []),
    ]
  }

  return {
    health: () => ({ ...parts.ready(), ...common() }),
    async status() {
      const { total } = await parts.sessions.list({ limit: 1, offset: 0 })
      return {
        ...common(),
        home: parts.home,
        auth: parts.auth(),
        memoryMb: Math.round(process.memoryUsage.rss() / 1e5) / 10,
        agentProcess: parts.agentState(),
        model: parts.model(),
        accounts: parts.channels.status(),
        sessions: total,
        running: parts.lanes.active,
        owed: {
          accepts: ledger.owed.accepts.size,
          handovers: ledger.owed.handovers.size,
          deliveries: parts.delivery.list().filter(({ state }) => state === 'queued' || state === 'sending').length,
          held: parts.delivery.list('held').length,
          dead: ledger.owed.dead.size,
          parked: ledger.owed.parked.size,
          approvals: parts.approvals.list().length,
          pairings: (await parts.access.pairings()).length,
        },
        problems: problems(),
        ...(parts.place.waits === undefined ? {} : { waits: parts.place.waits }),
      }
    },
    'logs.tail': ({ cursor, limit = 200 }) => parts.tail(cursor, limit),
    'gateway.restart'(_, { run }) {
      // A run that asks for it ends first: begun again after the restart, it would ask again.
      if (run === undefined) parts.restart()
      else void parts.runner.find(run).settled.then(() => parts.restart())
      return { ok: true }
    },
  }
}
