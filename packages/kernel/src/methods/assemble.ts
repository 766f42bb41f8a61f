import type { LedgerRecord, MethodResult } from '@openclaw/protocol'
import type { Access } from '../access/access.ts'
import type { AgentHost } from '../agents/agent.ts'
import type { Home } from '../backup/home.ts'
import type { Channels } from '../channels/channels.ts'
import type { Configuration, Secrets } from '../config/configuration.ts'
import type { Delivery } from '../delivery/deliver.ts'
import type { Emit } from '../events.ts'
import type { Gateway, GatewayHandlers } from '../gateway/gateway.ts'
import type { Tokens } from '../gateway/tokens.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Media } from '../media.ts'
import type { KernelOptions } from '../options.ts'
import type { Platform } from '../platform.ts'
import type { Plugins } from '../plugins/host.ts'
import { defaultAgent, type Router } from '../router/router.ts'
import type { Approvals } from '../runs/approvals.ts'
import type { Budget } from '../runs/budget.ts'
import type { Accepted, Asked } from '../runs/intake.ts'
import type { Outcomes } from '../runs/outcomes.ts'
import type { Runner } from '../runs/runner.ts'
import type { Runtime } from '../runs/runtime.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { accessMethods } from './access.ts'
import { agentIds, agentMethods } from './agents.ts'
import { backupMethods } from './backup.ts'
import { channelMethods } from './channels.ts'
import { chatMethods } from './chat.ts'
import { configMethods } from './config.ts'
import { gatewayMethods } from './gateway.ts'
import { messageMethods } from './messages.ts'
import { runMethods } from './runs.ts'
import { sandboxMethods } from './sandbox.ts'
import { sessionMethods } from './sessions.ts'
import { subagentMethods } from './subagents.ts'
import { toolMethods } from './tools.ts'
import { usageMethods } from './usage.ts'

/** Everything the methods work with: the kernel's parts, as it composed them. */
export interface MethodParts {
  readonly options: KernelOptions
  readonly startedAt: number
  readonly platform: Platform
  readonly configuration: Configuration
  readonly secrets: Secrets
  readonly ledger: Ledger
  readonly sessions: Sessions
  readonly access: Access
  readonly approvals: Approvals
  readonly budget: Budget
  readonly tokens: Tokens
  readonly plugins: Plugins
  readonly channels: Channels
  readonly place: Home
  readonly delivery: Delivery
  readonly outcomes: Outcomes
  readonly media: Media
  readonly runner: Runner
  readonly runtime: Runtime
  readonly host: Pick<AgentHost, 'state' | 'restart'>
  readonly emit: Emit
  router(): Router
  gateway(): Gateway
  accept(asked: Asked): Promise<Accepted>
  deliver(outbounds: readonly LedgerRecord<'outbound'>[]): void
  ready(): { ready: boolean; reason?: string }
  tail(cursor: string | undefined, limit: number): Promise<MethodResult<'logs.tail'>>
  /** Drops what an account logged in with. */
  forgetLogin(channel: string, account: string): Promise<void>
  /** Brings plugins, agent and channels into step with the configuration. */
  sync(): Promise<void>
  /** Reads plugins again, and hands agent and channels what changed. */
  reload(plugin?: string): Promise<void>
}

/** One function for every method of the table. */
export function assemble(parts: MethodParts): GatewayHandlers {
  const { options, configuration, runner, runtime, gateway } = parts
  const { home, defaultModel, version, sandboxPlugins = [] } = options
  const { lanes, cancel } = runner
  const config = () => configuration.value
  const modelOf = (agent: string) => config().agents?.[agent]?.model ?? defaultModel
  const common = { ...parts, home, defaultModel, sandboxPlugins, lanes, agent: runtime, cancel }
  return {
    ...gatewayMethods({
      ...common,
      version,
      address: () => gateway().address.href,
      auth: () => config().gateway?.auth?.mode ?? 'token',
      model: () => modelOf(defaultAgent(config())),
      agentState: () => parts.host.state,
      restart: () => void parts.platform.clock.after(50, () => options.onRestart?.()),
    }),
    ...chatMethods({
      ...common,
      defaultAgent: () => defaultAgent(config()),
      knownAgent: (agent) => agentIds(config()).includes(agent),
    }),
    ...sessionMethods({ ...common, models: (session) => [session.settings.model ?? modelOf(session.agent)] }),
    ...subagentMethods({ ...common, config }),
    ...channelMethods(common),
    ...messageMethods(common),
    ...accessMethods({
      ...common,
      tokens: {
        list: () => parts.tokens.list(),
        create: (wanted) => parts.tokens.create(wanted),
        rotate: (id) => parts.tokens.rotate(id),
        revoke: (id) => parts.tokens.revoke(id),
        link: () => gateway().link(),
      },
    }),
    ...agentMethods({ ...common, reload: (plugin) => parts.reload(plugin) }),
    ...toolMethods({ ...common, tools: () => runtime.tools }),
    ...configMethods(common),
    ...runMethods(common),
    ...usageMethods(common),
    ...sandboxMethods(common),
    ...backupMethods({ ...common, version }),
  }
}
