import type { Configuration } from '../config/configuration.ts'
import { checkForAgents } from '../config/for-agents.ts'
import { parsePath, valueAt } from '../config/path.ts'
import type { Plugins } from '../plugins/host.ts'
import type { Router } from '../router/router.ts'
import { byPerson, type Handlers } from './caller.ts'

type Names =
  | 'plugins.list'
  | 'plugins.reload'
  | 'config.get'
  | 'config.set'
  | 'config.check'
  | 'config.schema'
  | 'route.explain'

/** The configuration, the plugins, and what follows from them. */
export function configMethods(parts: {
  configuration: Configuration
  plugins: Plugins
  router(): Router
  reload(id?: string): Promise<void>
}): Handlers<Names> {
  const { configuration, plugins } = parts
  return {
    'plugins.list': () => ({ plugins: plugins.list() }),
    async 'plugins.reload'({ id }) {
      await parts.reload(id)
      return { plugins: plugins.list() }
    },
    'config.get'({ path }) {
      const value = configuration.masked()
      return {
        file: configuration.file,
        hash: configuration.hash,
        value: path === undefined ? value : valueAt(value, parsePath(path)),
        problems: [...configuration.problems],
      }
    },
    async 'config.set'({ path, value, hash }, caller) {
      if (caller.run !== undefined) checkForAgents(path)
      const { applied } = await configuration.set(path, value, hash, byPerson(caller))
      return { applied, hash: configuration.hash, problems: [...configuration.problems] }
    },
    'config.check'({ text }) {
      const problems = [...(text === undefined ? configuration.problems : configuration.check(text))]
      return { ok: problems.length === 0, problems }
    },
    'config.schema': () => ({ schema: configuration.schema() }),
    'route.explain'({ channel, account = 'default', peer, kind = 'direct', thread, parent, guild, team, roles }) {
      return parts.router().explain({
        channel,
        account,
        peer: { kind, id: peer, ...(thread ? { thread } : {}) },
        ...(parent ? { parent } : {}),
        ...(guild ? { guild } : {}),
        ...(team ? { team } : {}),
        ...(roles ? { roles } : {}),
      })
    },
  }
}
