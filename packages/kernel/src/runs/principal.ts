import { failure, type Right } from '@openclaw/protocol'
import type { Caller } from '../methods/caller.ts'
import type { Run } from './run.ts'

/** Methods that would wait on a lane: from within a run on the same lane they would never end. */
const waits: ReadonlySet<string> = new Set([
  'agent.wait',
  'chat.abort',
  'sessions.reset',
  'sessions.delete',
  'sessions.erase',
  'sessions.compact',
])

/**
 * A tool's call to a gateway method: with the rights of the run's principal, which are the owner's only in a run that
 * nobody else has a word in, and only methods that the plugin's manifest names.
 */
export async function callAsRun(asked: {
  run: Run
  plugin: string
  method: string
  params: unknown
  permissions: readonly string[]
  /** The lane that a method would wait on. */
  laneOf(method: string, params: unknown): string | undefined
  call(method: string, params: unknown, caller: Caller): Promise<unknown>
  signal: AbortSignal
}): Promise<unknown> {
  const { run, plugin, method, params, permissions } = asked
  if (!permissions.includes(method)) {
    throw failure('forbidden', `${plugin} calls ${method}, which its manifest does not name under permissions.methods`)
  }
  if (waits.has(method) && asked.laneOf(method, params) === run.session) {
    throw failure('conflict', `${method} would wait for the run that calls it; ask about another session`)
  }
  const role = run.plan?.standing.role ?? 'guest'
  const rights: readonly Right[] =
    role === 'owner' ? ['read', 'write', 'admin', 'pairing'] : role === 'member' ? ['read', 'write'] : ['read']
  const principal = role === 'owner' ? 'owner' : `session:${run.session}`
  return asked.call(method, params ?? {}, { principal, role, rights, signal: asked.signal, run: run.id })
}
