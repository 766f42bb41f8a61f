/** Time, as much as the agent needs of it. The kernel's `platform.clock` is one. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Calls back once. Disposing cancels. Timers do not keep the process alive. */
  after(ms: number, call: () => void): Disposable
}

/** The machine's own time. */
export const realClock: Clock = {
  now: () => Date.now(),
  after(ms, call) {
    const timer = setTimeout(call, Math.min(ms, 2 ** 31 - 1))
    timer.unref()
    return { [Symbol.dispose]: () => clearTimeout(timer) }
  },
}

/** Resolves after `ms`, or rejects with the signal's reason. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  if (signal.aborted) return Promise.reject(signal.reason)
  const timer = clock.after(ms, () => {
    signal.removeEventListener('abort', stop)
    resolve()
  })
  function stop() {
    timer[Symbol.dispose]()
    reject(signal.reason)
  }
  signal.addEventListener('abort', stop, { once: true })
  return promise
}
