import type { SendFault } from './method.ts'

/** What goes wrong next. The network's own faults are the wire's. */
export interface Faults {
  /** How long every answer and event takes. */
  delayMs: number
  /** One for each send to come; empty when all is well. */
  readonly sends: SendFault[]
  /** How often the next event is given. */
  times: number
  /** The next event waits for the one after it. */
  reorder: boolean
}

export const noFaults = (): Faults => ({ delayMs: 0, sends: [], times: 1, reorder: false })

/** Where a test may stop the world: each step on the wire, waited for. */
export interface Steps {
  reach(step: string): Promise<void>
  listen(listen: (step: string) => void | Promise<void>): Disposable
}

export function makeSteps(): Steps {
  const listeners = new Set<(step: string) => void | Promise<void>>()
  return {
    async reach(step) {
      for (const listen of listeners) await listen(step)
    },
    listen(listen) {
      listeners.add(listen)
      return { [Symbol.dispose]: () => void listeners.delete(listen) }
    },
  }
}
