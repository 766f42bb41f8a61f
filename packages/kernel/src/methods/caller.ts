import {
  failure,
  type MethodName,
  type MethodParams,
  type MethodResult,
  type Right,
  type Role,
} from '@openclaw/protocol'
import { parseKey, sessionKey } from '../router/key.ts'
import { isBelow } from '../router/subagent.ts'

/** Who calls a method: always from the server's record, never from what a client says of itself. */
export interface Caller {
  readonly principal: string
  readonly role: Role
  readonly rights: readonly Right[]
  readonly signal: AbortSignal
  /** The run in which a tool calls; absent when a person does. */
  readonly run?: string
  /** For whom a run works when that is not the owner, as `channel/account/person`. */
  readonly sender?: string
}

/** One function for each method of a group. */
export type Handlers<M extends MethodName> = {
  readonly [K in M]: (params: MethodParams<K>, caller: Caller) => MethodResult<K> | Promise<MethodResult<K>>
}

/** The session a principal talks in when it names none: its own, with the default agent. */
export function ownSession(agent: string, principal: string, thread?: string): string {
  return sessionKey(agent, 'local', 'default', { kind: 'direct', id: principal, ...(thread ? { thread } : {}) })
}

/** The owner sees every session; others only those that they hold themselves, a run its own and its sub-agents'. */
export function maySee(caller: Pick<Caller, 'principal' | 'role' | 'run'>, session: string): boolean {
  if (caller.role === 'owner') return true
  if (caller.run !== undefined) {
    const own = caller.principal.replace(/^session:/, '')
    if (session === own || isBelow(session, own)) return true
  }
  const key = parseKey(session)
  return key?.channel === 'local' && key.peer.kind === 'direct' && key.peer.id === caller.principal
}

/** Refuses a session that is not the caller's, in the words of one that does not exist. */
export function checkSession(caller: Caller, session: string): void {
  if (!maySee(caller, session)) {
    throw failure('not_found', `there is no session ${JSON.stringify(session.slice(0, 200))} that you may see`)
  }
}

/** References to the environment and to files are taken from the owner's own hand only, never from a tool's. */
export function byPerson(caller: Caller): 'person' | undefined {
  return caller.role === 'owner' && caller.run === undefined ? 'person' : undefined
}
