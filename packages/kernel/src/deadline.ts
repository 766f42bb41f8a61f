import { failure } from '@openclaw/protocol'
import type { Clock } from './platform.ts'

/** A signal, until it is disposed: then it aborts no more. */
export interface Limit extends Disposable {
  readonly signal: AbortSignal
}

/** A signal that aborts with `what` after a time or with another signal; disposing stops the clock. */
export function deadline(clock: Clock, ms: number, what: string, ...signals: AbortSignal[]): Limit {
  const control = new AbortController()
  const leave = follow(control, signals)
  const timer = clock.after(ms, () => control.abort(failure('aborted', `${what}: no answer within ${ms / 1000} s`)))
  return {
    signal: control.signal,
    [Symbol.dispose]() {
      timer[Symbol.dispose]()
      leave()
    },
  }
}

/** A signal that aborts with the first of some others. */
export function firstOf(...signals: AbortSignal[]): Limit {
  const control = new AbortController()
  return { signal: control.signal, [Symbol.dispose]: follow(control, signals) }
}

/**
 * Aborts with the first of some signals, until what it returns is called. By hand, as this is on the way of every
 * message: `AbortSignal.any` holds on by weak references, which are dear to collect.
 */
function follow(control: AbortController, signals: readonly AbortSignal[]): () => void {
  const leave = signals.map((signal) => {
    const abort = () => control.abort(signal.reason)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    return () => signal.removeEventListener('abort', abort)
  })
  return () => {
    for (const one of leave) one()
  }
}

/** Waits for a value at most as long as the signal lets it, even when what makes it ignores the signal. */
export async function within<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    work.catch(() => {})
    throw signal.reason
  }
  const { promise, reject } = Promise.withResolvers<never>()
  const leave = () => reject(signal.reason)
  signal.addEventListener('abort', leave, { once: true })
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', leave)
    work.catch(() => {})
  }
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
}
