/** Lets changes of one thing, such as a workspace, happen one after the other: calls of a step run at the same time. */
export interface Turns {
  take<T>(of: string, change: () => Promise<T>): Promise<T>
}

/** For what reads, changes and writes: two at once would lose one. Nothing is kept of a thing at rest. */
export function takeTurns(): Turns {
  const last = new Map<string, Promise<unknown>>()
  return {
    async take(of, change) {
      const turn = (last.get(of) ?? Promise.resolve()).then(change)
      const over = turn.catch(() => {})
      last.set(of, over)
      try {
        return await turn
      } finally {
        if (last.get(of) === over) last.delete(of)
      }
    },
  }
}
