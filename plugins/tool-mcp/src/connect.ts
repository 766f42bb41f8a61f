import { createHash } from 'node:crypto'
import type { CallToolResult, Progress } from '@modelcontextprotocol/sdk/types.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { Log } from '@openclaw/sdk'
import type { Static } from 'typebox'
import type { Described } from './catalog.ts'
import type { server } from './config.ts'

/** One server of the configuration. */
export type Settings = Static<typeof server>

/** A conversation with a running server. */
export interface Connection extends AsyncDisposable {
  /** Resolves when the server is gone. */
  readonly closed: Promise<void>
  /** All tools of it. */
  list(): Promise<readonly Described[]>
  call(
    tool: string,
    input: Record<string, unknown>,
    options: { readonly signal: AbortSignal; readonly timeoutMs: number; onProgress(progress: Progress): void },
  ): Promise<CallToolResult>
}

/** Names what a server is: with another command or address it is another one. */
export function identityOf({ command, args, cwd, url }: Settings): string {
  return createHash('sha256')
    .update(JSON.stringify([command, args, cwd, url]))
    .digest('hex')
}

const startMs = 60_000
const listMs = 30_000
const maxPages = 50

/** Starts a server or reaches it, and greets it. The library is imported with the first one. */
export async function connect(
  settings: Settings,
  { log, signal, onListChanged }: { log: Log; signal: AbortSignal; onListChanged: () => void },
): Promise<Connection> {
  const [{ Client }, { CallToolResultSchema, ListToolsResultSchema, ToolListChangedNotificationSchema }] =
    await Promise.all([
      import('@modelcontextprotocol/sdk/client/index.js'),
      import('@modelcontextprotocol/sdk/types.js'),
    ])
  // Results go to the model as they are; checking them by schemas that the server wrote proves nothing.
  const believe = {
    getValidator: () => (input: unknown) => ({ valid: true as const, data: input as never, errorMessage: undefined }),
  }
  const client = new Client({ name: 'openclaw', version: '1' }, { jsonSchemaValidator: believe })
  const gone = Promise.withResolvers<void>()
  client.onclose = gone.resolve
  client.onerror = (error) => log.debug(error.message.slice(0, 500))
  client.setNotificationHandler(ToolListChangedNotificationSchema, onListChanged)
  const { transport, leave } = await transportTo(settings, log)
  try {
    await client.connect(transport, { timeout: startMs, signal })
  } catch (thrown) {
    await transport.close().catch(() => {})
    throw thrown
  }
  return {
    closed: gone.promise,
    async list() {
      const found: Described[] = []
      let cursor: string | undefined
      for (let page = 0; page < maxPages; page++) {
        const request = { method: 'tools/list' as const, ...(cursor === undefined ? {} : { params: { cursor } }) }
        const { tools, nextCursor } = await client.request(request, ListToolsResultSchema, { timeout: listMs })
        for (const { name, description = '', inputSchema } of tools)
          found.push({ name, description, input: inputSchema })
        cursor = nextCursor
        if (cursor === undefined) break
      }
      return found
    },
    call: (tool, input, { signal, timeoutMs, onProgress }) =>
      client.request({ method: 'tools/call', params: { name: tool, arguments: input } }, CallToolResultSchema, {
        signal,
        timeout: timeoutMs,
        resetTimeoutOnProgress: true,
        onprogress: onProgress,
      }),
    async [Symbol.asyncDispose]() {
      await leave().catch(() => {})
      await client.close()
    },
  }
}

async function transportTo(
  { command, args = [], env = {}, cwd, url, headers = {} }: Settings,
  log: Log,
): Promise<{ transport: Transport; leave: () => Promise<void> }> {
  if (url !== undefined) {
    const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js')
    const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } })
    return { transport: transport as Transport, leave: () => transport.terminateSession() }
  }
  const leave = () => Promise.resolve()
  if (process.platform === 'win32') {
    // It finds `npx.cmd`, and there are no process groups to lead.
    const { StdioClientTransport } = await import('@modelcontextprotocol/sdk/client/stdio.js')
    return { transport: new StdioClientTransport({ command: command!, args, env, ...(cwd ? { cwd } : {}) }), leave }
  }
  const { processTransport } = await import('./process.ts')
  return { transport: processTransport({ command: command!, args, env, cwd }, log), leave }
}
