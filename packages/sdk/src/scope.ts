/** Writes to the gateway's log. Never pass message text or secrets; secret values are masked all the same. */
export interface Log {
  debug(text: string, fields?: object): void
  info(text: string, fields?: object): void
  warn(text: string, fields?: object): void
  error(text: string, fields?: object): void
}

/** Time. In tests it stands still until it is told to go on, so nothing of an entry may ask the machine for it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Milliseconds since some moment; never goes back. */
  monotonic(): number
  /** Calls back once. Disposing cancels. Timers do not keep the process alive. */
  after(ms: number, call: () => void): Disposable
  /** Rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** Small durable values of one plugin: cursors, logins. Atomic per key; kept under `state/<plugin>/` with mode 0600. */
export interface Store {
  get(key: string): Promise<Uint8Array | undefined>
  set(key: string, value: Uint8Array): Promise<void>
  delete(key: string): Promise<void>
  list(prefix?: string): Promise<string[]>
}

/**
 * Owner of everything an entry opens. Closed last in, first out, also when start-up throws half way. `signal` aborts
 * first, then what was taken with `use` and `defer` is closed, each within 5 seconds.
 */
export interface Scope {
  readonly log: Log
  readonly signal: AbortSignal
  /** Takes a resource; its disposal is this scope's. Returns it. The label shows in `plugins inspect`. */
  use<R extends Disposable | AsyncDisposable>(resource: R, label?: string): R
  /** Runs when the scope closes. */
  defer(cleanup: () => void | Promise<void>, label?: string): void
}
