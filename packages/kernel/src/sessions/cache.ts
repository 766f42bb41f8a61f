import type { LiveSession } from './session.ts'

/** Sessions in memory. What was used lately stays, as far as the bytes reach. */
export interface SessionCache {
  /** Found as long as anybody holds it, so that there are never two of one session. */
  get(key: string): LiveSession | undefined
  put(session: LiveSession): void
  /** It grew, or shrank. */
  weigh(session: LiveSession): void
}

interface Kept {
  readonly session: LiveSession
  weight: number
  used: boolean
}

/** So many are looked at each time there are too many: those of a busy gateway may all be needed. */
const looks = 4

/** A cache of `bytes`; a session that `isNeeded` stays whatever it weighs. */
export function createCache(bytes: number, isNeeded: (session: LiveSession) => boolean): SessionCache {
  // A clock: what was used since the hand came by goes round once more, which costs a use no more than a mark.
  const kept = new Map<string, Kept>()
  const alive = new Map<string, WeakRef<LiveSession>>()
  const gone = new FinalizationRegistry<string>((key) => {
    if (!alive.get(key)?.deref()) alive.delete(key)
  })
  let total = 0

  const weigh = (session: LiveSession): void => {
    let entry = kept.get(session.key)
    if (!entry) kept.set(session.key, (entry = { session, weight: 0, used: true }))
    total += session.weight - entry.weight
    entry.weight = session.weight
    entry.used = true
    if (total > bytes) evict(entry)
  }

  const evict = (newest: Kept): void => {
    let looked = 0
    for (const [key, entry] of kept) {
      if (total <= bytes || looked++ === looks) return
      if (entry === newest) continue
      kept.delete(key)
      if (!entry.used && !isNeeded(entry.session)) total -= entry.weight
      else kept.set(key, Object.assign(entry, { used: false }))
    }
  }

  return {
    get(key) {
      const entry = kept.get(key)
      if (entry) {
        entry.used = true
        return entry.session
      }
      const session = alive.get(key)?.deref()
      if (session) weigh(session)
      return session
    },
    put(session) {
      alive.set(session.key, new WeakRef(session))
      gone.register(session, session.key)
      weigh(session)
    },
    weigh,
  }
}
