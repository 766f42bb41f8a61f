import {
  failure,
  toFailure,
  type Failure,
  type GatewayForAgentMethods,
  type LedgerRecord,
  type LineDraft,
  type LineKind,
  type Params,
  type Result,
  type RunResult,
} from '@openclaw/protocol'
import { firstOf, within } from '../deadline.ts'
import type { Preview } from '../delivery/preview.ts'
import { compaction } from '../sessions/checkpoint.ts'
import type { ActiveRun } from './lanes.ts'
import { senderOf, tellOwner } from './sender.ts'
import { openRunChats, type RunChats } from './chat.ts'
import { concealLines } from './conceal.ts'
import { beginCall } from './gate.ts'
import { openHeard } from './heard.ts'
import { insist } from './insist.ts'
import type { RunParts } from './parts.ts'
import { mayJoin, planRun, type RunPlan } from './plan.ts'
import { endOf, settlement } from './settle.ts'
import { usageOf } from './used.ts'
import { openSpoken, type Spoken } from './spoken.ts'

type Accept = LedgerRecord<'accept'>
type Calls = GatewayForAgentMethods

/** A run, as the agent's calls reach it. */
export interface Run extends ActiveRun {
  readonly session: string
  readonly plan: RunPlan | undefined
  readonly chats: RunChats
  /** Plugins of which a call was allowed that said that what it leaves lasts. */
  readonly lasting: Set<string>
  /** What it answers so far. */
  readonly accepts: readonly Accept[]
  /** It ended because a person is asked about a call, and is to be resumed. */
  readonly waits: boolean
  commit(params: Params<Calls['step.commit']>): Promise<Result<Calls['step.commit']>>
  begin(params: Params<Calls['tool.begin']>): Promise<Result<Calls['tool.begin']>>
  end(params: Params<Calls['tool.end']>): Promise<Result<Calls['tool.end']>>
  /** Puts a summary in the place of the older part of the session. */
  checkpoint(params: Params<Calls['session.checkpoint']>): Promise<Result<Calls['session.checkpoint']>>
  /** A piece of what the agent says. */
  hear(delta: string): void
}

/** Kinds of lines that an agent may write; the rest is the gateway's. */
const agentKinds: ReadonlySet<LineKind> = new Set<LineKind>(['run', 'take', 'system', 'assistant', 'tool'])
/** An abort that the agent does not obey within this time ends the run without it. */
const obedienceMs = 1500
/** A model or tool that hangs past its deadline has this long to notice. */
const graceMs = 5000

/**
 * Starts a run over accepted messages. It always ends: with an answer, a failure or an abort, and the settlement is
 * durable before anyone is told. When the agent process dies the run goes on from its last committed step, once.
 */
export function startRun(
  parts: RunParts,
  sessionKey: string,
  accepts: readonly Accept[],
  resumed?: { readonly run: string },
  /** Called when everything is there that it needs, and its work begins. */
  begins: () => void = () => {},
): Run {
  const id = resumed?.run ?? parts.platform.random.id()
  const { clock } = parts.platform
  const chats = openRunChats(() => answers[0]!.reply)
  const lasting = new Set<string>()
  const heard = openHeard()
  const stopping = new AbortController()
  const answers: Accept[] = [...accepts]
  /** Steered in and not yet taken by a durable line: they go back to the lane if the run ends first. */
  const steered = new Map<string, { accept: Accept; tell(taken: boolean): void }>()
  let stopped: { outcome: 'aborted' | 'interrupted'; reason: string; quiet: boolean } | undefined
  let plan: RunPlan | undefined
  let preview: Preview | undefined
  let spoken: Spoken | undefined
  let deadline = Infinity
  /** Who is counted for it; the owner is nobody's guest. */
  let sender: string | undefined
  let committed = resumed !== undefined
  let attempts = 0
  let closed = false
  let waits = false

  /** What the agent commits; a call is judged by all that came before it. */
  let committing: Promise<unknown> | undefined
  function commit(drafts: readonly LineDraft[]) {
    const done = commitNow(drafts)
    committing = done.catch(() => {})
    return done
  }

  async function commitNow(drafts: readonly LineDraft[]) {
    if (closed) throw failure('conflict', `run ${id} is over; nothing more can be added to it`)
    const news = await spoken?.with(drafts)
    const records = news ? { records: () => news.records } : {}
    const lines = await parts.sessions.commit({ session: sessionKey, agent: plan!.request.agent, drafts, ...records })
    news?.done()
    if (drafts.some(({ kind }) => kind === 'run')) committed = true
    takeSteered(drafts)
    return lines
  }

  function takeSteered(drafts: readonly LineDraft[]) {
    for (const draft of drafts) {
      if (draft.kind !== 'take') continue
      for (const line of draft.body.takes) {
        const one = steered.get(line)
        if (!one) continue
        steered.delete(line)
        answers.push(one.accept)
        one.tell(true)
      }
    }
  }

  /** Asks the agent to work, and to go on when its process died under it. */
  async function work(): Promise<RunResult> {
    sender = senderOf(answers)
    parts.budget.check(sender, (text) => void tellOwner(parts, sessionKey, text).catch(() => {}))
    for (attempts = 1; ; attempts++) {
      using until = firstOf(stopping.signal, parts.closing)
      await within(parts.agent.ready(), until.signal)
      if (attempts === 1) {
        begins()
        await parts.storeFiles(answers, until.signal)
      }
      const session = await parts.sessions.open(sessionKey)
      plan = await planRun(parts, id, session, answers, { resume: committed, signal: stopping.signal })
      if (attempts === 1) {
        deadline = clock.monotonic() + plan.request.limits.wallMs
        parts.emit(
          'agent.start',
          { run: id, model: plan.request.models[0]!, takes: answers.map(({ line }) => line) },
          sessionKey,
        )
        // Calls that are told while it works stand below a message that grows, so there is none.
        if (plan.verbose) void preview?.finish()
        const aloud = plan.request.aloud === true && !preview
        spoken = openSpoken(parts, { id, accepts: answers, verbose: plan.verbose, aloud })
      }
      await goOnBehind()
      try {
        return await bounded(parts.agent.call('run.start', parts.news.with(plan.request, session)))
      } catch (error) {
        const why = toFailure(error)
        if (why.code !== 'unavailable' || stopping.signal.aborted || attempts > 1) throw error
        parts.log.warn(`run ${id}: the agent process was lost; going on from the last committed step`)
      }
    }
  }

  /** What the person was told of an unfinished step becomes a line, so that the model goes on behind it. */
  async function goOnBehind() {
    await spoken?.again()
    const { begin, ...request } = plan!.request
    const told = spoken?.unwritten(request.models[0]!)
    if (!told) return
    const lines = await commit([...(begin ? [begin as LineDraft] : []), told])
    plan = { ...plan!, request: { ...request, seq: lines.at(-1)!.seq } }
  }

  /** The agent's answer, or the end that the run was told; whichever comes first. */
  async function bounded(answer: Promise<RunResult>): Promise<RunResult> {
    const { promise: ended, reject } = Promise.withResolvers<never>()
    const left = Math.max(0, deadline - clock.monotonic()) + graceMs
    using _late = clock.after(left, () => {
      void parts.agent.call('run.abort', { run: id, reason: 'the deadline is over' }).catch(() => {})
      reject(failure('aborted', `the run took longer than ${Math.round((left - graceMs) / 1000)} s and was stopped`))
    })
    let obey: Disposable | undefined
    const stop = () => {
      const reason = stopped?.reason ?? 'stopped'
      void parts.agent.call('run.abort', { run: id, reason }).catch(() => {})
      obey = clock.after(obedienceMs, () => reject(failure('aborted', reason)))
    }
    if (stopping.signal.aborted) stop()
    stopping.signal.addEventListener('abort', stop, { once: true })
    try {
      return await Promise.race([answer, ended])
    } finally {
      obey?.[Symbol.dispose]()
      stopping.signal.removeEventListener('abort', stop)
      answer.catch(() => {})
    }
  }

  async function settle(result: RunResult | undefined, thrown: Failure | undefined, preview: string | undefined) {
    const usage = await usageOf(parts.sessions, { id, session: sessionKey, result, whole: !resumed && attempts < 2 })
    const { outcome, why } = endOf({ stopped, result, thrown }, parts.mask)
    const lines = concealLines((result?.lines ?? []) as LineDraft[], parts.mask)
    takeSteered(lines)
    const planned = plan?.request.begin as LineDraft<'run'> | undefined
    const told = plan && spoken?.unwritten(plan.request.models[0]!, lines)
    const written = result ? lines : !committed && planned ? [planned] : []
    const { drafts, records, outbounds, handovers } = settlement({
      run: id,
      session: sessionKey,
      accepts: answers,
      outcome,
      failure: why,
      lines: told ? [...written, told] : written,
      text: spoken?.rest(result?.text ?? '') ?? result?.text ?? '',
      answer: result?.text ?? '',
      begun: spoken?.begun === true,
      attachments: result?.attachments ?? [],
      preview,
      role: plan?.standing.role,
      silent: stopped?.quiet === true,
      newId: () => parts.platform.random.id(),
      now: clock.now(),
    })
    const agent = answers[0]!.agent
    const commit = () => parts.sessions.commit({ session: sessionKey, agent, drafts, records: () => records })
    if (!(await insist(parts, `run ${id}`, commit))) return
    parts.approvals.forget(id)
    parts.budget.add(usage, sender)
    parts.allowances.ended(sessionKey, result?.limited === true)
    parts.log[outcome === 'answered' ? 'debug' : 'info'](`run ${id}: ${outcome}`, {
      session: sessionKey,
      ...(why ? { code: why.code } : {}),
    })
    parts.emit('agent.end', { run: id, outcome, ...(why ? { failure: why } : {}), usage }, sessionKey)
    const end = {
      session: sessionKey,
      status: outcome,
      text: result?.text ?? '',
      ...(why ? { failure: why } : {}),
      usage,
    }
    for (const { id: run } of answers) parts.outcomes.settle(run, { run, ...end })
    parts.deliver(outbounds)
    parts.handOver(handovers)
  }

  /** Puts a durable line before the run's next model call. */
  async function give(line: string): Promise<boolean> {
    const { seq } = await parts.sessions.open(sessionKey)
    const { taken } = await parts.agent
      .call('run.steer', { run: id, takes: [line], seq })
      .catch(() => ({ taken: false }))
    return taken
  }

  async function go() {
    parts.emit('typing', { on: true }, sessionKey)
    const { reply } = answers[0]!
    using _typing = reply && parts.typing(reply)
    preview = parts.preview(answers[0]!)
    let result: RunResult | undefined
    let thrown: Failure | undefined
    try {
      result = await work()
    } catch (error) {
      thrown = toFailure(error)
      if (thrown.code === 'internal') parts.log.error(`run ${id} failed`, { error: thrown.message })
    }
    closed = true
    await spoken?.again()
    const shown = await preview?.finish()
    // Nobody failed here: the next start goes on with it.
    if (parts.closing.aborted && !stopped && result?.outcome !== 'answered') return
    waits = result?.outcome === 'waiting' && !stopped
    if (!waits) await settle(result, thrown, shown)
    for (const { tell } of steered.values()) tell(false)
    parts.emit('typing', { on: false }, sessionKey)
  }

  const run: Run = {
    id,
    session: sessionKey,
    get plan() {
      return plan
    },
    get mode() {
      return plan?.mode
    },
    get waits() {
      return waits
    },
    chats,
    lasting,
    accepts: answers,
    settled: Promise.resolve().then(go),
    abort(reason, outcome, quiet = false) {
      if (stopped || closed) return
      stopped = { reason, outcome, quiet }
      stopping.abort(failure('aborted', reason))
    },
    async steer(accept) {
      if (closed || stopped || !mayJoin(plan, accept)) return false
      const { promise, resolve } = Promise.withResolvers<boolean>()
      steered.set(accept.line, { accept, tell: resolve })
      await parts.storeFiles([accept], stopping.signal).catch(() => {})
      const taken = await give(accept.line)
      if (!taken && steered.delete(accept.line)) resolve(false)
      return promise
    },
    async tell(line) {
      if (!closed && !stopped && plan) await give(line)
    },
    hear(delta) {
      preview?.add(delta)
      if (!closed) spoken?.hear(delta)
    },
    async commit({ lines }) {
      const drafts = lines as LineDraft[]
      const alien = drafts.find(({ kind }) => !agentKinds.has(kind))
      if (alien) throw failure('forbidden', `run ${id}: an agent may not write lines of kind "${alien.kind}"`)
      const stamped = await commit(drafts)
      return { seq: stamped.at(-1)?.seq ?? 0 }
    },
    async checkpoint({ run: _, ...summarised }) {
      const session = await parts.sessions.open(sessionKey)
      const stamped = await commit([await compaction(parts.sessions, session, summarised)])
      parts.emit('sessions.changed', { key: sessionKey, deleted: false }, sessionKey)
      return { seq: stamped.at(-1)!.seq }
    },
    async begin(params) {
      preview?.clear()
      await committing
      if (closed || !plan) throw failure('conflict', `run ${id} is over`)
      const takes = () => answers.map(({ line }) => line)
      const { signal } = stopping
      const { reply } = answers[0]!
      return beginCall(parts, { plan, signal, reply, chats, lasting, heard, takes, commit }, params)
    },
    async end(params) {
      heard.add(params.outside)
      if (!parts.plugins.intercepts('tool.result')) return { content: params.content, failed: params.failed }
      const value = { session: sessionKey, tool: params.tool, content: params.content, failed: params.failed }
      const answer = await parts.plugins.intercept('tool.result', value, stopping.signal)
      if ('failed' in answer) {
        return { content: [{ type: 'text', text: `the result was withheld: ${answer.failed}` }], failed: true }
      }
      return 'value' in answer ? { content: [...answer.value.content], failed: answer.value.failed } : params
    },
  }
  return run
}
