import { failure, type ToolCall } from '@openclaw/sdk'

/** One session, as `sessions.list` and `sessions.get` answer. */
export interface Session {
  readonly key: string
  readonly title: string
  readonly updatedAt: number
  readonly lines: number
  readonly running: boolean
  readonly usage: { readonly input: number; readonly output: number; readonly costUsd?: number }
}
export type Scope = 'tree' | 'agent' | 'all'

const agentOf = (key: string) => key.split(':')[1]

/** The sessions of a scope, last used first. */
export async function listSessions({ gateway, session }: ToolCall, scope: Scope, search: string | undefined) {
  const within = { tree: { below: session }, agent: { agent: agentOf(session)! }, all: {} }[scope]
  const query = { limit: 100, ...within, ...(search ? { search } : {}) }
  return (await gateway.call('sessions.list', query)) as { sessions: Session[]; total: number }
}

/** The session that a call names, this one when it names none. Throws `not_found` for one that is not to be seen. */
export async function findSession(call: ToolCall, scope: Scope, named: string | undefined): Promise<Session> {
  const key = named ?? call.session
  const free = scope === 'all' || key === call.session || (scope === 'agent' && agentOf(key) === agentOf(call.session))
  if (!free) {
    const { sessions } = (await call.gateway.call('sessions.list', { below: call.session, limit: 500 })) as {
      sessions: Session[]
    }
    if (!sessions.some((one) => one.key === key))
      throw failure(
        'not_found',
        `${key.slice(0, 200)} is neither this session nor one of its sub-agents; see sessions_list`,
      )
  }
  return (await call.gateway.call('sessions.get', { session: key })) as Session
}

/** A session in one line. */
export function describe({ key, title, running, lines, updatedAt }: Session): string {
  const state = running ? 'at work' : 'at rest'
  return `${key}  ${state}, ${lines} lines, last used ${new Date(updatedAt).toISOString()}: ${title}`
}
