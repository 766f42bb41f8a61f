import { failure, toFailure, type Part } from '@openclaw/protocol'
import type { ModelRequest } from '@openclaw/sdk'
import { ask, collectParts, type Answer, type ModelFailure } from './ask.ts'
import { pause, type Clock } from './clock.ts'
import type { ProviderRegistry } from './providers.ts'

/** An answer, and the full id of the model that gave it. */
export interface Answered extends Answer {
  readonly model: string
}

/** What one attempt has said so far. */
export interface Attempt {
  readonly model: string
  readonly parts: readonly Part[]
}

/** Models that asked to be left alone, with the time until which they are passed over while another can answer. */
export type Cooldowns = Map<string, number>

const tries = 3
const firstPauseMs = 500
/** Longest time that a run waits for a model before it goes to the next one. */
const patienceMs = 30_000
const lastPatienceMs = 60_000

const retryable = (why: ModelFailure) =>
  why.code === 'rate_limited' || why.code === 'unavailable' || why.reason === 'overload'

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
 * Asks the first model, again when it is busy, and then its fallbacks in order. A model is left alone for as long as it
 * asked for, never longer. Throws the first model's failure when none answers, and the signal's reason when aborted;
 * `said` is told the parts of the attempt that is going on.
 */
export async function askModels(
  models: readonly string[],
  asking: Asking,
  said: (attempt: Attempt) => void,
): Promise<Answered> {
  const { cooldowns, clock, signal } = asking
  const now = clock.now()
  const ready = models.filter((model) => (cooldowns.get(model) ?? 0) <= now)
  // Those that cool down come last: they are better than no answer.
  const order = [...ready, ...models.filter((model) => !ready.includes(model))]
  const failures = new Map<string, ModelFailure>()
  for (const [at, model] of order.entries()) {
    const last = at === order.length - 1
    try {
      const answer = await askOne(model, last ? lastPatienceMs : patienceMs, last, asking, said)
      cooldowns.delete(model)
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

/** One model's attempts. */
async function askOne(
  model: string,
  patience: number,
  last: boolean,
  asking: Asking,
  said: (attempt: Attempt) => void,
): Promise<Answer> {
  const { cooldowns, clock, signal, idleMs } = asking
  const { provider, name, models } = asking.providers.find(model)
  const wait = (cooldowns.get(model) ?? 0) - clock.now()
  if (wait > 0 && wait <= patience) await pause(clock, wait, signal)
  for (let attempt = 1; ; attempt++) {
    asking.onCall()
    try {
      const request = await asking.request(provider, model, name)
      const parts = collectParts()
      said({ model, parts: parts.parts })
      return await ask(models, request, { signal, idleMs, clock, label: model }, parts, asking.onDelta)
    } catch (thrown) {
      if (signal.aborted) throw signal.reason
      const why = toModelFailure(thrown)
      if (!retryable(why)) throw thrown
      const pauseMs = why.retryAfterMs ?? firstPauseMs * 2 ** (attempt - 1)
      cooldowns.set(model, clock.now() + pauseMs)
      // A fallback that can answer now is better than a long wait.
      if (attempt >= tries || pauseMs > patience || (!last && pauseMs > 2000)) throw thrown
      await pause(clock, pauseMs, signal)
    }
  }
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
