import { join } from 'node:path'
import type { MethodParams, MethodResult, Problem } from '@openclaw/protocol'
import type { Cli } from './cli.ts'
import type { Gateway } from './gateway.ts'

/** The configuration of a home: through its gateway, or from the file when none runs. */
export interface Settings {
  readonly file: string
  get(key?: string): Promise<MethodResult<'config.get'>>
  set(key: string, value: unknown): Promise<Pick<MethodResult<'config.set'>, 'applied' | 'problems'>>
  check(text?: string): Promise<readonly Problem[]>
  schema(): Promise<unknown>
}

/** Where the configuration of a home stands. */
export function configFile(home: string): string {
  return join(home, 'openclaw.json')
}

/** Opens it for one command. */
export async function openSettings(cli: Cli): Promise<Settings> {
  const gateway = await cli.findGateway()
  return gateway ? throughGateway(gateway, cli) : await fromFile(cli)
}

function throughGateway(gateway: Gateway, cli: Cli): Settings {
  return {
    file: configFile(cli.home),
    get: (key) => gateway.call('config.get', key === undefined ? {} : { path: key }),
    async set(key, value) {
      // A reference to the environment or a file counts only when a person at this machine writes it, so it is ours to write.
      if (isReference(value)) return await (await fromFile(cli)).set(key, value)
      return await gateway.call('config.set', {
        path: key,
        ...(value === undefined ? {} : { value }),
      } as MethodParams<'config.set'>)
    },
    check: async (text) => (await gateway.call('config.check', text === undefined ? {} : { text })).problems,
    schema: async () => (await gateway.call('config.schema', {})).schema,
  }
}

async function fromFile(cli: Cli): Promise<Settings> {
  const { openConfiguration, parsePath, realPlatform, valueAt } = await import('@openclaw/kernel')
  const configuration = cli.scope.use(
    await openConfiguration({ file: configFile(cli.home), platform: realPlatform(), log: silent, watch: false }),
  )
  return {
    file: configuration.file,
    async get(key) {
      const value = configuration.masked()
      return {
        file: configuration.file,
        hash: configuration.hash,
        value: key === undefined ? value : valueAt(value, parsePath(key)),
        problems: [...configuration.problems],
      }
    },
    async set(key, value) {
      const { applied } = await configuration.set(key, value, undefined, 'person')
      return { applied, problems: [...configuration.problems] }
    },
    check: async (text) => (text === undefined ? configuration.problems : configuration.check(text)),
    schema: async () => configuration.schema(),
  }
}

const silent = { debug() {}, info() {}, warn() {}, error() {} }

function isReference(value: unknown): boolean {
  if (typeof value === 'string') return /^(env|file):/.test(value)
  return typeof value === 'object' && value !== null && Object.values(value).some(isReference)
}
