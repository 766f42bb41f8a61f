import { failure, toFailure, type RunRequest, type Usage } from '@openclaw/protocol'
import type { ModelRequest } from '@openclaw/sdk'
import type { ModelFailure } from './ask.ts'
import type { GatewayWire } from './calls.ts'
import { summarise } from './compact.ts'
import type { Context } from './context.ts'
import type { Asking } from './fallback.ts'
import type { Memory } from './memory.ts'
import { prune } from './prune.ts'
import { textTokens, toolTokens, turnTokensOf, type Scales } from './tokens.ts'
import type { Turn } from './turns.ts'
import type { Window, Windows } from './windows.ts'

/** Every window that anybody uses holds so much: nothing is counted below. */
const smallTokens = 4000

/** Keeps the requests of one run within the windows of its models. */
export interface Room {
  /** The turns of the next request, with old results left out as far as the window asks for it. */
  turns(context: Context): readonly Turn[]
  /** The context for the next call: as it is, or with its older part summarised when it would not fit. */
  fit(context: Context): Promise<Context>
  /**
   * The context with which a call is tried again that its model found too long; throws when it cannot be made shorter,
   * in words that say what to do.
   */
  mend(context: Context, thrown: unknown): Promise<Context>
  /** What a model counted for the request that was made last. */
  counted(model: string, usage: Usage): void
}

/** What room is made with. */
export interface RoomParts extends Omit<Asking, 'request' | 'onDelta'> {
  readonly gateway: GatewayWire
  readonly memory: Memory
  readonly windows: Windows
  readonly scales: Scales
  readonly run: RunRequest
  readonly system: string
  readonly tools: ModelRequest['tools']
  /** Makes all lines of the run durable; answers with the sequence of the last one. */
  save(): Promise<number>
  /** The run pays for its summaries. */
  spend(usage: Usage): void
}

export function openRoom(parts: RoomParts): Room {
  const { run, windows, scales } = parts
  const model = run.models[0]!
  const fixed = textTokens(parts.system) + toolTokens(parts.tools)
  let window: Window | undefined
  /** What the last request was taken for, before the model's scale. */
  let asked = 0
  let summarised = false

  const turns = (context: Context) => (window ? prune(context.turns(), window.tokens) : context.turns())

  function measure(context: Context): number {
    asked = fixed
    for (const turn of turns(context)) asked += turnTokensOf(turn)
    return asked * scales.of(model)
  }
  const fits = (context: Context) => measure(context) <= window!.tokens - window!.answerTokens

  /** Puts a summary in the place of the older part; the same context when there is nothing older. */
  async function shorten(context: Context): Promise<Context> {
    const { session } = run
    const seq = await parts.save()
    const { lines } = await parts.memory.recall(session, seq)
    const summary = await summarise({ lines, run: run.run, window: window! }, run.models, { ...parts, session })
    summarised = true
    if (!summary) return context
    parts.spend(summary.made.usage)
    const written = await parts.gateway.call('session.checkpoint', { run: run.run, ...summary })
    parts.memory.forget(session)
    return (await parts.memory.recall(session, written.seq)).fork()
  }

  return {
    turns,
    async fit(context) {
      summarised = false
      // A byte is a token at most.
      if (!window && context.bytes + fixed < smallTokens) return context
      window = await windows.of(model)
      if (fits(context)) return context
      return shorten(context).catch((thrown: unknown) => {
        if (parts.signal.aborted || (thrown as { limit?: true }).limit) throw thrown
        // The model may count less than we do: what cannot be summarised is tried as it is.
        return context
      })
    },
    async mend(context, thrown) {
      const why = toFailure(thrown)
      if ((thrown as ModelFailure).reason !== 'overflow' || summarised) throw tooLong(why.message, thrown)
      windows.refused(model, measure(context), why.message)
      window = await windows.of(model)
      const shorter = await shorten(context)
      if (shorter === context) throw tooLong(why.message, thrown)
      return shorter
    },
    counted(answered, usage) {
      if (answered === model && asked > 0) scales.learn(model, asked, usage.input)
    },
  }
}

function tooLong(said: string, cause: unknown): unknown {
  if ((cause as ModelFailure).reason !== 'overflow') return cause
  return failure(
    'unavailable',
    `what was said last is longer than the model can read, and leaving out older turns did not help: begin anew with /new, send less at once, or choose a model with a larger window (${said})`,
    { cause },
  )
}
