import type { LiveSession } from './session.ts'

/** Sessions in memory. What is used last stays, as far as the bytes reach. */
export interface SessionCache {
  /** Found as long as anybody holds it, so that there are never two of one session. */
  get(key: string): LiveSession | undefined
  put(session: LiveSession): void
  /** It was used, and may have grown. */
  touch(session: LiveSession): void
}

/** A cache of `bytes`; a session that `isNeeded` stays whatever it weighs. */
export function createCache(bytes: number, isNeeded: (session: LiveSession) => boolean): SessionCache {
  const kept = new Map<string, { session: LiveSession; weight: number }>()
  const alive = new Map<string, WeakRef<LiveSession>>()
  const gone = new FinalizationRegistry<string>((key) => {
    if (!alive.get(key)?.deref()) alive.delete(key)
  })
  let total = 0

  const touch = (session: LiveSession): void => {
    const known = kept.get(session.key)
    if (known) kept.delete(session.key)
    const { weight } = session
    kept.set(session.key, { session, weight })
    total += weight - (known?.weight ?? 0)
    if (total <= bytes) return
    for (const [key, entry] of kept) {
      if (total <= bytes) return
      if (entry.session === session || isNeeded(entry.session)) continue
      kept.delete(key)
      total -= entry.weight
    }
  }

  return {
    get(key) {
      const session = kept.get(key)?.session ?? alive.get(key)?.deref()
      if (session) touch(session)
      return session
    },
    put(session) {
      alive.set(session.key, new WeakRef(session))
      gone.register(session, session.key)
      touch(session)
    },
    touch,
  }
}
