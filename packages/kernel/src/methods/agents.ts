import { failure, type Config } from '@openclaw/protocol'
import type { Configuration, Secrets } from '../config/configuration.ts'
import { heldKeys } from '../config/held.ts'
import type { Platform } from '../platform.ts'
import type { Plugins } from '../plugins/host.ts'
import { defaultAgent } from '../router/router.ts'
import type { AgentLink } from '../runs/parts.ts'
import { skillFolders } from '../runs/plan.ts'
import { agentFolder } from '../sandboxes/place.ts'
import { byPerson, type Handlers } from './caller.ts'

type Names =
  | 'agents.list'
  | 'agents.add'
  | 'agents.remove'
  | 'agents.bind'
  | 'agents.unbind'
  | 'models.list'
  | 'models.set'
  | 'models.auth'
  | 'models.test'
  | 'skills.list'

type Binding = NonNullable<Config['bindings']>[number]

/** The same place is written in the same way. */
function canonical({ channel, account = 'default', peer, guild, team, roles }: Binding['match']): string {
  return JSON.stringify([channel, account, peer?.kind, peer?.id, guild, team, roles?.toSorted()])
}

/** Every configured agent; `main` always exists. */
export function agentIds(config: Config): string[] {
  return [...new Set(['main', ...Object.keys(config.agents ?? {})])]
}

/** Agents, and the models they think with. */
export function agentMethods(parts: {
  home: string
  platform: Platform
  defaultModel: string
  configuration: Configuration
  secrets: Secrets
  plugins: Plugins
  agent: AgentLink
  /** Hands the agent process its entries again, with what was stored. */
  reload(plugin: string): Promise<void>
}): Handlers<Names> {
  const { configuration, platform, agent } = parts
  const model = (id: string) => configuration.value.agents?.[id]?.model ?? parts.defaultModel

  function known(id: string): void {
    if (agentIds(configuration.value).includes(id)) return
    throw failure(
      'not_found',
      `there is no agent "${id}"; see \`openclaw agents list\`, or add it with \`openclaw agents add ${id}\``,
    )
  }

  /** The binding of exactly this place. */
  function bindingOf(match: Binding['match']) {
    const bindings = configuration.value.bindings ?? []
    const wanted = canonical(match)
    return { bindings, at: bindings.findIndex((binding) => canonical(binding.match) === wanted) }
  }

  return {
    'agents.list'() {
      const config = configuration.value
      return {
        agents: agentIds(config).map((id) => {
          const one = config.agents?.[id]
          return {
            id,
            ...(one?.name ? { name: one.name } : {}),
            default: id === defaultAgent(config),
            model: model(id),
            fallbacks: one?.fallbacks ?? [],
            workspace: agentFolder(parts.home, id, one),
            bindings: (config.bindings ?? []).filter(({ agent }) => agent === id).map(({ match }) => match),
          }
        }),
      }
    },
    async 'agents.add'({ id, ...settings }, caller) {
      if (agentIds(configuration.value).includes(id))
        throw failure(
          'conflict',
          `agents.add: there is an agent "${id}" already; change it with \`openclaw config set agents.${id}\``,
        )
      await configuration.set(`agents.${id}`, settings, undefined, byPerson(caller))
      return { id, workspace: agentFolder(parts.home, id, configuration.value.agents?.[id]) }
    },
    async 'agents.remove'({ id }) {
      if (id === 'main')
        throw failure('invalid_params', 'agents.remove: "main" is always there; it can only be changed')
      known(id)
      const bound = (configuration.value.bindings ?? []).filter(({ agent }) => agent === id)
      const left = (configuration.value.bindings ?? []).filter(({ agent }) => agent !== id)
      await configuration.edit([
        { path: `agents.${id}` },
        ...(bound.length > 0 ? [left.length > 0 ? { path: 'bindings', value: left } : { path: 'bindings' }] : []),
      ])
      return { id, bindings: bound.length }
    },
    async 'agents.bind'({ agent: id, match }) {
      known(id)
      const { bindings, at } = bindingOf(match)
      const binding = { agent: id, match }
      if (bindings.length === 0) await configuration.set('bindings', [binding])
      else await configuration.set(`bindings.${at === -1 ? bindings.length : at}`, binding)
      return { agent: id, ...(at === -1 ? {} : { instead: bindings[at]!.agent }) }
    },
    async 'agents.unbind'({ match }) {
      const { bindings, at } = bindingOf(match)
      if (at === -1)
        throw failure('not_found', 'agents.unbind: nothing is bound to exactly this; see `openclaw agents list`')
      await configuration.set(`bindings.${at}`, undefined)
      return { agent: bindings[at]!.agent }
    },
    async 'models.list'(params, caller) {
      const current = model(defaultAgent(configuration.value))
      return { current, ...(await agent.call('models.list', params, caller.signal)) }
    },
    async 'models.set'({ model: chosen, agent: id = defaultAgent(configuration.value) }) {
      if (!/^[^/]+\/.+$/.test(chosen)) {
        throw failure(
          'invalid_params',
          `models.set: "${chosen}" is not a model id; one looks like provider/model. See \`openclaw models list\``,
        )
      }
      if (!agentIds(configuration.value).includes(id))
        throw failure('not_found', `models.set: there is no agent "${id}"`)
      await configuration.set(`agents.${id}.model`, chosen)
      return { model: chosen }
    },
    async 'models.auth'({ provider, secrets = {}, config = {} }, caller) {
      const found = parts.plugins.list().find(({ id, hooks }) => id === provider && hooks.includes('provider'))
      if (!found)
        throw failure('not_found', `models.auth: no provider "${provider}" is installed; see \`openclaw plugins list\``)
      for (const [key, value] of Object.entries(config)) {
        await configuration.set(`plugins.${provider}.config.${key}`, value, undefined, byPerson(caller))
      }
      if (Object.keys(secrets).length > 0) {
        const schema = parts.plugins.schema(provider)
        const value = configuration.value.plugins?.[provider]?.config ?? {}
        await parts.secrets.store(`plugin:${provider}`, schema, secrets, value)
      }
      await parts.reload(provider)
      return { provider }
    },
    async 'models.test'({ model: chosen }, caller) {
      const begun = platform.clock.monotonic()
      const answer = await agent.call('models.test', { model: chosen }, caller.signal)
      return { ...answer, ms: Math.round(platform.clock.monotonic() - begun) }
    },
    async 'skills.list'({ agent: id = defaultAgent(configuration.value) }, caller) {
      known(id)
      const config = configuration.value
      const folders = skillFolders(parts.home, agentFolder(parts.home, id, config.agents?.[id]))
      const { skills } = await agent.call('skills.list', { folders, config: heldKeys(config) }, caller.signal)
      return { agent: id, skills }
    },
  }
}
