import { setImmediate as breathe } from 'node:timers/promises'
import { failure, toFailure, type Failure, type Part, type Usage } from '@openclaw/protocol'
import type { ModelEvent, ModelRequest, Models } from '@openclaw/sdk'
import type { Clock } from './clock.ts'

/** What one model call came to. */
export interface Answer {
  readonly parts: readonly Part[]
  readonly stop: 'end' | 'tool' | 'length'
  readonly usage: Usage
}

/** Why a provider failed; `reason` as it was told. */
export type ModelFailure = Failure & { readonly reason?: 'overflow' | 'overload' | 'refused' }

/** Longest answer that is taken from a model. */
const maxChars = 4 * 1024 * 1024
/** A provider that never waits must not keep timers and aborts from firing. */
const eventsPerBreath = 256

/** Builds parts out of deltas: neighbouring ones of a kind are one part, until a `keep` ends it. */
export function collectParts(): {
  readonly parts: Part[]
  add(event: Extract<ModelEvent, { type: 'text' | 'thinking' | 'call' }>): void
} {
  const parts: Part[] = []
  let open: { type: 'text' | 'thinking'; text: string; keep?: unknown } | undefined
  return {
    parts,
    add(event) {
      if (event.type === 'call') {
        const { id, name, input, keep } = event
        open = undefined
        parts.push({ type: 'call', id: String(id), name: String(name), input, ...(keep === undefined ? {} : { keep }) })
        return
      }
      if (open?.type !== event.type) parts.push((open = { type: event.type, text: '' }))
      open.text += event.delta
      if (event.keep !== undefined) {
        open.keep = event.keep
        open = undefined
      }
    },
  }
}

/**
 * Asks a model once, and guards against one that throws, is silent for `idleMs`, never ends, ends without `done`, or
 * does not heed its signal. What was said so far is in `said`, also after a failure. Throws a {@link ModelFailure}.
 */
export async function ask(
  models: Models,
  request: ModelRequest,
  guard: { readonly signal: AbortSignal; readonly idleMs: number; readonly clock: Clock; readonly label: string },
  said: ReturnType<typeof collectParts>,
  onDelta: (kind: 'text' | 'thinking', delta: string) => void,
): Promise<Answer> {
  const { signal, idleMs, clock, label } = guard
  const control = new AbortController()
  let giveUp: ((reason: unknown) => void) | undefined
  const end = (reason: unknown) => {
    control.abort(reason)
    giveUp?.(reason)
  }
  const stop = () => end(signal.reason)
  if (signal.aborted) throw signal.reason
  signal.addEventListener('abort', stop, { once: true })
  let heard = clock.now()
  let timer: Disposable | undefined
  const watch = (ms: number) => {
    timer = clock.after(ms, () => {
      const left = heard + idleMs - clock.now()
      if (left > 0) watch(left)
      else
        end(
          failure(
            'unavailable',
            `${label}: the model said nothing for ${Math.round(idleMs / 1000)} s; try again or choose another model`,
          ),
        )
    })
  }
  watch(idleMs)
  let iterator: AsyncIterator<ModelEvent> | undefined
  let over = false
  try {
    iterator = models.stream(request, control.signal)[Symbol.asyncIterator]()
    let chars = 0
    for (let count = 1; ; count++) {
      // One listener for all waits: racing against a long promise would keep a reaction for each event.
      const next = await new Promise<IteratorResult<ModelEvent>>((resolve, reject) => {
        giveUp = reject
        iterator!.next().then(resolve, reject)
      })
      heard = clock.now()
      if (next.done) throw failure('unavailable', `${label}: the answer broke off; try again or choose another model`)
      const event = next.value
      over = event.type === 'done' || event.type === 'failed'
      if (event.type === 'done') {
        const { parts } = said
        if (!parts.some((part) => part.type === 'call' || (part.type === 'text' && part.text.trim())))
          throw failure('unavailable', `${label}: the model answered with nothing; try again or choose another model`)
        return { parts, stop: event.stop, usage: event.usage }
      }
      if (event.type === 'failed')
        throw Object.assign(
          failure(event.failure.code, event.failure.message, event.failure),
          event.failure.reason ? { reason: event.failure.reason } : {},
        )
      said.add(event)
      if (event.type !== 'call') {
        chars += event.delta.length
        onDelta(event.type, event.delta)
        if (chars > maxChars)
          throw failure(
            'unavailable',
            `${label}: the answer does not end; it was stopped after ${maxChars / 1024 / 1024} MB`,
          )
      }
      if (count % eventsPerBreath === 0) await breathe()
      if (signal.aborted) throw signal.reason
    }
  } catch (thrown) {
    if (signal.aborted) throw signal.reason
    const why = toFailure(thrown)
    if (why.code !== 'internal') throw thrown
    throw failure('internal', `${label}: the provider failed: ${why.message}`, { cause: thrown })
  } finally {
    timer?.[Symbol.dispose]()
    signal.removeEventListener('abort', stop)
    giveUp = undefined
    // A stream that has ended holds nothing any more, and its connection is good for the next call.
    if (!over) control.abort(failure('aborted', 'the call is over'))
    // Not waited for: a generator that hangs never answers to this.
    try {
      void Promise.resolve(iterator?.return?.()).catch(() => {})
    } catch {
      // A broken iterator has nothing more to say.
    }
  }
}
