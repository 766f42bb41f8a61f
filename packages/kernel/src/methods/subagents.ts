import { defaultSubagentLimits, failure, type Config, type MethodParams } from '@openclaw/protocol'
import { dedupeKey } from '../ledger/key.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { agentOf } from '../router/key.ts'
import { isBelow, subagentKey } from '../router/subagent.ts'
import type { Accepted, Asked } from '../runs/intake.ts'
import type { Run } from '../runs/run.ts'
import type { Runner } from '../runs/runner.ts'
import { senderOf } from '../runs/sender.ts'
import { tasksBelow } from '../runs/tree.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { agentIds } from './agents.ts'
import type { Caller, Handlers } from './caller.ts'

/**
 * Sub-agents of a run. What one finds comes back by itself, as a message in the session that gave it the task; nobody
 * waits for it. It works with the role, the tools and the confinement of that session, and never with more, also when it
 * is of another agent, which the configuration has to allow.
 */
export function subagentMethods(parts: {
  ledger: Ledger
  sessions: Pick<Sessions, 'info'>
  runner: Pick<Runner, 'find'>
  config(): Config
  accept(asked: Asked): Promise<Accepted>
}): Handlers<'sessions.spawn' | 'sessions.send'> {
  const { ledger } = parts
  /** Spawned and not accepted yet, by parent. */
  const coming = new Map<string, Set<string>>()

  function runOf(caller: Caller, method: string): Run {
    if (caller.run === undefined)
      throw failure('forbidden', `${method}: only an agent at work has sub-agents; say something with chat.send`)
    return parts.runner.find(caller.run)
  }

  /** Which agent a new sub-agent is of. Throws `forbidden` for one that the configuration does not give this one. */
  function choose(own: string, wanted = own): string {
    if (wanted === own) return own
    const { allowAgents = [] } = parts.config().agents?.[own]?.subagents ?? {}
    if (!allowAgents.includes(wanted) && !allowAgents.includes('*'))
      throw failure(
        'forbidden',
        `sessions.spawn: ${own} has no sub-agents of "${wanted}"; the owner allows them with agents.${own}.subagents.allowAgents`,
      )
    if (!agentIds(parts.config()).includes(wanted))
      throw failure('not_found', `sessions.spawn: agent "${wanted}" is not configured; see \`openclaw agents list\``)
    return wanted
  }

  /** Gives a sub-agent a task in the name of a run. */
  async function give(
    run: Run,
    caller: Caller,
    session: string,
    label: string,
    params: Omit<MethodParams<'sessions.spawn'>, 'label' | 'agent'>,
  ) {
    const { message, model, thinking, idempotencyKey } = params
    const { agent, child, reply, replyTo } = run.accepts[0]!
    const role = run.plan!.standing.role
    const sender = senderOf(run.accepts)
    const answered = child ?? { ...(reply ? { reply } : {}), ...(replyTo ? { replyTo } : {}) }
    const { id, repeated } = await parts.accept({
      session,
      agent: agentOf(session)!,
      draft: {
        kind: 'user',
        body: { text: message },
        origin: {
          channel: 'subagent',
          account: 'default',
          peer: { kind: 'direct', id: run.session },
          ...(sender ? { sender } : {}),
        },
        role,
        trust: role === 'guest' ? 'outside' : role,
      },
      dedupe: dedupeKey('rpc', caller.principal, idempotencyKey),
      role,
      child: { ...answered, above: [...(child?.above ?? []), { session: run.session, agent }], label },
      ...(model || thinking ? { ask: { ...(model ? { model } : {}), ...(thinking ? { thinking } : {}) } } : {}),
    })
    return { run: id, session, repeated }
  }

  function limitsOf(agent: string) {
    return { ...defaultSubagentLimits, ...parts.config().agents?.[agent]?.subagents }
  }

  return {
    async 'sessions.spawn'(params, caller) {
      const run = runOf(caller, 'sessions.spawn')
      const { agent, child } = run.accepts[0]!
      const { depth, children } = limitsOf(agent)
      const level = (child?.above.length ?? 0) + 1
      if (level > depth)
        throw failure(
          'forbidden',
          `sessions.spawn: sub-agents go ${depth} deep here (agents.${agent}.subagents.depth); do it yourself`,
        )
      const session = subagentKey(run.session, `${run.id} ${params.idempotencyKey}`, choose(agent, params.agent))
      const soon = coming.get(run.session) ?? new Set()
      const direct = tasksBelow(ledger, run.session).filter((one) => one.child!.above.at(-1)!.session === run.session)
      const busy = new Set([...direct.map((one) => one.session), ...soon])
      if (!busy.has(session) && busy.size >= children)
        throw failure(
          'rate_limited',
          `sessions.spawn: ${busy.size} sub-agents are at work, which is all (agents.${agent}.subagents.children); go on when one has reported`,
        )
      coming.set(run.session, soon.add(session))
      try {
        return await give(run, caller, session, params.label ?? params.message.slice(0, 60), params)
      } finally {
        soon.delete(session)
        if (soon.size === 0) coming.delete(run.session)
      }
    },
    async 'sessions.send'({ session, ...params }, caller) {
      const run = runOf(caller, 'sessions.send')
      if (!isBelow(session, run.session) || !(await parts.sessions.info(session)))
        throw failure('not_found', `sessions.send: ${session.slice(0, 200)} is no sub-agent of this session`)
      return give(run, caller, session, params.message.slice(0, 60), params)
    },
  }
}
