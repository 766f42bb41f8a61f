import { createServer } from 'node:net'
import { link, type Serves, type Transport, type Wire } from '@openclaw/client'
import { stdioTransport } from '@openclaw/client/node'
import { lendStreams, openScope } from '@openclaw/sdk/host'
import type { EntryMethods, EntrySide } from '@openclaw/sdk/isolation'
import { serveProvider } from './provider.ts'
import type { ChildParts } from './serve.ts'
import { serveTools } from './tools.ts'

/** The tool and provider entries of this process, each served to the agent over a connection of its own. */
export interface ServedEntries {
  /** Serves them on a local socket. */
  listen(path: string): Promise<void>
  /** Ends all of them; resolves with what could not be ended. */
  close(): Promise<string[]>
}

/** Nothing is served yet. */
export function serveAgent(parts: ChildParts): ServedEntries {
  const open = new Set<ReturnType<typeof serveEntry>>()
  return {
    async listen(path) {
      const server = createServer((socket) => {
        const entry = serveEntry(parts, stdioTransport(socket, socket))
        open.add(entry)
        void entry.over.then(() => open.delete(entry))
      })
      server.unref()
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve))
    },
    close: async () => (await Promise.all([...open].map((entry) => entry.close()))).flat(),
  }
}

/** One entry: it is set up by the first call of its connection, and ends with it. */
function serveEntry(parts: ChildParts, transport: Transport) {
  const owned = openScope({ label: 'entry', log: parts.log, clock: parts.clock })
  const streams = lendStreams()
  const about = { ...parts, scope: owned.scope, streams, wire: () => wire }
  const close = async () => [...(await owned.close())]
  const handlers: Serves<EntryMethods> = {
    ...serveTools(about),
    ...serveProvider(about),
    close: async () => ({ left: await close() }),
    'stream.read': (params) => streams.read(params),
    'stream.cancel': (params) => streams.cancel(params),
  }
  const wire: Wire<EntrySide> = link<EntrySide>(transport, { handlers })
  const over = wire.closed.then(async () => {
    await Promise.all([owned.close(), streams.close()])
  })
  return { over, close }
}

/** What one entry is served with. */
export interface EntryParts extends Pick<ChildParts, 'load' | 'clock'> {
  readonly scope: ReturnType<typeof openScope>['scope']
  readonly streams: ReturnType<typeof lendStreams>
  wire(): Wire<EntrySide>
}
