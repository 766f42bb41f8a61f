/** Lets changes of one workspace happen one after the other: calls of a step run at the same time. */
export interface Turns {
  take<T>(workspace: string, change: () => Promise<T>): Promise<T>
}

/** A note is read, changed and written; two changes at once would lose one. Nothing is kept of a workspace at rest. */
export function takeTurns(): Turns {
  const last = new Map<string, Promise<unknown>>()
  return {
    async take(workspace, change) {
      const turn = (last.get(workspace) ?? Promise.resolve()).then(change)
      const over = turn.catch(() => {})
      last.set(workspace, over)
      try {
        return await turn
      } finally {
        if (last.get(workspace) === over) last.delete(workspace)
      }
    },
  }
}
