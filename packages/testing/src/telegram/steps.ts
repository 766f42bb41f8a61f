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

/** What a call counts as. */
export function stepOf(method: string): string {
  if (method === 'getUpdates') return 'poll'
  if (isSend(method)) return 'send'
  return method.startsWith('editMessage') ? 'edit' : method
}

/** Whether a call puts a message into a chat. */
export function isSend(method: string): boolean {
  return method.startsWith('send') && method !== 'sendChatAction'
}
