import type { Effect, Role, ToolSpec } from '@openclaw/protocol'
import type { Whereabouts } from '../sandboxes/choose.ts'
import type { Judge, Named } from './policy.ts'

/** For whom a session's tools work. */
export interface Standing {
  readonly role: Role
  /** Only the owner says and reads something there. */
  readonly owners: boolean
  readonly where: Whereabouts
}

const lowest: readonly Role[] = ['guest', 'member', 'owner']

/** The lower of two roles: a run has the lowest among those whose text is in its context. */
export function lower(one: Role, other: Role | undefined): Role {
  return other !== undefined && lowest.indexOf(other) < lowest.indexOf(one) ? other : one
}

/** Why a tool may not be used in a session; undefined when it may. What changes or runs things needs a place to do it. */
export function refusal(
  tool: Named & { readonly effect: Effect },
  { where }: Standing,
  judge: Judge,
): string | undefined {
  const removal = judge(tool)
  if (removal) return removal.reason
  const runs = tool.effect === 'write' || tool.effect === 'exec'
  return runs && where.on === 'nothing' ? where.reason : undefined
}

/** Names of the tools that a session may use. */
export function permitted(tools: Iterable<ToolSpec>, standing: Standing, judge: Judge): string[] {
  return [...tools].filter((tool) => refusal(tool, standing, judge) === undefined).map((tool) => tool.name)
}

/** Did the owner type exactly this? `run CMD` and `!CMD` are the two ways of saying a command oneself. */
export function typed(subject: string | undefined, said: string): boolean {
  if (subject === undefined || subject.trim() === '') return false
  const command = /^(?:run\s+|!\s*)([\s\S]+)$/i.exec(said.trim())?.[1]
  return command !== undefined && command.trim() === subject.trim()
}
