import type { CallToolResult, Progress } from '@modelcontextprotocol/sdk/types.js'
import { failure, toFailure, type Log, type Store } from '@openclaw/sdk'
import { differences, digestOf, load, save, update, type Catalog, type Described } from './catalog.ts'
import { connect, identityOf, type Connection, type Settings } from './connect.ts'
import { isAnswer, isForgotten, isTimeout, unanswered, unreachable } from './errors.ts'
import { keepConnection } from './keep.ts'

/** A server of the configuration, running or not. */
export interface Server extends AsyncDisposable {
  readonly name: string
  readonly settings: Settings
  /** The tools that may be offered; undefined when it was never asked for them. */
  tools(): readonly Described[] | undefined
  /** Starts it when it is not running, and learns what tools it has. */
  start(): Promise<void>
  /**
   * Calls a tool, starting the server first. An error that the server answers is a result with `isError`. Rejects with
   * `forbidden` when the server says something else of the tool than was accepted.
   */
  call(
    tool: string,
    input: Record<string, unknown>,
    options: { readonly signal: AbortSignal; onProgress(progress: Progress): void },
  ): Promise<CallToolResult>
}

/** Opens a server without starting it, with what is kept of it. */
export async function openServer(parts: {
  readonly name: string
  readonly settings: Settings
  readonly store: Store
  readonly log: Log
}): Promise<Server> {
  const { name, settings, store } = parts
  const log = named(parts.log, name)
  const { url, accept, only, timeoutMs = 120_000 } = settings
  const identity = identityOf(settings)
  const known = await load(store, name)
  let catalog = known?.identity === identity ? known : undefined
  /** The connection whose tools `catalog.seen` are, or will be once it has answered. */
  let asked: { readonly connection: Connection; readonly seen: Promise<void> } | undefined
  const onListChanged = () => (asked = undefined)
  const kept = keepConnection(name, (signal) => connect(settings, { log, signal, onListChanged }))
  if (catalog) await see(catalog.seen)

  async function see(seen: readonly Described[]): Promise<void> {
    const next = update(catalog, { identity, seen, accept })
    const same = JSON.stringify(next) === JSON.stringify(catalog)
    catalog = next
    const { changed, added } = differences(next)
    if (changed.length + added.length > 0) log.warn(howToAccept([...changed, ...added], next))
    if (same) return
    await save(store, name, next).catch((thrown: unknown) =>
      log.warn(`its tools cannot be kept, so it is asked anew after a restart: ${toFailure(thrown).message}`),
    )
  }

  const howToAccept = (tools: readonly string[], { seen }: Catalog) =>
    `the MCP server "${name}" describes ${tools.join(', ')} otherwise than when its tools were accepted. To accept all that it has now, the owner sets plugins.mcp.config.servers.${name}.accept to "${digestOf(seen)}"`

  async function start(): Promise<Connection> {
    try {
      const connection = await kept.get()
      // Set before the answer: the list may change while it is on its way.
      if (asked?.connection !== connection) asked = { connection, seen: connection.list().then(see) }
      await asked.seen
      return connection
    } catch (thrown) {
      asked = undefined
      throw unreachable(thrown, { name, settings })
    }
  }

  async function callOnce(connection: Connection, ...[tool, input, options]: Parameters<Server['call']>) {
    try {
      const result = await connection.call(tool, input, { ...options, timeoutMs })
      kept.praise()
      return result
    } catch (thrown) {
      if (options.signal.aborted) throw options.signal.reason
      if (!isAnswer(thrown)) throw thrown
      return { content: [{ type: 'text' as const, text: toFailure(thrown).message }], isError: true }
    }
  }

  return {
    name,
    settings,
    tools: () => catalog?.accepted.filter((tool) => !only || only.includes(tool.name)),
    start: async () => void (await start()),
    async call(...given) {
      const [tool, , { signal }] = given
      for (let attempt = 1; ; attempt++) {
        const connection = await orAbort(start(), signal)
        if (differences(catalog!).changed.includes(tool)) throw failure('forbidden', howToAccept([tool], catalog!))
        try {
          return await callOnce(connection, ...given)
        } catch (thrown) {
          if (signal.aborted) throw thrown
          // Over HTTP nothing else tells that the server is gone.
          if (url !== undefined && !isTimeout(thrown)) kept.drop(connection)
          if (!isForgotten(thrown) || attempt > 1) throw unanswered(thrown, tool, { name, settings })
        }
      }
    },
    [Symbol.asyncDispose]: () => kept[Symbol.asyncDispose](),
  }
}

function named(log: Log, server: string): Log {
  const write = (level: keyof Log) => (text: string, fields?: object) => log[level](`${server}: ${text}`, fields)
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}

/** What `work` brings, unless the signal comes first; the work goes on for others. */
async function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: stopped, reject } = Promise.withResolvers<never>()
  const stop = () => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    return await Promise.race([work, stopped])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
