import { failure } from '@openclaw/protocol'
import type { Log, Scope } from '../scope.ts'

/** Time that one cleanup has. */
const cleanupMs = 5000

/** Time, as much as a scope needs of it. The kernel's `platform.clock` is one. */
export interface ScopeClock {
  /** Calls back once. Disposing cancels. */
  after(ms: number, call: () => void): Disposable
}

/** A scope with the key to close it. What an entry gets is `scope` alone. */
export interface OwnedScope extends AsyncDisposable {
  readonly scope: Scope
  /** Labels of what it holds, oldest first. */
  holds(): readonly string[]
  /**
   * Aborts the signal, then ends everything it holds, last in first out, each within 5 seconds. One that fails does not
   * keep the others. Resolves with what could not be ended, and why; empty when nothing is left. A second call waits
   * for the first.
   */
  close(): Promise<readonly string[]>
}

/** Makes the owner of what one entry or account opens. What comes after the end is ended at once. */
export function openScope(options: {
  readonly label: string
  readonly log: Log
  readonly clock: ScopeClock
}): OwnedScope {
  const { label, log, clock } = options
  const held: { readonly label: string; end(): unknown }[] = []
  const ending = new AbortController()
  let closing: Promise<readonly string[]> | undefined

  const end = async (one: (typeof held)[number]): Promise<string | undefined> => {
    const late = Promise.withResolvers<string>()
    const timer = clock.after(cleanupMs, () => late.resolve(`${one.label}: did not end within ${cleanupMs / 1000} s`))
    try {
      // The race also takes what a cleanup throws after its time.
      return await Promise.race([
        Promise.resolve()
          .then(() => one.end())
          .then(() => undefined),
        late.promise,
      ])
    } catch (error) {
      return `${one.label}: ${error instanceof Error ? error.message : String(error)}`
    } finally {
      timer[Symbol.dispose]()
    }
  }
  const hold = (name: string, cleanup: () => unknown) => {
    const one = { label: name, end: cleanup }
    if (!closing) return void held.push(one)
    // A set-up that went on after its deadline: nothing of it may stay.
    void end(one).then((left) => left !== undefined && log.error(`${label}: ${left}`))
  }
  const close = async () => {
    ending.abort(failure('aborted', `${label} is being closed`))
    const left: string[] = []
    for (let one = held.at(-1); one; one = held.at(-1)) {
      const why = await end(one)
      held.pop()
      if (why !== undefined) left.push(why)
    }
    for (const why of left) log.error(`${label}: could not be closed whole`, { left: why })
    return left
  }

  const owned: OwnedScope = {
    scope: {
      log,
      signal: ending.signal,
      use(resource, name = 'resource') {
        hold(name, () =>
          Symbol.asyncDispose in resource ? resource[Symbol.asyncDispose]() : resource[Symbol.dispose](),
        )
        return resource
      },
      defer: (cleanup, name = 'cleanup') => hold(name, cleanup),
    },
    holds: () => held.map((one) => one.label),
    close: () => (closing ??= close()),
    async [Symbol.asyncDispose]() {
      await owned.close()
    },
  }
  return owned
}
