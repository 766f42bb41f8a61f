import { link, type Serves, type Transport, type Wire } from '@openclaw/client'
import { failure } from '@openclaw/protocol'
import type { Clock, Log } from '@openclaw/sdk'
import type { Static } from 'typebox'
import { isSection, valueAt } from '../../config/path.ts'
import { realClock } from '../../platform/clock.ts'
import { lendStreams, type LentStreams } from '@openclaw/sdk/host'
import type { ChildMethods, ChildSide, HouseTells } from '../wire.ts'
import { serveAgent } from './agent.ts'
import { serveChannel } from './channel.ts'
import { serveGateway } from './gateway.ts'
import { openDoor, type ServedDoor } from './http.ts'

/** What the entries of a plugin are served with. */
export interface ChildParts {
  readonly wire: Wire<ChildSide>
  readonly log: Log
  readonly clock: Clock
  readonly streams: LentStreams
  readonly door: ServedDoor
  /** The default export of a module, told by its shape. */
  load(module: string): Promise<Readonly<Record<string, unknown>>>
}

/** Serves the entries of one plugin to a gateway. `load` imports a module by its name. Resolves when the gateway is gone. */
export async function serveEntries(transport: Transport, load: (module: string) => Promise<unknown>): Promise<void> {
  const parts: ChildParts = {
    get wire() {
      return wire
    },
    log: logOver(() => wire),
    clock: realClock(),
    streams: lendStreams(),
    door: openDoor(),
    async load(module) {
      const entry = valueAt(await load(module), ['default'])
      if (!isSection(entry)) throw failure('invalid_config', `${module} has no default export`)
      return entry
    },
  }
  const channel = serveChannel(parts)
  const gateway = serveGateway(parts)
  const agent = serveAgent(parts)
  const handlers: Serves<ChildMethods> = {
    ping: () => ({ memoryBytes: process.memoryUsage.rss() }),
    close: async () => ({
      left: [...(await agent.close()), ...(await channel.close()), ...(await gateway.close())],
    }),
    async 'config.describe'({ module }) {
      const found = await load(module)
      const config = valueAt(found, ['config']) ?? valueAt(found, ['default'])
      const account = valueAt(found, ['account'])
      return { ...(config === undefined ? {} : { config }), ...(account === undefined ? {} : { account }) }
    },
    ...channel.handlers,
    ...gateway.handlers,
    async 'http.listen'({ path }) {
      await parts.door.listen(path)
      return {}
    },
    async 'entries.listen'({ path, modules }) {
      // What an import throws is told to whoever sets that entry up.
      await Promise.allSettled(modules.map((module) => load(module)))
      await agent.listen(path)
      return {}
    },
    'stream.read': (params) => parts.streams.read(params),
    'stream.cancel': (params) => parts.streams.cancel(params),
  }
  const wire: Wire<ChildSide> = link<ChildSide>(transport, {
    handlers,
    onNotification(_event, payload) {
      const { event, envelope } = payload as Static<HouseTells['event']>
      gateway.hear(event, envelope)
    },
    onError: (thrown) => parts.log.error('a listener failed', { error: String(thrown) }),
  })
  await wire.closed
}

function logOver(wire: () => Wire<ChildSide>): Log {
  const write = (level: keyof Log) => (text: string, fields?: object) =>
    void wire().notify('log', { level, text, ...(fields ? { fields: { ...fields } } : {}) })
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}
