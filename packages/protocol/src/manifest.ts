import Type, { type Static } from 'typebox'

/** The contract generation that plugins name in `api`; a kernel parks what it does not speak. */
export const pluginApi = 1

export const HookPoint = Type.Enum(['channel', 'tool', 'provider', 'gateway'])
export type HookPoint = Static<typeof HookPoint>

/** The `openclaw` field of a plugin's package.json, read without running its code. Paths are export subpaths. */
export const Manifest = Type.Object({
  id: Type.String({ pattern: '^[a-z][a-z0-9-]{0,39}$' }),
  label: Type.String({ maxLength: 80 }),
  api: Type.Integer({ minimum: 1 }),
  hooks: Type.Object(
    {
      channel: Type.Optional(Type.String()),
      tool: Type.Optional(Type.String()),
      provider: Type.Optional(Type.String()),
      gateway: Type.Optional(Type.String()),
    },
    { additionalProperties: false, minProperties: 1 },
  ),
  config: Type.Optional(
    Type.String({
      description:
        'Module of the schemas: exports `config` for `plugins.<id>.config`, and `account` for an account of its channel.',
    }),
  ),
  permissions: Type.Optional(
    Type.Object({
      network: Type.Optional(Type.Array(Type.String())),
      methods: Type.Optional(Type.Array(Type.String())),
      /** What the plugin's own process may start, where it has one; nothing when absent. */
      run: Type.Optional(Type.Array(Type.Enum(['processes', 'workers', 'addons']))),
      /** Paths under `/<id>/` that answer without auth, e.g. the files of a page. */
      public: Type.Optional(Type.Boolean()),
    }),
  ),
})
export type Manifest = Static<typeof Manifest>
