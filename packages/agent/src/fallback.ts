import { failure, toFailure, type Part } from '@openclaw/protocol'
import type { ModelRequest } from '@openclaw/sdk'
import { ask, collectParts, type Answer, type ModelFailure } from './ask.ts'
import { pause, type Clock } from './clock.ts'
import type { Cooldowns } from './cooldowns.ts'
import type { Pool, ProviderRegistry } from './providers.ts'

/** An answer, and the full id of the model that gave it. */
export interface Answered extends Answer {
  readonly model: string
}

/** What one attempt has said so far. */
export interface Attempt {
  readonly model: string
  readonly parts: readonly Part[]
}

const tries = 3
const firstPauseMs = 500
/** Longest time that a run waits for a model before it goes to the next one. */
const patienceMs = 30_000
const lastPatienceMs = 60_000
/** How long a key that was refused is passed over; longer than anybody waits for one. */
const refusedMs = 300_000

const retryable = (why: ModelFailure) =>
  why.code === 'rate_limited' || why.code === 'unavailable' || why.reason === 'overload'

/** Another key may be let in: this one must wait, was refused, or has no credit left. What the vendor refused is the same for all. */
const helpedByKey = (why: ModelFailure) =>
  why.code === 'rate_limited' || why.code === 'unauthorized' || (why.code === 'forbidden' && why.reason === undefined)

/** What a model call needs beside the models. */
export interface Asking {
  readonly providers: ProviderRegistry
  readonly cooldowns: Cooldowns
  readonly clock: Clock
  readonly idleMs: number
  readonly signal: AbortSignal
  /** Makes the request for one model; turns and media depend on who reads them. */
  request(provider: string, model: string, name: string): Promise<ModelRequest>
  onDelta(kind: 'text' | 'thinking', delta: string): void
  /** Called before each call to a model; throws when the run may make no more. */
  onCall(): void
}

/**
 * Asks the first model, with another key or again when it is busy, and then its fallbacks in order. A key or a model is
 * left alone for as long as the provider asked for, never longer. Throws the first model's failure when none answers, and the signal's reason when aborted;
 * `said` is told the parts of the attempt that is going on.
 */
export async function askModels(
  models: readonly string[],
  asking: Asking,
  said: (attempt: Attempt) => void,
): Promise<Answered> {
  const { cooldowns, signal } = asking
  const ready = models.filter((model) => keysOf(model, asking).some((key) => cooldowns.left(model, key) === 0))
  // Those that cool down come last: they are better than no answer.
  const order = [...ready, ...models.filter((model) => !ready.includes(model))]
  const failures = new Map<string, ModelFailure>()
  for (const [at, model] of order.entries()) {
    const last = at === order.length - 1
    try {
      const answer = await askOne(model, last ? lastPatienceMs : patienceMs, last, asking, said)
      return { ...answer, model }
    } catch (thrown) {
      if (signal.aborted) throw signal.reason
      if ((thrown as { limit?: true }).limit) throw thrown
      failures.set(model, toModelFailure(thrown))
    }
  }
  throw failed(models, failures)
}

function toModelFailure(thrown: unknown): ModelFailure {
  const reason = (thrown as ModelFailure).reason
  return { ...toFailure(thrown), ...(reason ? { reason } : {}) }
}

/** The keys of a model's provider, by number; one for a model that is not there, so that its failure is told. */
function keysOf(model: string, { providers }: Pick<Asking, 'providers'>): number[] {
  try {
    return [...providers.find(model).pool.keys()]
  } catch {
    return [0]
  }
}

/** One model's attempts, each with the first key that need not wait, else with the one that waits least. */
async function askOne(
  model: string,
  patience: number,
  last: boolean,
  asking: Asking,
  said: (attempt: Attempt) => void,
): Promise<Answer> {
  const { cooldowns, clock, signal } = asking
  const { pool } = asking.providers.find(model)
  const next = () =>
    [...pool.keys()]
      .map((key) => ({ key, wait: cooldowns.left(model, key) }))
      .reduce((best, one) => (one.wait < best.wait ? one : best))
  const { wait } = next()
  if (wait > 0 && wait <= patience) await pause(clock, wait, signal)
  const refused = new Set<number>()
  for (let attempt = 1; ; attempt++) {
    const { key } = next()
    asking.onCall()
    try {
      const answer = await askWith(pool[key]!, model, asking, said)
      cooldowns.clear(model, key)
      return answer
    } catch (thrown) {
      if (signal.aborted) throw signal.reason
      const why = toModelFailure(thrown)
      const turn = pool.length > 1 && helpedByKey(why)
      if (!retryable(why) && !turn) throw thrown
      const restMs = why.retryAfterMs ?? (retryable(why) ? firstPauseMs * 2 ** (attempt - 1) : refusedMs)
      cooldowns.add(model, turn ? key : 'all', why.reason ?? why.code, restMs)
      refused.add(key)
      const { key: other, wait: pauseMs } = next()
      if (turn && pauseMs === 0 && !refused.has(other)) {
        // A key that is let in at once is no second attempt.
        attempt--
        continue
      }
      // A fallback that can answer now is better than a long wait.
      if (attempt >= tries || pauseMs > patience || (!last && pauseMs > 2000)) throw thrown
      await pause(clock, pauseMs, signal)
      refused.clear()
    }
  }
}

/** One call of a model with one key. */
async function askWith(
  models: Pool[number],
  model: string,
  asking: Asking,
  said: (attempt: Attempt) => void,
): Promise<Answer> {
  const { clock, signal, idleMs } = asking
  const { provider, name } = asking.providers.find(model)
  const request = await asking.request(provider, model, name)
  const parts = collectParts()
  said({ model, parts: parts.parts })
  return ask(models, request, { signal, idleMs, clock, label: model }, parts, asking.onDelta)
}

/** One failure for all: the first model's code, and what each one said. */
function failed(models: readonly string[], failures: ReadonlyMap<string, ModelFailure>): Error {
  const first = failures.get(models[0]!)!
  const others = models
    .slice(1)
    .flatMap((model) => (failures.has(model) ? [`${model}: ${failures.get(model)!.message}`] : []))
  const message = others.length > 0 ? `${first.message} (and its fallbacks: ${others.join('; ')})` : first.message
  const error = failure(
    first.code,
    message,
    first.retryAfterMs === undefined ? {} : { retryAfterMs: first.retryAfterMs },
  )
  return first.reason ? Object.assign(error, { reason: first.reason }) : error
}
