/**
 * Decisions of one key come one after the other, and the deeds they lead to begin in that order; a deed is not waited for
 * before the next decision, so that many become durable with one sync.
 */
export function openTurns(): (key: string, decide: () => Promise<() => Promise<void>>) => Promise<void> {
  const last = new Map<string, Promise<unknown>>()
  return async (key, decide) => {
    const before = last.get(key)
    // The deed is begun at once, before anybody else's turn, and handed on as it is.
    const begun = (async () => {
      await before
      const deed = await decide()
      return { done: deed() }
    })()
    const turn = begun.catch(() => {})
    last.set(key, turn)
    try {
      await (
        await begun
      ).done
    } finally {
      if (last.get(key) === turn) last.delete(key)
    }
  }
}
