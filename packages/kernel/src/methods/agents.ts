import { failure, type Config, type ToolSpec } from '@openclaw/protocol'
import type { Configuration, Secrets } from '../config/configuration.ts'
import type { Platform } from '../platform.ts'
import type { Plugins } from '../plugins/host.ts'
import { parseKey } from '../router/key.ts'
import { defaultAgent } from '../router/router.ts'
import { lower, refusal, type Standing } from '../runs/authority.ts'
import type { AgentLink } from '../runs/parts.ts'
import { agentFolder } from '../runs/plan.ts'
import type { Session, Sessions } from '../sessions/sessions.ts'
import { byPerson, checkSession, type Handlers } from './caller.ts'

type Names = 'agents.list' | 'models.list' | 'models.set' | 'models.auth' | 'models.test' | 'tools.list'

/** Every configured agent; `main` always exists. */
export function agentIds(config: Config): string[] {
  return [...new Set(['main', ...Object.keys(config.agents ?? {})])]
}

/** Agents, the models they think with, and the tools they have. */
export function agentMethods(parts: {
  platform: Platform
  home: string
  defaultModel: string
  configuration: Configuration
  secrets: Secrets
  plugins: Plugins
  sessions: Sessions
  agent: AgentLink
  tools(): ReadonlyMap<string, ToolSpec>
  /** Hands the agent process its entries again, with what was stored. */
  reload(plugin: string): Promise<void>
}): Handlers<Names> {
  const { configuration, platform, agent } = parts
  const model = (id: string) => configuration.value.agents?.[id]?.model ?? parts.defaultModel

  function standing(session: Session): Standing {
    const peer = parseKey(session.key)?.peer ?? { kind: 'direct' as const, id: '' }
    const sandboxed = [...parts.plugins.extensions.values()].some(({ extension }) => extension.sandbox)
    const role = lower('owner', session.lowestRole)
    return { role, peer, sandboxed: sandboxed && !(role === 'owner' && peer.kind === 'direct') }
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
          }
        }),
      }
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
    async 'tools.list'({ session }, caller) {
      if (session !== undefined) checkSession(caller, session)
      const config = configuration.value
      const open = session === undefined ? undefined : await parts.sessions.open(session)
      const here: Standing = open
        ? standing(open)
        : { role: caller.role, peer: { kind: 'direct', id: '' }, sandboxed: false }
      const settings = config.agents?.[open?.agent ?? defaultAgent(config)]
      return {
        tools: [...parts.tools().values()].map((tool) => {
          const reason = refusal(tool, here, config, settings)
          const { name, plugin, description, effect } = tool
          return { name, plugin, description, effect, available: reason === undefined, ...(reason ? { reason } : {}) }
        }),
      }
    },
  }
}
