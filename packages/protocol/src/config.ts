import Type, { type Static } from 'typebox'
import { AgentConfig, SandboxConfig } from './config-agent.ts'
import { list, opt, section } from './config-section.ts'
import { toolRules, ToolRules } from './tool-policy.ts'
import { Right, Role } from './values.ts'

/**
 * Marks a value that is masked wherever it is shown, and may be an `env:NAME` or `file:PATH` reference. A stored one is
 * dropped when the field `boundTo` changes. `when` names values of other fields with which it is needed, and without
 * which nobody is asked for it; any field may have that mark.
 */
export function Secret(
  options: { description?: string; boundTo?: string; when?: Readonly<Record<string, string>> } = {},
) {
  return Type.String({ secret: true, ...options })
}

const AuthConfig = section(
  {
    mode: opt(
      Type.Enum(['none', 'token', 'password', 'trusted-proxy'], {
        default: 'token',
        description: 'How callers say who they are; `none` on loopback only.',
      }),
    ),
    rateLimit: opt(
      section({
        attempts: opt(
          Type.Integer({ minimum: 1, default: 10, description: 'Wrong tries of one address before it is locked out.' }),
        ),
        windowMs: opt(Type.Integer({ minimum: 1000, default: 60_000, description: 'Time in which they are counted.' })),
        lockoutMs: opt(Type.Integer({ minimum: 1000, default: 300_000, description: 'How long a lockout lasts.' })),
      }),
    ),
    proxy: opt(
      section(
        {
          addresses: Type.Array(Type.String(), { minItems: 1, description: 'Addresses or CIDR ranges of the proxy.' }),
          userHeader: Type.String({ description: 'Header with the user, e.g. `x-forwarded-user`.' }),
          secretHeader: opt(
            Type.String({
              description:
                'Header with a shared secret; needed for a proxy on loopback. The secret itself is set with `openclaw config secret`.',
            }),
          ),
          users: Type.Record(Type.String(), section({ rights: Type.Array(Right), role: opt(Role) }), {
            description: 'Who may come in, with what rights.',
          }),
        },
        { restricts: true },
      ),
    ),
  },
  { restricts: true },
)

export const GatewayConfig = section({
  port: opt(Type.Integer({ minimum: 0, maximum: 65535, default: 18789, description: 'TCP port; 0 takes a free one.' })),
  bind: opt(
    Type.Enum(['loopback', 'lan', 'custom'], {
      default: 'loopback',
      description: 'This machine only, every address of it, or the one of `host`.',
    }),
  ),
  host: opt(Type.String({ description: 'Address to bind with `bind: "custom"`.' })),
  auth: opt(AuthConfig),
  origins: list('Further origins whose pages may connect, e.g. `https://claw.example.org`.'),
  hosts: list('Further names under which the gateway is reached.'),
  tls: opt(
    section(
      { cert: Type.String({ description: 'PEM file.' }), key: Type.String({ description: 'PEM file.' }) },
      { restricts: true },
    ),
  ),
})

/** A binding with a fault would fit more than was meant, so it fits nothing; it keeps its place in the list. */
export const BindingConfig = section(
  {
    agent: Type.String({ description: 'Id of the agent that answers.' }),
    match: section({
      channel: Type.String({ description: 'Id of the channel.' }),
      account: opt(Type.String({ description: '`*` is any account; the default account when absent.' })),
      peer: opt(
        section({
          kind: opt(Type.Enum(['direct', 'group'], { description: 'Either when absent.' })),
          id: Type.String({ description: 'Stable id of a person or group, or of the peer that holds a thread.' }),
        }),
      ),
      guild: opt(Type.String({ description: 'Stable id of a guild, where the platform has them.' })),
      team: opt(Type.String({ description: 'Stable id of a team, where the platform has them.' })),
      roles: list('Any of these guild roles; only together with guild.'),
    }),
  },
  { restricts: true, closed: { agent: 'main', match: { channel: '' } } },
)
export type BindingConfig = Static<typeof BindingConfig>

export const ChannelConfig = Type.Object({
  enabled: opt(
    Type.Boolean({ default: true, restricts: true, closed: false, description: 'False: it is not loaded.' }),
  ),
  dm: opt(
    section(
      {
        policy: opt(
          Type.Enum(['pairing', 'allowlist', 'open', 'disabled'], {
            default: 'pairing',
            description:
              'What a stranger who writes directly gets: a pairing code, nothing, an answer as a guest; `disabled`: nobody gets one.',
          }),
        ),
        allow: list('Stable sender ids that are admitted.'),
      },
      { restricts: true, closed: { policy: 'disabled' } },
    ),
  ),
  groups: opt(
    section(
      {
        policy: opt(
          Type.Enum(['allowlist', 'open', 'disabled'], {
            default: 'allowlist',
            description: 'In which groups the agent is: the listed ones, all, none.',
          }),
        ),
        allow: list('Stable group ids that are admitted.'),
        senders: list('Only these senders may address the agent in groups; everyone in an admitted group when absent.'),
        mention: opt(Type.Boolean({ default: true, description: 'Answer only when mentioned.' })),
      },
      { restricts: true, closed: { policy: 'disabled' } },
    ),
  ),
  bots: opt(
    Type.Enum(['ignore', 'answer'], {
      default: 'ignore',
      restricts: true,
      closed: 'ignore',
      description:
        'What becomes of messages by other programs. `answer`: they are treated as people, and after three answers in a row a person must speak first.',
    }),
  ),
  preview: opt(
    Type.Boolean({ default: true, description: 'Show an answer while it grows, where messages can be edited.' }),
  ),
  blocks: opt(
    Type.Boolean({
      default: false,
      description: 'Send finished paragraphs while the rest of an answer is being written, in place of a preview.',
    }),
  ),
  tools: opt(ToolRules),
  toolsBySender: opt(
    Type.Record(Type.String(), ToolRules, {
      description:
        'Tools by the stable id of who writes, other than the owner; `*` is everybody who has no entry of their own.',
    }),
  ),
  accounts: opt(
    Type.Record(Type.String(), Type.Unknown(), { description: 'What the channel plugin needs, for each account.' }),
  ),
})
export type ChannelConfig = Static<typeof ChannelConfig>

export const PluginConfig = section({
  enabled: opt(
    Type.Boolean({ default: true, restricts: true, closed: false, description: 'False: it is not loaded.' }),
  ),
  isolation: opt(
    Type.Enum(['none', 'process'], {
      restricts: true,
      closed: 'process',
      description: 'Whether its code runs with ours or in a process of its own.',
    }),
  ),
  config: opt(Type.Unknown({ description: "The plugin's own configuration." })),
})

/**
 * The whole of `openclaw.json`. Parts marked `restricts` fail closed: what is wrong in them keeps off what they guard,
 * an unknown key included. `closed` is what stands in their place then; without it the part is absent, and whoever is
 * guarded by it must refuse.
 */
export const Config = Type.Object({
  $schema: opt(Type.String()),
  gateway: opt(GatewayConfig),
  agents: opt(
    Type.Record(Type.String({ pattern: '^[a-z0-9][a-z0-9_-]{0,63}$' }), AgentConfig, {
      description: 'Agents by id; `main` always exists.',
    }),
  ),
  bindings: opt(Type.Array(BindingConfig, { description: 'Which agent answers whom; the most specific wins.' })),
  channels: opt(Type.Record(Type.String(), ChannelConfig)),
  plugins: opt(Type.Record(Type.String(), PluginConfig)),
  tools: opt(
    section(
      {
        ...toolRules,
        exec: opt(
          Type.Enum(['ask', 'allowlist', 'never-ask'], {
            default: 'ask',
            description:
              'Which commands that the owner did not type wait for a yes: all, those not in `commands`, none.',
          }),
        ),
        commands: list(
          'With `exec: "allowlist"`: commands that run without a yes, word for word; `{file}` is any one file of the workspace, e.g. `wc -l {file}`.',
        ),
        network: opt(
          Type.Enum(['ask', 'never-ask'], {
            default: 'ask',
            description: 'Whether an address that the agent made up, at a site new to the session, waits for a yes.',
          }),
        ),
        askForMs: opt(
          Type.Integer({
            minimum: 60_000,
            maximum: 604_800_000,
            default: 86_400_000,
            description: 'How long a call waits for a yes; then the answer is no.',
          }),
        ),
        lasting: opt(
          Type.Enum(['ask', 'never-ask'], {
            default: 'ask',
            description:
              'Whether jobs, notes and settings wait for a yes once the agent has read what nobody in its conversation said.',
          }),
        ),
      },
      { restricts: true, closed: { deny: ['*'] } },
    ),
  ),
  sandbox: opt(SandboxConfig),
  sessions: opt(
    section({
      cacheMb: opt(Type.Integer({ minimum: 1, default: 16, description: 'Memory for warm sessions.' })),
      pruneAfterDays: opt(
        Type.Integer({ minimum: 1, description: 'Delete sessions that were not used for so long; never when absent.' }),
      ),
      tools: opt(
        Type.Record(Type.String(), ToolRules, {
          description: 'Tools by session key; `*` in it is any run of characters, and all that fit count.',
        }),
      ),
    }),
  ),
  delivery: opt(
    section({
      staleAfterMs: opt(
        Type.Integer({
          minimum: 0,
          default: 600_000,
          description:
            'An answer that is older than this when a restart comes to send it is held for the owner, and its peer is told that it is late.',
        }),
      ),
    }),
  ),
  limits: opt(
    section(
      {
        perDay: opt(
          section({
            tokens: opt(
              Type.Integer({ minimum: 0, default: 20_000_000, description: 'Tokens that all runs of a day may use.' }),
            ),
            costUsd: opt(
              Type.Number({
                minimum: 0,
                default: 10,
                description: 'Dollars that they may cost, as far as prices are known.',
              }),
            ),
          }),
        ),
        perSender: opt(
          section({
            costUsd: opt(
              Type.Number({
                minimum: 0,
                default: 1,
                description: 'Dollars a day that runs for one person who is not the owner may cost.',
              }),
            ),
          }),
        ),
      },
      { restricts: true, closed: { perDay: { tokens: 0 } } },
    ),
  ),
  media: opt(
    section({
      maxFileMb: opt(Type.Integer({ minimum: 1, default: 50, description: 'Largest file that is taken from a chat.' })),
      maxMb: opt(Type.Integer({ minimum: 1, default: 2048, description: 'Size of `media/`; the oldest go first.' })),
      maxAgeDays: opt(Type.Integer({ minimum: 1, default: 90, description: 'How long a file is kept.' })),
    }),
  ),
  logs: opt(
    section({
      level: opt(
        Type.Enum(['debug', 'info', 'warn', 'error'], { default: 'info', description: 'The least that is written.' }),
      ),
      maxMb: opt(Type.Integer({ minimum: 1, default: 50, description: 'Size of `logs/`; the oldest go first.' })),
      maxAgeDays: opt(Type.Integer({ minimum: 1, default: 14, description: 'How long a file is kept.' })),
    }),
  ),
})
export type Config = Static<typeof Config>
