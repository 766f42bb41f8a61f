import Type from 'typebox'
import { Problem } from '../errors.ts'
import { closed, method, none, ok } from './table.ts'

export const PluginInfo = Type.Object({
  id: Type.String(),
  name: Type.String({ description: 'npm name.' }),
  version: Type.String(),
  label: Type.String(),
  hooks: Type.Array(Type.String()),
  source: Type.Enum(['bundled', 'installed', 'workspace']),
  state: Type.Enum(['pending', 'loading', 'active', 'disabled', 'parked']),
  reason: Type.Optional(Type.String({ description: 'Why it is parked, and what to do.' })),
  setupMs: Type.Optional(Type.Number()),
  holds: Type.Array(Type.String({ description: 'Labels of what its scope holds.' })),
  permissions: Type.Object({ network: Type.Array(Type.String()), methods: Type.Array(Type.String()) }),
})

export const configMethods = {
  'plugins.list': method(
    'read',
    'Plugins, their state, what they hold, and how long they took.',
    none,
    Type.Object({ plugins: Type.Array(PluginInfo) }),
  ),
  'plugins.reload': method(
    'admin',
    'Read the installed plugins again and restart what changed, or one plugin.',
    closed({ id: Type.Optional(Type.String()) }),
    Type.Object({ plugins: Type.Array(PluginInfo) }),
  ),
  'config.get': method(
    'admin',
    'The configuration, or one key of it; secrets are masked.',
    closed({ path: Type.Optional(Type.String()) }),
    Type.Object({
      file: Type.String(),
      hash: Type.String(),
      value: Type.Unknown(),
      problems: Type.Array(Problem),
    }),
  ),
  'config.set': method(
    'admin',
    'Change one key and leave every other byte as it is; without a value the key is removed.',
    closed({
      path: Type.String({ minLength: 1 }),
      value: Type.Optional(Type.Unknown()),
      hash: Type.Optional(Type.String({ description: 'Refuse with `conflict` when the file is another by now.' })),
    }),
    Type.Object({
      hash: Type.String(),
      applied: Type.Enum(['now', 'restart']),
      problems: Type.Array(Problem),
    }),
    { lasts: true },
  ),
  'config.check': method(
    'admin',
    'Every problem of the configuration, or of a text that would become it.',
    closed({ text: Type.Optional(Type.String()) }),
    Type.Object({ ok: Type.Boolean(), problems: Type.Array(Problem) }),
  ),
  'config.schema': method(
    'admin',
    'JSON Schema of the configuration with the installed plugins.',
    none,
    Type.Object({ schema: Type.Unknown() }),
  ),
  'route.explain': method(
    'read',
    'Which agent and session a message would reach, and why.',
    closed({
      channel: Type.String(),
      account: Type.Optional(Type.String()),
      peer: Type.String(),
      kind: Type.Optional(Type.Enum(['direct', 'group'])),
      thread: Type.Optional(Type.String()),
      parent: Type.Optional(Type.String()),
      guild: Type.Optional(Type.String()),
      team: Type.Optional(Type.String()),
      roles: Type.Optional(Type.Array(Type.String())),
    }),
    Type.Object({
      agent: Type.String(),
      session: Type.String(),
      tier: Type.String(),
      binding: Type.Optional(Type.Integer({ description: 'Index in `bindings`.' })),
      steps: Type.Array(Type.String()),
    }),
  ),
  'gateway.restart': method(
    'admin',
    'Settle what runs and start again; a run that asks for it is answered first.',
    none,
    ok,
  ),
}
