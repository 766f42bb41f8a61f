import type { Held, Ledger } from '../ledger/ledger.ts'
import type { Files } from '../platform.ts'

/** Lets journals be copied, and text be taken out of them, but never both at once. */
export interface Holds {
  /** Erases or deletes: at once when nobody copies, so that the order of the calls stays. */
  change<T>(work: () => Promise<T>): Promise<T>
  /** Notes what may be copied once what is being changed is done; until it is disposed, changes wait. */
  hold(): Promise<Held>
}

/** Makes them over the journals that `list` names and the ledger. */
export function openHolds(parts: { files: Files; ledger: Ledger; list(): Promise<readonly string[]> }): Holds {
  const { files, ledger } = parts
  const changing = new Set<Promise<unknown>>()
  const held = new Set<Promise<void>>()

  /**
   * The journals first: the ledger has what they lack, and a copy is recovered as after a crash. That holds as long as
   * the ledger does not say of lines behind the noted sizes that the journals have them.
   */
  async function note(): Promise<Held> {
    for (;;) {
      const { followed } = ledger
      const journals: { path: string; size: number }[] = []
      for (const path of await parts.list()) {
        const found = await files.stat(path)
        if (found) journals.push({ path, size: found.size })
      }
      const log = await ledger.hold()
      if (ledger.followed === followed)
        return { files: [...journals, ...log.files], [Symbol.dispose]: () => log[Symbol.dispose]() }
      log[Symbol.dispose]()
    }
  }

  const holds: Holds = {
    async change(work) {
      if (held.size > 0) {
        await Promise.all(held)
        return holds.change(work)
      }
      const running = work()
      changing.add(running)
      try {
        return await running
      } finally {
        changing.delete(running)
      }
    },
    async hold() {
      const { promise, resolve } = Promise.withResolvers<void>()
      held.add(promise)
      const release = (): void => {
        held.delete(promise)
        resolve()
      }
      try {
        await Promise.allSettled(changing)
        const noted = await note()
        return {
          files: noted.files,
          [Symbol.dispose]() {
            noted[Symbol.dispose]()
            release()
          },
        }
      } catch (error) {
        release()
        throw error
      }
    },
  }
  return holds
}
