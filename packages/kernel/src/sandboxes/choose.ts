import type { AgentConfig, Config, Role, SandboxPlace } from '@openclaw/protocol'
import type { Platform } from '../platform.ts'
import type { Plugins } from '../plugins/host.ts'
import { parseKey } from '../router/key.ts'
import { sandboxings } from './order.ts'
import { narrower, sandboxPlace, sandboxRules } from './place.ts'

/** Where a session's tools work: on this machine, in a sandbox, or nowhere, with what to do about it. */
export type Whereabouts =
  | { readonly on: 'machine' }
  | {
      readonly on: 'sandbox'
      readonly plugin: string
      readonly argv: readonly string[]
      readonly root: string
      readonly place: SandboxPlace
    }
  | { readonly on: 'nothing'; readonly reason: string }

export interface ChooseParts {
  readonly platform: Pick<Platform, 'files'>
  readonly home: string
  readonly plugins: Pick<Plugins, 'extensions'>
  /** Command lines that would bring a sandbox to this machine, the best one first. */
  readonly sandboxPlugins: readonly string[]
}

/** True for what only the owner says and reads: their page, their terminal, a chat with them alone. */
export function isOwners(session: string, role: Role): boolean {
  return role === 'owner' && parseKey(session)?.peer.kind === 'direct'
}

/**
 * Decides where the tools of a session work. Asks the plugins that make sandboxes in their order, and takes the first
 * that is usable here. What was asked for and cannot be had is never replaced by this machine.
 */
export async function chooseWhere(
  parts: ChooseParts,
  given: {
    readonly session: string
    readonly agent: string
    readonly role: Role
    /** Configurations of the other agents above a sub-agent. */
    readonly above?: readonly (AgentConfig | undefined)[]
  },
  config: Config,
  agentConfig: AgentConfig | undefined,
  signal: AbortSignal,
): Promise<Whereabouts> {
  const { session, agent, role, above = [] } = given
  const rules = above
    .map((one) => sandboxRules(config, one))
    .reduce((sofar, one) => narrower(sofar, one, isOwners(session, role)), sandboxRules(config, agentConfig))
  if (rules.mode !== 'all' && isOwners(session, role)) return { on: 'machine' }
  if (rules.mode === 'off')
    return nowhere('sandbox.mode is off; `openclaw config set sandbox.mode non-owner` turns it on')
  const all = sandboxings(parts.plugins.extensions)
  const asked = rules.use === undefined ? all : all.filter(({ plugin }) => plugin === rules.use)
  if (asked.length === 0) return nowhere(noPlugin(rules.use, parts.sandboxPlugins))
  const place = await sandboxPlace(
    parts.platform.files,
    { session, agent, home: parts.home, config: agentConfig },
    rules,
  )
  const reasons: string[] = []
  for (const { plugin, sandboxing } of asked) {
    const answer = await sandboxing.open(session, signal, place)
    if (!('unavailable' in answer)) return { on: 'sandbox', plugin, argv: answer.argv, root: answer.root, place }
    reasons.push(`${plugin}: ${answer.unavailable}`)
  }
  return nowhere(`none is usable here: ${reasons.join('; ')}`)
}

function noPlugin(use: string | undefined, commands: readonly string[]): string {
  if (use !== undefined)
    return `sandbox.use names ${JSON.stringify(use)}, which is not plugged in; see \`openclaw plugins list\`, or take the key out with \`openclaw config set sandbox.use null\``
  return `no plugin here brings one: ${commands.map((command) => `\`${command}\``).join(', or ')}`
}

const nowhere = (why: string): Whereabouts => ({
  on: 'nothing',
  reason: `it changes or runs things, for which this session needs a sandbox; ${why}`,
})
