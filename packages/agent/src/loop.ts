import { failure, toFailure, type LineDraft, type Part, type RunRequest, type RunResult } from '@openclaw/protocol'
import type { ModelRequest } from '@openclaw/sdk'
import { makeCall, type CallEnd, type CallPart, type CallParts, type GatewayWire } from './calls.ts'
import type { Clock } from './clock.ts'
import type { Context } from './context.ts'
import type { Cooldowns } from './cooldowns.ts'
import { askModels, type Answered, type Attempt } from './fallback.ts'
import { openBudget } from './limits.ts'
import type { Memory, News } from './memory.ts'
import type { Prompts } from './prompt.ts'
import type { ProviderRegistry } from './providers.ts'
import { readable } from './request.ts'
import { readResumed } from './resumed.ts'
import { openRoom, type RoomParts } from './room.ts'
import { openSteps } from './steps.ts'
import { joinDeltas } from './stream.ts'
import type { ToolRegistry } from './tools.ts'
import { callIds } from './turns.ts'

/** What runs of one agent instance are made with. */
export interface LoopParts extends Pick<RoomParts, 'windows' | 'scales'> {
  readonly gateway: GatewayWire
  readonly clock: Clock
  readonly tools: ToolRegistry
  readonly providers: ProviderRegistry
  readonly prompts: Prompts
  readonly memory: Memory
  readonly cooldowns: Cooldowns
  readonly idleMs: number
  /** What calls of a run are made with, beside what every run has. */
  callParts(request: RunRequest): Pick<CallParts, 'media' | 'workspace'> & AsyncDisposable
}

/** A run in progress. */
export interface ActiveRun {
  readonly result: Promise<RunResult>
  /** True once the lines are part of the run; false when it ended without them. */
  steer(takes: readonly string[], seq: number): Promise<boolean>
  abort(reason: string): void
}

interface Steer {
  readonly takes: readonly string[]
  readonly seq: number
  resolve(taken: boolean): void
}

const cutNote = '\n\n[The answer ends here because the model reached its longest output.]'

/**
 * Runs until the model answers, and always ends: with an answer, a failure or an abort. Each step's lines are durable
 * before its tools run; those of the last step come back for the gateway to commit with the settlement.
 */
export function startRun(request: RunRequest, parts: LoopParts): ActiveRun {
  const { gateway, clock, memory } = parts
  const control = new AbortController()
  const { signal } = control
  let stopped: { outcome: 'failed' | 'aborted'; reason: Error } | undefined
  const steers: Steer[] = []
  const steps = openSteps(request.seq, (lines) => gateway.call('step.commit', { run: request.run, lines }))
  const budget = openBudget(request.limits)
  let over = false

  function stop(outcome: 'failed' | 'aborted', message: string) {
    stopped ??= { outcome, reason: failure('aborted', message) }
    control.abort(stopped.reason)
  }

  /** Folds a line into the run's context and keeps it for the next commit. */
  function write(context: Context, draft: LineDraft) {
    context.addDraft(draft)
    steps.add(draft)
  }

  async function takeSteers(context: Context): Promise<void> {
    for (const { takes, seq, resolve } of steers.splice(0)) {
      try {
        const durable = await memory.recall(request.session, seq)
        for (const id of takes) {
          const line = durable.user(id) ?? durable.revision(id)
          if (line) context.lend(line)
        }
        write(context, { kind: 'take', body: { run: request.run, takes: [...takes] } })
        resolve(true)
      } catch {
        resolve(false)
      }
    }
  }

  /** Tool calls side by side; results become lines in source order, as soon as all before them are there. */
  async function runCalls(context: Context, calls: readonly CallPart[], with_: CallParts): Promise<CallEnd[]> {
    const ends: (CallEnd | undefined)[] = calls.map(() => undefined)
    let written = 0
    let asked = false
    const flush = () => {
      // Where the disk refused the step itself, nothing was run, and there are no results.
      if (!asked) return
      for (let end = ends[written]; end; end = ends[++written]) {
        const { id, name } = calls[written]!
        if (end.waits) continue
        const { content, failed, details, files, outside } = end
        write(context, {
          kind: 'tool',
          ...(outside === undefined ? {} : { trust: outside ? 'outside' : 'owner' }),
          body: {
            run: request.run,
            call: id,
            tool: name,
            content,
            ...(failed ? { failed } : {}),
            ...(details === undefined ? {} : { details }),
            ...(files ? { files } : {}),
          },
        })
      }
      // The model may be asked meanwhile: what it answers to them is durable after them.
      if (!signal.aborted) steps.flush()
    }
    const step = with_.saved.then(() => {
      asked = true
      flush()
    })
    await Promise.all([
      step,
      ...calls.map(async (call, at) => {
        ends[at] = await makeCall(call, with_)
        flush()
      }),
    ])
    return ends as CallEnd[]
  }

  async function work(): Promise<RunResult> {
    const begin = request.begin as LineDraft | undefined
    if (begin) steps.add(begin)
    let context = (await memory.recall(request.session, request.seq, request.news as News | undefined)).fork()
    const takes = begin?.kind === 'run' ? begin.body.takes : []
    if (takes.length > 0 && !takes.some((id) => context.user(id))) {
      // Answering without the question would look as if it had been read.
      throw failure(
        'not_found',
        'the message cannot be read any more: it was erased, or lies before the last reset of this session; please send it again',
      )
    }
    if (begin) context.addDraft(begin)
    // A run that goes on sends what its calls had for the person before.
    const before = begin ? undefined : readResumed(context, request.run)
    const files = before?.files ?? []
    const tools = parts.tools.offered(request.tools)
    const { root, sandbox } = request.workspace
    const system = await parts.prompts.build({
      folder: request.prompt?.folder ?? root,
      root: sandbox?.root ?? root,
      ...(sandbox ? {} : { memory: root }),
      skills: { folders: request.prompt?.skills ?? [`${root}/skills`], config: request.prompt?.config ?? [] },
      role: request.role,
      tools: tools.map(({ name }) => name),
    })
    const room = openRoom({
      ...parts,
      signal,
      run: request,
      system,
      tools,
      onCall: budget.beforeCall,
      spend: budget.spend,
      save: () => steps.save(),
    })
    /** A shorter context has lost the line that says it. */
    const prompted = (next: Context) => {
      if (next.system !== system) write(next, { kind: 'system', body: { text: system } })
      return next
    }
    prompted(context)

    await using own = parts.callParts(request)
    const callParts: Omit<CallParts, 'saved'> = {
      ...own,
      request,
      gateway,
      clock,
      signal,
      find: (name) => parts.tools.tools.get(name),
    }
    const deltas = joinDeltas(
      clock,
      (kind, delta) =>
        void gateway.notify(kind === 'text' ? 'agent.text' : 'agent.thinking', { run: request.run, delta }),
    )
    let attempt: Attempt | undefined
    /** What an attempt said before it failed; calls that it made are not its word. */
    const keepPartial = () => {
      const { model = '', parts: said = [] } = attempt ?? {}
      attempt = undefined
      const content = said.filter((part) => part.type !== 'call')
      if (!content.some(({ type, text }) => type === 'text' && text.trim())) return
      write(context, { kind: 'assistant', body: { run: request.run, model, content, stop: 'aborted' } })
    }
    async function makeRequest(provider: string, model: string, name: string): Promise<ModelRequest> {
      if (request.aloud && attempt) {
        deltas.flush()
        keepPartial()
        await steps.save()
      }
      return {
        model: name,
        system,
        turns: await readable(room.turns(context), provider, parts.providers.seesImages(model), own.media),
        tools,
        ...(request.thinking ? { thinking: request.thinking } : {}),
        session: request.session,
        local: request.local,
      }
    }
    const ids = callIds(before?.callIds)

    /** True when the run waits for a person. */
    async function makeCalls(calls: readonly CallPart[]): Promise<boolean> {
      const ends = await runCalls(context, calls, { ...callParts, saved: steps.save() })
      files.push(...ends.flatMap((end) => end.files ?? []))
      if (signal.aborted) throw signal.reason
      if (ends.some(({ waits }) => waits)) {
        await steps.save()
        return true
      }
      budget.afterStep(calls.map(({ name, input }, at) => ({ name, input, ...ends[at]! })))
      return false
    }

    async function answerOf(): Promise<Answered> {
      try {
        return await askModels(
          request.models,
          { ...parts, signal, request: makeRequest, onCall: budget.beforeCall, onDelta: deltas.add },
          (next) => (attempt = next),
        )
      } catch (thrown) {
        if (signal.aborted) {
          keepPartial()
          throw thrown
        }
        context = prompted(await room.mend(context, thrown))
        return answerOf()
      } finally {
        deltas.flush()
      }
    }

    if (before && request.again?.length) {
      const { calls, step } = before.again(request.again)
      if (step) write(context, step)
      if (await makeCalls(calls)) return { outcome: 'waiting', lines: [], text: '', usage: budget.usage }
    }
    for (;;) {
      await takeSteers(context)
      context = prompted(await room.fit(context))
      const answer = await answerOf()
      attempt = undefined
      budget.spend(answer.usage)
      room.counted(answer.model, answer.usage)
      const content: Part[] = answer.parts.map((part) =>
        part.type === 'call' ? { ...part, id: ids.fresh(part.id) } : part,
      )
      const calls = content.filter((part) => part.type === 'call')
      const text = content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')
      const stop = calls.length > 0 ? 'tool' : answer.stop === 'length' ? 'length' : 'end'
      write(context, {
        kind: 'assistant',
        body: { run: request.run, model: answer.model, content, stop, usage: answer.usage },
      })
      if (calls.length === 0) {
        return {
          outcome: 'answered',
          lines: await steps.left(),
          text: stop === 'length' ? text + cutNote : text,
          ...(files.length > 0 ? { attachments: files } : {}),
          usage: budget.usage,
        }
      }
      if (await makeCalls(calls)) return { outcome: 'waiting', lines: [], text: '', usage: budget.usage }
    }
  }

  async function settle(): Promise<RunResult> {
    const { wallMs } = request.limits
    using _wall =
      wallMs > 0
        ? clock.after(wallMs, () =>
            stop(
              'failed',
              `the run was ended after ${Math.round(wallMs / 1000)} s; raise limits.wallMs or ask for less at once`,
            ),
          )
        : undefined
    try {
      return await work()
    } catch (thrown) {
      const why = toFailure(stopped?.reason ?? thrown)
      const limited = stopped?.outcome === 'failed' || (thrown as { limit?: true }).limit === true
      return {
        outcome: stopped?.outcome ?? 'failed',
        failure: why,
        ...(limited ? { limited } : {}),
        lines: await steps.left(),
        text: '',
        usage: budget.usage,
      }
    } finally {
      over = true
      for (const { resolve } of steers.splice(0)) resolve(false)
    }
  }

  return {
    result: settle(),
    steer(takes, seq) {
      if (over || signal.aborted) return Promise.resolve(false)
      const { promise, resolve } = Promise.withResolvers<boolean>()
      steers.push({ takes, seq, resolve })
      return promise
    },
    abort: (reason) => stop('aborted', reason),
  }
}
