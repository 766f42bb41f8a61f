import { defineTool, failure, type ToolCall, type ToolResult } from '@openclaw/sdk'
import Type, { type Static } from 'typebox'

const input = Type.Object(
  {
    action: Type.Enum(['status', 'config_get', 'config_set', 'restart']),
    path: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Key of the configuration, e.g. agents.main.model; for config_set one value.',
      }),
    ),
    value: Type.Optional(Type.Unknown({ description: 'For config_set; without it the key is removed.' })),
  },
  { additionalProperties: false },
)
type Input = Static<typeof input>

/** Looks after the gateway for its owner: how it is, how it is set up, and a restart after the answer. */
export const gateway = defineTool({
  name: 'gateway',
  description:
    'The gateway that you run in: its status, its configuration (secrets are masked), changing one key of it, and a restart, which waits for your answer. Who may come in, plugins, commands, paths and limits are changed by a person only.',
  input,
  // Only `write` and `exec` tools are the owner's alone.
  effect: 'write',
  effectOf: ({ action }) => (action === 'status' || action === 'config_get' ? 'read' : 'write'),
  lasts: ({ action }) => action === 'config_set',
  subject: ({ action, path, value }) =>
    [action, path, value === undefined ? undefined : JSON.stringify(value)].filter(Boolean).join(' '),
  async run(wanted, call) {
    if (call.role !== 'owner') throw failure('forbidden', 'gateway: only the owner may look after the gateway')
    return deeds[wanted.action](wanted, call)
  },
})

const deeds: Readonly<Record<Input['action'], (wanted: Input, call: ToolCall) => Promise<ToolResult>>> = {
  status: async (_, { gateway: { call } }) => show(await call('status')),
  async config_get({ path }, { gateway: { call } }) {
    const { value, problems } = (await call('config.get', path ? { path } : {})) as {
      value?: unknown
      problems: unknown
    }
    return show({ value: value ?? null, problems })
  },
  async config_set({ path, value }, { gateway: { call } }) {
    if (!path) throw failure('invalid_params', 'gateway: config_set needs path')
    const set = { path, ...(value === undefined ? {} : { value }) }
    const { applied, problems } = (await call('config.set', set)) as { applied: 'now' | 'restart'; problems: unknown[] }
    const when = applied === 'now' ? 'It is in force.' : 'It is in force after a restart.'
    return problems.length > 0 ? show({ written: when, problems }) : say(when)
  },
  async restart(_, { gateway: { call } }) {
    await call('gateway.restart')
    return say('The gateway starts again as soon as you have answered.')
  },
}

function say(text: string): ToolResult {
  return { content: [{ type: 'text', text }], outside: false }
}

const show = (value: unknown) => say(JSON.stringify(value, null, 1))
