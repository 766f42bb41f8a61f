import type { Awaitable } from '../awaitable.ts'

/** What was decided, ready to be done. */
export type Deed = () => Promise<void>

const nothing = (): void => {}

/**
 * Decisions of one key come one after the other, and the deeds they lead to begin in that order; a deed is not waited for
 * before the next decision, so that many become durable with one sync. What can be decided at once is begun at once.
 */
export function openTurns(): (key: string, decide: () => Awaitable<Deed>) => Promise<void> {
  const last = new Map<string, Promise<void>>()

  const inTurn = (key: string, decision: Promise<Deed>): Promise<void> => {
    // The deed is begun before anybody else's turn, and handed on as it is.
    const begun = decision.then((deed) => ({ done: deed() }))
    const turn = begun.then(nothing, nothing)
    last.set(key, turn)
    void turn.then(() => {
      if (last.get(key) === turn) last.delete(key)
    })
    return begun.then(({ done }) => done)
  }

  return (key, decide) => {
    const before = last.get(key)
    if (before) return inTurn(key, before.then(decide))
    try {
      const decision = decide()
      return decision instanceof Promise ? inTurn(key, decision) : decision()
    } catch (thrown) {
      return Promise.reject(thrown)
    }
  }
}
