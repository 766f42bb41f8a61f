import { link, type Serves, type Wire } from '@openclaw/client'
import { stdioTransport } from '@openclaw/client/node'
import { failure } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import type { Static } from 'typebox'
import { isSection, valueAt } from '../../config/path.ts'
import { realClock } from '../../platform/clock.ts'
import { lendStreams } from '../streams.ts'
import { maxLineBytes, type ChildMethods, type ChildSide, type HouseTells } from '../wire.ts'
import { serveChannel } from './channel.ts'
import { serveGateway } from './gateway.ts'
import { openDoor } from './http.ts'

/** Modules that come with the program: `<plugin>/<part>` to what imports it. */
export type BundledModules = Readonly<Record<string, () => Promise<unknown>>>

/** What the entries in this process are served with. */
export interface ChildParts {
  readonly wire: Wire<ChildSide>
  readonly log: Log
  readonly clock: ReturnType<typeof realClock>
  readonly streams: ReturnType<typeof lendStreams>
  readonly door: ReturnType<typeof openDoor>
  /** The default export of a module, told by its shape. */
  load(module: string): Promise<Readonly<Record<string, unknown>>>
}

/** How often the parent is looked for where the system does not end us with it. */
const parentMs = 1000

/**
 * Is the process of one plugin: serves its entries to the gateway over stdin and stdout until stdin ends, then ends the
 * process. What is printed to stdout goes to stderr, so that it cannot break a frame.
 */
export async function servePlugin(options: { readonly bundled?: BundledModules } = {}): Promise<never> {
  const frames = takeStdout()
  endWithParent()
  process.on('unhandledRejection', (thrown) => {
    process.stderr.write(`unhandled rejection: ${thrown instanceof Error ? thrown.stack : String(thrown)}\n`)
  })
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})

  const parts: ChildParts = {
    get wire() {
      return wire
    },
    log: logOver(() => wire),
    clock: realClock(),
    streams: lendStreams(),
    door: openDoor(),
    async load(module) {
      const entry = valueAt(await importModule(module, options.bundled ?? {}), ['default'])
      if (!isSection(entry)) throw failure('invalid_config', `${module} has no default export`)
      return entry
    },
  }
  const channel = serveChannel(parts)
  const gateway = serveGateway(parts)
  const handlers: Serves<ChildMethods> = {
    ping: () => ({ memoryBytes: process.memoryUsage.rss() }),
    close: async () => ({ left: [...(await channel.close()), ...(await gateway.close())] }),
    async 'config.describe'({ module }) {
      const found = await importModule(module, options.bundled ?? {})
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
    'stream.read': (params) => parts.streams.read(params),
    'stream.cancel': (params) => parts.streams.cancel(params),
  }
  const wire: Wire<ChildSide> = link<ChildSide>(stdioTransport(process.stdin, frames, { maxLineBytes }), {
    handlers,
    onNotification(_event, payload) {
      const { event, envelope } = payload as Static<HouseTells['event']>
      gateway.hear(event, envelope)
    },
    onError: (thrown) => parts.log.error('a listener failed', { error: String(thrown) }),
  })
  await wire.closed
  process.exit(0)
}

async function importModule(module: string, bundled: BundledModules): Promise<unknown> {
  if (!module.startsWith('bundled:')) return (await import(module)) as unknown
  const load = bundled[module.slice('bundled:'.length)]
  if (!load) throw failure('not_found', `the program has no module ${module}; build it again`)
  return load()
}

/** The stream that frames go through; everybody else's writes to stdout go to stderr. */
function takeStdout(): NodeJS.WriteStream {
  const { stdout, stderr } = process
  const write = stdout.write.bind(stdout)
  const frames = Object.create(stdout, { write: { value: write } }) as NodeJS.WriteStream
  stdout.write = stderr.write.bind(stderr) as typeof stdout.write
  return frames
}

function endWithParent(): void {
  const parent = process.ppid
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1)
  }, parentMs).unref()
}

function logOver(wire: () => Wire<ChildSide>): Log {
  const write = (level: keyof Log) => (text: string, fields?: object) =>
    void wire().notify('log', { level, text, ...(fields ? { fields: { ...fields } } : {}) })
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}
