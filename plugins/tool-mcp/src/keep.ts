import { failure } from '@openclaw/sdk'
import type { Connection } from './connect.ts'

/** At most one connection to a server, opened when it is needed, and anew after it ended. */
export interface Kept extends AsyncDisposable {
  /** Rejects with why it could not be opened, and with `unavailable` while it is too early to try again. */
  get(): Promise<Connection>
  /** It is of no use any more. */
  drop(connection: Connection): void
  /** It works: what failed before is forgotten. */
  praise(): void
}

const longestWaitMs = 60_000

/**
 * `open` must end with the signal, which aborts when the last one is to be closed. After the first failure it is tried
 * again at once, then later and later. `now` is in milliseconds since some moment.
 */
export function keepConnection(
  name: string,
  open: (signal: AbortSignal) => Promise<Connection>,
  now: () => number = () => performance.now(),
): Kept {
  let running: { readonly opening: Promise<Connection>; connection?: Connection } | undefined
  let failures = 0
  let retryAt = 0
  const over = new AbortController()

  function fail(one: typeof running) {
    if (running !== one || over.signal.aborted) return
    running = undefined
    failures++
    retryAt = now() + (failures === 1 ? 0 : Math.min(longestWaitMs, 500 * 2 ** failures))
  }

  function start(): Promise<Connection> {
    if (over.signal.aborted) return Promise.reject(over.signal.reason as Error)
    const early = Math.ceil(retryAt - now())
    if (early > 0) {
      const message = `the MCP server "${name}" failed ${failures} times; it is tried again in ${Math.ceil(early / 1000)} s`
      return Promise.reject(failure('unavailable', message, { retryAfterMs: early }))
    }
    const one: NonNullable<typeof running> = { opening: open(over.signal) }
    running = one
    one.opening.then(
      (connection) => {
        one.connection = connection
        return connection.closed.then(() => fail(one))
      },
      () => fail(one),
    )
    return one.opening
  }

  return {
    get: () => (running && !over.signal.aborted ? running.opening : start()),
    drop(connection) {
      if (running?.connection === connection) fail(running)
      Promise.resolve(connection[Symbol.asyncDispose]()).catch(() => {})
    },
    praise() {
      failures = 0
    },
    async [Symbol.asyncDispose]() {
      over.abort(failure('aborted', `the MCP server "${name}" is being closed`))
      const connection = await running?.opening.catch(() => undefined)
      await connection?.[Symbol.asyncDispose]()
    },
  }
}
