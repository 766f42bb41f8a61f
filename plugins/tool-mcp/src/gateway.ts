import { defineGateway, failure, toFailure, type Handlers } from '@openclaw/sdk'
import type { Static } from 'typebox'
import { differences, digestOf, load, type Catalog } from './catalog.ts'
import { config } from './config.ts'
import { connect, identityOf, type Settings } from './connect.ts'
import { unreachable } from './errors.ts'
import { methods, type ServerState } from './methods.ts'

/** Lets people see their servers and try them. The servers of the agent's calls run elsewhere, with the tools. */
export default defineGateway({
  id: 'mcp',
  config,
  methods,
  setup({ config: { servers = {} }, store, log, clock, signal: ended }) {
    async function known(name: string, settings: Settings): Promise<Catalog | undefined> {
      const catalog = await load(store, name)
      return catalog?.identity === identityOf(settings) ? catalog : undefined
    }
    async function describe(name: string, settings: Settings): Promise<Static<typeof ServerState>> {
      const { enabled = true, only, effects = {} } = settings
      const catalog = enabled ? await known(name, settings) : undefined
      const offered = (catalog?.accepted ?? []).filter((tool) => !only || only.includes(tool.name))
      const differs = catalog ? differing(catalog) : {}
      return {
        name,
        at: placeOf(settings),
        state: !enabled ? 'off' : !catalog ? 'new' : differs.accept === undefined ? 'known' : 'changed',
        tools: offered.length,
        asking: offered.filter((tool) => (effects[tool.name] ?? 'exec') === 'exec').length,
        ...differs,
      }
    }
    const handlers: Handlers<typeof methods> = {
      'mcp.list': async () => ({
        servers: await Promise.all(Object.entries(servers).map(([name, settings]) => describe(name, settings))),
      }),
      async 'mcp.test'({ server: name }, caller) {
        const settings = Object.hasOwn(servers, name) ? servers[name]! : undefined
        const where = `plugins.mcp.config.servers.${name}`
        if (!settings) throw failure('not_found', `there is no MCP server "${name}"; see \`openclaw mcp list\``)
        if (settings.enabled === false)
          throw failure('conflict', `the MCP server "${name}" is left alone; set ${where}.enabled to true first`)
        const begun = clock.monotonic()
        const signal = AbortSignal.any([ended, caller.signal])
        const took = () => Math.round(clock.monotonic() - begun)
        try {
          await using connection = await connect(settings, { log, signal, onListChanged() {} })
          const seen = await connection.list()
          const before = await known(name, settings)
          return {
            ok: true,
            ms: took(),
            tools: seen.map((tool) => tool.name),
            ...(before ? differing({ ...before, seen }) : {}),
          }
        } catch (thrown) {
          signal.throwIfAborted()
          return { ok: false, ms: took(), message: toFailure(unreachable(thrown, { name, settings })).message }
        }
      },
    }
    return { handlers }
  },
})

function differing(catalog: Catalog): { changed?: string[]; added?: string[]; accept?: string } {
  const { changed, added } = differences(catalog)
  if (changed.length + added.length === 0) return {}
  return { changed: [...changed], added: [...added], accept: digestOf(catalog.seen) }
}

/** Arguments may hold what nobody else should see, and so may an address behind its host. */
function placeOf({ command, url }: Settings): string {
  return url === undefined ? (command ?? '') : new URL(url).host
}
