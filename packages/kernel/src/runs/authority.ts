import type { AgentConfig, Config, Effect, Peer, Role, ToolSpec } from '@openclaw/protocol'

/** For whom a session's tools work. */
export interface Standing {
  readonly role: Role
  readonly peer: Peer
  /** Tools run in a sandbox here. */
  readonly sandboxed: boolean
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

/** Why a tool may not be used in a session; undefined when it may. Effects `write` and `exec` are the owner's alone. */
export function refusal(
  tool: { readonly name: string; readonly effect: Effect },
  standing: Standing,
  config: Config,
  agent: AgentConfig | undefined,
): string | undefined {
  const rule = listed(config.tools, tool.name) ?? listed(agent?.tools, tool.name)
  if (rule) return rule
  const runs = tool.effect === 'write' || tool.effect === 'exec'
  if (!runs || standing.sandboxed) return undefined
  if (standing.role === 'owner' && standing.peer.kind === 'direct') return undefined
  return 'it changes or runs things on this machine, which only the owner may, in a direct session; everyone else needs a sandbox, and no plugin here brings one: add one with `openclaw plugins add NAME`'
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
