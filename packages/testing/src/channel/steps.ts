/** Points on the wire at which a test may hold or kill. */
export interface Steps {
  /** Waits for everybody who listens. */
  reach(step: string): Promise<void>
  listen(listener: (step: string) => void | Promise<void>): Disposable
}

export function openSteps(): Steps {
  const listeners = new Set<(step: string) => void | Promise<void>>()
  return {
    async reach(step) {
      for (const listener of listeners) await listener(step)
    },
    listen(listener) {
      listeners.add(listener)
      return { [Symbol.dispose]: () => void listeners.delete(listener) }
    },
  }
}
