import type { Scope, Store } from '@openclaw/sdk'

/** A store in memory. */
export function memoryStore(): Store {
  const values = new Map<string, Uint8Array>()
  return {
    get: async (key) => values.get(key),
    set: async (key, value) => void values.set(key, value),
    delete: async (key) => void values.delete(key),
    list: async (prefix = '') => [...values.keys()].filter((key) => key.startsWith(prefix)),
  }
}

/** A scope of a test's own: `close` ends it as the host would, last in first out. What is logged goes to `log`. */
export function testScope(log: (text: string, fields?: object) => void = () => {}): {
  scope: Scope
  close(): Promise<void>
} {
  const abort = new AbortController()
  const cleanups: (() => unknown)[] = []
  return {
    scope: {
      log: { debug: log, info: log, warn: log, error: log },
      signal: abort.signal,
      use<R extends Disposable | AsyncDisposable>(resource: R): R {
        cleanups.push(() =>
          Symbol.asyncDispose in resource ? resource[Symbol.asyncDispose]() : resource[Symbol.dispose](),
        )
        return resource
      },
      defer: (cleanup) => void cleanups.push(cleanup),
    },
    async close() {
      abort.abort()
      for (const close of cleanups.splice(0).toReversed()) await close()
    },
  }
}
