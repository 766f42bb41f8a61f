import { toFailure, type Account } from '@openclaw/sdk'
import { makeOrder } from './order.ts'

/** One small value of an account that outlives its link, as JSON. */
export interface Memory<T> {
  /** Undefined when there is none, or when it cannot be read. */
  load(): Promise<T | undefined>
  /** Saves are done in their order. Rejects when the disk refuses. */
  save(value: T): Promise<void>
}

export function openMemory<T>({ store, log }: Pick<Account, 'store' | 'log'>, key: string): Memory<T> {
  const order = makeOrder()
  return {
    async load() {
      const bytes = await store.get(key)
      if (!bytes) return undefined
      try {
        return JSON.parse(new TextDecoder().decode(bytes)) as T
      } catch (error) {
        log.warn(`slack: what was kept as ${key} cannot be read, and is begun anew`, {
          error: toFailure(error).message,
        })
        return undefined
      }
    },
    save(value) {
      const bytes = new TextEncoder().encode(JSON.stringify(value))
      return order.run(key, () => store.set(key, bytes))
    },
  }
}
