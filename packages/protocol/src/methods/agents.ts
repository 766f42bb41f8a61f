import Type, { type Static } from 'typebox'
import { BindingConfig } from '../config.ts'
import { closed, method, none } from './table.ts'

/** Names a folder and the head of session keys. */
const AgentId = Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,63}$' })

export const ModelInfo = Type.Object({
  id: Type.String({ description: '`provider/model`.' }),
  contextTokens: Type.Optional(Type.Integer()),
  outputTokens: Type.Optional(Type.Integer()),
  images: Type.Optional(Type.Boolean()),
  thinking: Type.Optional(Type.Boolean()),
})

export const ModelOffer = Type.Object({
  provider: Type.String(),
  label: Type.String({ description: 'E.g. `Ollama on this machine`.' }),
  /** Configuration that would use it. */
  config: Type.Record(Type.String(), Type.Unknown()),
  /** Environment variable that holds a key; its value is never sent. */
  env: Type.Optional(Type.String()),
  models: Type.Array(Type.String()),
})

export const SkillInfo = Type.Object({
  name: Type.String(),
  description: Type.String(),
  file: Type.String({ description: 'Its SKILL.md.' }),
  missing: Type.Array(Type.String(), {
    description: 'What it lacks here. The agent is told of it when that is nothing.',
  }),
})
export type SkillInfo = Static<typeof SkillInfo>

export const agentMethods = {
  'agents.list': method(
    'read',
    'Configured agents.',
    none,
    Type.Object({
      agents: Type.Array(
        Type.Object({
          id: Type.String(),
          name: Type.Optional(Type.String()),
          default: Type.Boolean(),
          model: Type.String(),
          fallbacks: Type.Array(Type.String()),
          workspace: Type.String(),
          bindings: Type.Array(BindingConfig.properties.match),
        }),
      ),
    }),
  ),
  'agents.add': method(
    'admin',
    'Add an agent with a model, a workspace and a name of its own.',
    closed({
      id: AgentId,
      name: Type.Optional(Type.String({ maxLength: 100 })),
      model: Type.Optional(Type.String({ description: '`provider/model`.' })),
      workspace: Type.Optional(Type.String({ description: "Folder; the agent's own when absent." })),
    }),
    Type.Object({ id: Type.String(), workspace: Type.String() }),
  ),
  'agents.remove': method(
    'admin',
    'Take an agent and its bindings out of the configuration; its sessions and its workspace stay on the disk.',
    closed({ id: AgentId }),
    Type.Object({ id: Type.String(), bindings: Type.Integer({ description: 'So many bindings went with it.' }) }),
  ),
  'agents.bind': method(
    'admin',
    'Let an agent answer a channel, an account, a person or a group. The same place bound before is bound anew.',
    closed({ agent: AgentId, match: BindingConfig.properties.match }),
    Type.Object({
      agent: Type.String(),
      instead: Type.Optional(Type.String({ description: 'Who answered there before.' })),
    }),
  ),
  'agents.unbind': method(
    'admin',
    'Take a binding back.',
    closed({ match: BindingConfig.properties.match }),
    Type.Object({ agent: Type.String({ description: 'Who answered there before.' }) }),
  ),
  'models.list': method(
    'read',
    'Models of the configured providers, the one in use, and what was noticed on this machine and may be chosen.',
    closed({ provider: Type.Optional(Type.String()), discover: Type.Optional(Type.Boolean()) }),
    Type.Object({
      current: Type.String(),
      models: Type.Array(ModelInfo),
      offers: Type.Array(ModelOffer),
      problems: Type.Array(Type.Object({ provider: Type.String(), message: Type.String() })),
    }),
  ),
  'models.set': method(
    'admin',
    'Choose the model of an agent.',
    closed({ model: Type.String(), agent: Type.Optional(Type.String()) }),
    Type.Object({ model: Type.String() }),
  ),
  'models.auth': method(
    'admin',
    'Store what a provider needs: the secret under credentials/, the rest in the configuration. Never shown again.',
    closed({
      provider: Type.String(),
      secrets: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: 8192 }))),
      config: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    }),
    Type.Object({ provider: Type.String() }),
  ),
  'models.test': method(
    'admin',
    'Ask a model for one word, for real.',
    closed({ model: Type.String() }),
    Type.Object({
      ok: Type.Boolean(),
      text: Type.Optional(Type.String()),
      message: Type.Optional(Type.String()),
      ms: Type.Integer(),
    }),
  ),
  'skills.list': method(
    'read',
    'Skills of an agent, and what keeps one from being used here.',
    closed({ agent: Type.Optional(AgentId) }),
    Type.Object({ agent: Type.String(), skills: Type.Array(SkillInfo) }),
  ),
}
