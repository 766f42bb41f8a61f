import type { AgentConfig, Config, Effect, Role, ToolSpec } from '@openclaw/protocol'
import type { Whereabouts } from '../sandboxes/choose.ts'

/** For whom a session's tools work. */
export interface Standing {
  readonly role: Role
  /** Only the owner says and reads something there. */
  readonly owners: boolean
  readonly where: Whereabouts
  /** What the agents above a sub-agent are configured to: it may use what all of them may. */
  readonly above?: readonly (AgentConfig | undefined)[]
}

const lowest: readonly Role[] = ['guest', 'member', 'owner']

/** The lower of two roles: a run has the lowest among those whose text is in its context. */
export function lower(one: Role, other: Role | undefined): Role {
  return other !== undefined && lowest.indexOf(other) < lowest.indexOf(one) ? other : one
}

/** `*` stands for any run of characters; everything else for itself. */
function matches(pattern: string, name: string): boolean {
  if (!pattern.includes('*')) return pattern === name
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`).test(name)
}

function listed(rules: { allow?: string[]; deny?: string[] } | undefined, name: string): string | undefined {
  if (rules?.deny?.some((pattern) => matches(pattern, name))) return 'denied by the configuration'
  if (rules?.allow && !rules.allow.some((pattern) => matches(pattern, name))) return 'not among the allowed tools'
  return undefined
}

/** Why a tool may not be used in a session; undefined when it may. What changes or runs things needs a place to do it. */
export function refusal(
  tool: { readonly name: string; readonly effect: Effect },
  { where, above = [] }: Standing,
  config: Config,
  agent: AgentConfig | undefined,
): string | undefined {
  const rules = [config.tools, agent?.tools, ...above.map((one) => one?.tools)]
  const rule = rules.map((one) => listed(one, tool.name)).find((why) => why !== undefined)
  if (rule) return rule
  const runs = tool.effect === 'write' || tool.effect === 'exec'
  return runs && where.on === 'nothing' ? where.reason : undefined
}

/** Names of the tools that a session may use. */
export function permitted(
  tools: Iterable<ToolSpec>,
  standing: Standing,
  config: Config,
  agent: AgentConfig | undefined,
): string[] {
  return [...tools].filter((tool) => refusal(tool, standing, config, agent) === undefined).map((tool) => tool.name)
}

/** Did the owner type exactly this? `run CMD` and `!CMD` are the two ways of saying a command oneself. */
export function typed(subject: string | undefined, said: string): boolean {
  if (subject === undefined || subject.trim() === '') return false
  const command = /^(?:run\s+|!\s*)([\s\S]+)$/i.exec(said.trim())?.[1]
  return command !== undefined && command.trim() === subject.trim()
}
