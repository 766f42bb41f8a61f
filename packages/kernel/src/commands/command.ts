import type { MethodName, MethodParams, MethodResult, Role } from '@openclaw/protocol'
import type { Admitted } from '../inbound/inbound.ts'

/** What a command leads to: words for who typed it, or a message to go on with in its place. */
export interface Answer {
  readonly reply?: string
  readonly message?: string
}

/** What the commands work with. */
export interface CommandParts {
  /** Calls a method as the owner: whether somebody may is decided by the command's role before. */
  call<M extends MethodName>(method: M, params: MethodParams<M>): Promise<MethodResult<M>>
  /** Messages that wait in a session. */
  waiting(session: string): number
  /** Whether a session is at work. */
  running(session: string): boolean
  /** Says something in a chat, durably, when the command was answered already. */
  tell(admitted: Admitted, text: string): Promise<void>
  readonly agentName: (agent: string) => string
}

/** One command that somebody may use. */
export interface Invocation {
  readonly argument: string
  readonly from: Admitted
  readonly parts: CommandParts
}

const ranks: readonly Role[] = ['guest', 'member', 'owner']

/** Whether a role is enough for a command. */
export function mayUse(role: Role, needed: Role): boolean {
  return ranks.indexOf(role) >= ranks.indexOf(needed)
}
