import {
  defaultSubagentLimits,
  failure,
  type GatewayForAgentMethods,
  type LedgerRecord,
  type Params,
  type Result,
  type QueueMode,
} from '@openclaw/protocol'
import type { AgentNotice } from '../agents/agent.ts'
import { agentOf } from '../router/key.ts'
import { openHandovers } from './handover.ts'
import { insist } from './insist.ts'
import { openLanes, type Lanes } from './lanes.ts'
import { concealContent, concealLines } from './conceal.ts'
import type { RunParts } from './parts.ts'
import type { Recovered } from './recover.ts'
import { openAllowances, type Allowances } from './more.ts'
import { openNews } from './news.ts'
import { openParked, type Parked } from './parked.ts'
import { openPolicy } from './policy.ts'
import { startRun, type Run } from './run.ts'
import { settleUnanswered } from './settle.ts'

type Accept = LedgerRecord<'accept'>
type Calls = Omit<GatewayForAgentMethods, 'plugin.reach' | 'plugin.end'>

/** All runs of the gateway: the lanes they come from, and the agent's calls that reach them. */
export interface Runner {
  readonly lanes: Lanes
  /** What the agent process may call about its runs. */
  readonly handlers: {
    readonly [M in keyof Calls]: (params: Params<Calls[M]>) => Result<Calls[M]> | Promise<Result<Calls[M]>>
  }
  /** A run in progress; throws `conflict` when it is not. */
  find(run: string): Run
  /** What the agent process tells. */
  hear(notice: AgentNotice): void
  /** Ends accepts that no run will answer. */
  cancel(accepts: readonly Accept[], reason: string, how?: { readonly silent?: boolean }): Promise<void>
  /** What was given up; a resumed run begins at once. */
  readonly parked: Parked
  /** The owner lets go on what reached its limit: the last run of a session, else the day. */
  more: Allowances['more']
  /** Goes on with what an earlier process left. */
  recover(recovered: Recovered): Promise<void>
}

export function openRunner(
  given: Omit<RunParts, 'allowances' | 'handOver' | 'news' | 'policy'> & {
    mode(session: string): QueueMode
    /** A plugin's call to a gateway method, with the rights of the run's principal. */
    callMethod(run: Run, plugin: string, method: string, params: unknown): Promise<unknown>
  },
): Runner {
  const allowances = openAllowances(given.budget)
  const handOver = openHandovers({ ...given, accepted: (accept) => lanes.push(accept) })
  const policy = openPolicy(() => given.config().value)
  const news = openNews()
  const parts = { ...given, allowances, handOver, news, policy }
  const runs = new Map<string, Run>()
  const resuming = new Map<string, string>()
  const suspects = new Set<string>()
  /** Runs that wait for a person, with what they answer. */
  const held = new Map<string, readonly Accept[]>()
  /** Runs that are just going to wait for what was decided already. */
  const decided = new Set<string>()

  function hold(run: string, accepts: readonly Accept[]) {
    held.set(run, accepts)
    lanes.hold(accepts[0]!.session, accepts)
  }
  function goOn(run: string, accepts: readonly Accept[]) {
    held.delete(run)
    resuming.set(accepts[0]!.id, run)
    lanes.resume(accepts[0]!.session, accepts)
  }
  parts.approvals.onDecided((run) => {
    const accepts = held.get(run)
    if (accepts) goOn(run, accepts)
    else if (runs.has(run)) decided.add(run)
  })

  function start(session: string, accepts: readonly Accept[]): Run {
    const resumed = resuming.get(accepts[0]!.id)
    resuming.delete(accepts[0]!.id)
    const tried = accepts.map(({ id }) => id).filter((id) => suspects.delete(id))
    const begins = () => {
      // It goes before everything that the run commits; a disk that refuses it refuses that too.
      if (tried.length > 0) parts.ledger.append([{ type: 'tried', accepts: tried }], () => {})
    }
    const run = startRun(parts, session, accepts, resumed === undefined ? undefined : { run: resumed }, begins)
    runs.set(run.id, run)
    void run.settled.then(() => {
      runs.delete(run.id)
      const late = decided.delete(run.id)
      if (run.waits) (late ? goOn : hold)(run.id, run.accepts)
    })
    return run
  }

  function find(id: string): Run {
    const run = runs.get(id)
    if (!run) throw failure('conflict', `run ${id} is not in progress`)
    return run
  }

  async function end(what: Parameters<typeof settleUnanswered>[1]) {
    const { run, accepts, outcome, reason } = what
    const { outbounds, handovers } = await settleUnanswered(parts, what)
    const { session } = accepts[0]!
    for (const { id } of accepts) {
      parts.outcomes.settle(id, { run: id, session, status: outcome, failure: { code: 'aborted', message: reason } })
    }
    parts.approvals.forget(run)
    parts.emit('agent.end', { run, outcome }, session)
    parts.deliver(outbounds)
    handOver(handovers)
  }

  /** The same as soon as the disk takes it: nobody waits for a disk that does not, and no lane has these any more. */
  async function endSoon(what: Parameters<typeof end>[0]) {
    const settle = () => end(what)
    await settle().catch(() => void insist(parts, `run ${what.run}`, settle))
  }

  function park({ run, accepts }: Recovered['parked'][number]) {
    const reason = 'the gateway ended more than once while this was in work, so it is not tried again'
    return endSoon({ run, accepts, outcome: 'interrupted', reason, park: true })
  }

  const abreast = (session: string) =>
    ({ ...defaultSubagentLimits, ...parts.config().value.agents?.[agentOf(session) ?? 'main']?.subagents }).concurrent
  const lanes = openLanes({ clock: parts.platform.clock, start, mode: parts.mode, abreast })
  const parked = openParked(parts)
  return {
    lanes,
    find,
    parked: {
      ...parked,
      async resume(run) {
        const accepts = await parked.resume(run)
        lanes.resume(accepts[0]!.session, accepts)
        return accepts
      },
    },
    handlers: {
      async 'session.lines'(asked) {
        return news.answer(await parts.sessions.open(asked.session), asked)
      },
      'step.commit': (params) => find(params.run).commit({ ...params, lines: concealLines(params.lines, parts.mask) }),
      'session.checkpoint': (params) => find(params.run).checkpoint(params),
      'tool.begin': (params) => find(params.run).begin(params),
      'tool.end': (params) => find(params.run).end({ ...params, content: concealContent(params.content, parts.mask) }),
      'gateway.call': ({ run, plugin, method, params }) => parts.callMethod(find(run), plugin, method, params),
    },
    hear({ event, payload }) {
      if (event === 'log') return parts.log[payload.level](payload.text, payload.fields as object | undefined)
      if (event === 'tools.changed' || event === 'entries.changed') return
      const run = runs.get(payload.run)
      // A run that is over has nothing more to say.
      if (!run) return
      if (event === 'agent.text') run.hear(payload.delta)
      const shown =
        event === 'agent.tool.progress' || event === 'agent.tool.result'
          ? { ...payload, content: concealContent(payload.content, parts.mask) }
          : payload
      parts.emit(event, shown as never, run.session)
    },
    async cancel(accepts, reason, { silent = false } = {}) {
      const ids = new Set(accepts.map(({ id }) => id))
      const begun = [...held].filter(([, [first]]) => ids.has(first!.id))
      for (const [run, some] of begun) {
        held.delete(run)
        await endSoon({ run, accepts: some, outcome: 'aborted', reason, silent })
        for (const { id } of some) ids.delete(id)
      }
      const bySession = Map.groupBy(
        accepts.filter(({ id }) => ids.has(id)),
        ({ session }) => session,
      )
      for (const some of bySession.values())
        await endSoon({ run: parts.platform.random.id(), accepts: some, outcome: 'aborted', reason, silent })
    },
    more: (session) => allowances.more(session),
    async recover({ resumed, held: asking, waiting, suspects: left, parked }) {
      for (const { id } of left) suspects.add(id)
      for (const { run, accepts } of resumed) goOn(run, accepts)
      for (const { run, accepts } of asking) (parts.approvals.waits(run) ? hold : goOn)(run, accepts)
      for (const accept of waiting) lanes.push(accept)
      const owed = [...parts.ledger.owed.handovers.values()]
      for (const one of parked) await park(one)
      handOver(owed)
    },
  }
}
