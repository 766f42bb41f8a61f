import { failure, methods, type Method, type Right, type Role } from '@openclaw/protocol'
import type { Ledger } from '../ledger/ledger.ts'
import { isBelow } from '../router/subagent.ts'
import type { Caller } from '../methods/caller.ts'
import type { Plugins } from '../plugins/host.ts'
import type { Run } from './run.ts'
import { senderOf } from './sender.ts'

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
 * What only the owner may do and a tool may do for them: no tool gives a yes, lets somebody in, makes a credential, or
 * changes what runs here. What plugins add is theirs to guard.
 */
const ownersTools: ReadonlySet<string> = new Set([
  'channels.configure',
  'config.get',
  'config.set',
  'gateway.restart',
  'logs.tail',
  'usage.get',
])

const rowOf = (method: string): Method | undefined =>
  Object.hasOwn(methods, method) ? methods[method as keyof typeof methods] : undefined

function isForPeople(method: string): boolean {
  const row = rowOf(method)
  return (row?.right === 'admin' || row?.right === 'pairing') && !ownersTools.has(method)
}

/** The session whose lane a method would wait on, by its params. */
function laneOf(params: unknown, ledger: Pick<Ledger, 'owed'>): string | undefined {
  const { session, run } = (params ?? {}) as { session?: string; run?: string }
  return session ?? (run === undefined ? undefined : ledger.owed.accepts.get(run)?.session)
}

/**
 * Makes the way of a tool's call to a gateway method: with the rights of the run's principal, which are the owner's only
 * in a run that nobody else has a word in, and only methods that the plugin's manifest names.
 */
export function callAsRun(parts: {
  plugins: Pick<Plugins, 'list' | 'method'>
  ledger: Pick<Ledger, 'owed'>
  call(method: string, params: unknown, caller: Caller): Promise<unknown>
  signal: AbortSignal
}): (run: Run, plugin: string, method: string, params: unknown) => Promise<unknown> {
  return async (run, plugin, method, params) => {
    const permissions = parts.plugins.list().find(({ id }) => id === plugin)?.permissions.methods ?? []
    if (!permissions.includes(method)) {
      throw failure(
        'forbidden',
        `${plugin} calls ${method}, which its manifest does not name under permissions.methods`,
      )
    }
    if (isForPeople(method)) throw failure('forbidden', `${method} is for people: no tool may call it`)
    if ((rowOf(method) ?? parts.plugins.method(method)?.row)?.lasts && !run.lasting.has(plugin)) {
      throw failure(
        'forbidden',
        `${plugin} calls ${method}, which makes the agent act later, and its tool does not say so with \`lasts\``,
      )
    }
    const lane = waits.has(method) ? laneOf(params, parts.ledger) : undefined
    if (lane !== undefined && (lane === run.session || isBelow(run.session, lane))) {
      throw failure('conflict', `${method} would wait for the run that calls it; ask about another session`)
    }
    const role = run.plan?.standing.role ?? 'guest'
    const sender = senderOf(run.accepts)
    const principal = role === 'owner' ? 'owner' : `session:${run.session}`
    return parts.call(method, params ?? {}, {
      principal,
      role,
      // The chat that a run answers is its own, whoever asks there; the methods see to it that it stays with that one.
      rights: method.startsWith('messages.') ? ['write'] : rights[role],
      signal: parts.signal,
      run: run.id,
      ...(sender === undefined ? {} : { sender }),
    })
  }
}

const rights: Readonly<Record<Role, readonly Right[]>> = {
  owner: ['read', 'write', 'admin', 'pairing'],
  member: ['read', 'write'],
  guest: ['read'],
}
