import type { Store } from '@openclaw/sdk'
import { failure } from '@openclaw/sdk'

/** The end of a process, as its code sees it: what it waits for never comes. */
const never = new Promise<never>(() => {})

/** What outlives a process: the disk of the plugin, and what the gateway has accepted, each key once. */
export function lastingParts() {
  const values = new Map<string, Uint8Array>()
  const accepted = new Map<string, { run: string; session: string; params: Record<string, unknown> }>()
  let steps = Infinity
  let dead = () => {}
  let late = false

  /** One step of a process: it may end before the step has an effect, or after it and before the answer. */
  async function step<T>(effect: () => T): Promise<T> {
    steps--
    if (steps < 0) return never
    if (steps === 0) {
      if (late) effect()
      steps = -1
      dead()
      return never
    }
    return effect()
  }

  const store: Store = {
    get: async (key) => values.get(key),
    set: (key, value) => step(() => void values.set(key, value)),
    delete: (key) => step(() => void values.delete(key)),
    list: async (prefix = '') => [...values.keys()].filter((key) => key.startsWith(prefix)),
  }
  return {
    store,
    accepted,
    /** The process ends at its n-th step from now, before or after the effect of the step; `onDeath` is told. */
    dieAt(step: number, when: 'before' | 'after', onDeath: () => void) {
      steps = step
      late = when === 'after'
      dead = onDeath
    },
    live: () => (steps = Infinity),
    async call(method: string, given: object): Promise<unknown> {
      const params = given as Record<string, unknown>
      if (method === 'access.standing') return { role: 'owner' }
      if (method === 'agent.wait') {
        const known = [...accepted.values()].some(({ run }) => run === params['run'])
        if (!known) throw failure('not_found', 'no such run')
        return { run: params['run'], session: 's', status: 'answered' }
      }
      return step(() => {
        const key = String(params['idempotencyKey'])
        const before = accepted.get(key)
        const entry = before ?? { run: `r${accepted.size}`, session: 's', params }
        accepted.set(key, entry)
        return { run: entry.run, session: entry.session, line: 'l', repeated: before !== undefined }
      })
    },
  }
}
