import { failure } from '@openclaw/protocol'
import type { Clock } from './platform.ts'

/** A signal that aborts with `what` after a time or with another signal; disposing stops the clock. */
export function deadline(
  clock: Clock,
  ms: number,
  what: string,
  ...signals: AbortSignal[]
): Disposable & { readonly signal: AbortSignal } {
  const late = new AbortController()
  const timer = clock.after(ms, () => late.abort(failure('aborted', `${what}: no answer within ${ms / 1000} s`)))
  return { signal: AbortSignal.any([late.signal, ...signals]), [Symbol.dispose]: () => timer[Symbol.dispose]() }
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
