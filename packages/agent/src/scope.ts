import { toFailure } from '@openclaw/protocol'
import type { Log, Scope } from '@openclaw/sdk'
import type { Clock } from './clock.ts'

/** A scope, as its owner sees it. */
export interface OwnedScope {
  readonly scope: Scope
  /** Labels of what is held now. */
  holds(): string[]
  /** Aborts the signal, then closes what is held, last in first out, each within 5 seconds. Never throws. */
  close(reason: string): Promise<void>
}

const closeMs = 5000

/** Opens a scope for one entry. */
export function openScope(log: Log, clock: Clock): OwnedScope {
  const control = new AbortController()
  const held: { label: string; close: () => unknown }[] = []
  const keep = (label: string, close: () => unknown) => {
    if (control.signal.aborted) {
      log.warn(`"${label}" was opened after its scope had closed; it is closed at once`)
      void end({ label, close })
    } else held.push({ label, close })
  }
  async function end({ label, close }: (typeof held)[number]): Promise<void> {
    const late = Promise.withResolvers<void>()
    using _timer = clock.after(closeMs, () => {
      log.warn(`"${label}" did not close within ${closeMs} ms; left behind`)
      late.resolve()
    })
    try {
      await Promise.race([close(), late.promise])
    } catch (thrown) {
      log.warn(`"${label}" failed to close: ${toFailure(thrown).message}`)
    }
  }
  return {
    scope: {
      log,
      signal: control.signal,
      use(resource, label = 'resource') {
        const dispose =
          (resource as Partial<AsyncDisposable>)[Symbol.asyncDispose] ??
          (resource as Partial<Disposable>)[Symbol.dispose]
        keep(label, () => dispose?.call(resource))
        return resource
      },
      defer: (cleanup, label = 'cleanup') => keep(label, cleanup),
    },
    holds: () => held.map(({ label }) => label),
    async close(reason) {
      control.abort(new DOMException(reason, 'AbortError'))
      for (let last = held.pop(); last; last = held.pop()) await end(last)
    },
  }
}
