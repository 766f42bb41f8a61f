import Type, { type Static } from 'typebox'
import { list, opt, section } from './config-section.ts'
import { Limits, SubagentLimits } from './limits.ts'
import { ToolRules } from './tool-policy.ts'
import { Address, QueueMode, Thinking } from './values.ts'

/** The sandbox of everybody, or of one agent. With a fault in it nobody changes or runs anything. */
export const SandboxConfig = section(
  {
    mode: opt(
      Type.Enum(['off', 'non-owner', 'all'], {
        default: 'non-owner',
        description:
          'Whose tools run in a sandbox: nobody has one, and those who are not the owner change and run nothing; everybody but the owner in a direct chat; the owner too.',
      }),
    ),
    sharing: opt(
      Type.Enum(['session', 'agent', 'shared'], {
        default: 'session',
        description: 'Who is in a sandbox together: one for each session, one for each agent, one for all.',
      }),
    ),
    workspace: opt(
      Type.Enum(['none', 'ro', 'rw'], {
        default: 'none',
        description:
          "What they see of the agent's workspace: nothing, all of it to read at `/agent`, or all of it to change in place of a folder of their own.",
      }),
    ),
    use: opt(
      Type.String({ description: 'Id of the plugin that makes them; the first that is usable here when absent.' }),
    ),
  },
  { restricts: true, closed: { mode: 'all', use: '' } },
)
export type SandboxConfig = Static<typeof SandboxConfig>

const timeOfDay = (description: string) => Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description })

/** When an agent looks after things by itself. */
const HeartbeatConfig = section({
  every: Type.String({
    pattern: '^[1-9][0-9]{0,4}(m|h|d)$',
    description: 'Least time between two looks: `30m`, `2h`, `1d`.',
  }),
  active: opt(
    section({
      from: timeOfDay('Not before this time of day, as `08:00`.'),
      to: timeOfDay('Not from this time of day on; before `from` it is over midnight.'),
      timeZone: opt(Type.String({ description: 'As `Europe/Berlin`; that of this machine when absent.' })),
    }),
  ),
  prompt: opt(
    Type.String({
      minLength: 1,
      maxLength: 10_000,
      description: 'What the agent is told, before what stands in HEARTBEAT.md of its workspace.',
    }),
  ),
  model: opt(Type.String({ description: '`provider/model`; that of the session when absent.' })),
  target: opt(
    Type.Union([Type.Enum(['last', 'none']), Address], {
      default: 'last',
      description:
        'Who hears of it: the chat from which the owner wrote last, nobody (it stands in the session of the page), or a chat.',
    }),
  ),
})

export const AgentConfig = section({
  name: opt(Type.String({ description: 'What people call it.' })),
  default: opt(Type.Boolean({ description: 'Answers where no binding decides; `main` when no agent is marked.' })),
  model: opt(Type.String({ description: '`provider/model`.' })),
  fallbacks: list('Models to try when the first cannot answer.'),
  thinking: opt(Thinking),
  workspace: opt(Type.String({ description: "Folder; the agent's own when absent." })),
  queue: opt(
    Type.Enum(QueueMode.enum, {
      default: 'collect',
      description:
        'What becomes of messages that come while it works: answered together after, given to the run, answered one by one after, or in place of the run.',
    }),
  ),
  heartbeat: opt(HeartbeatConfig),
  tools: opt(ToolRules),
  limits: opt(
    Type.Partial(Limits, { additionalProperties: false, restricts: true, closed: { modelCalls: 1, tokens: 1 } }),
  ),
  sandbox: opt(SandboxConfig),
  subagents: opt(
    Type.Partial(
      Type.Object({
        ...SubagentLimits.properties,
        allowAgents: Type.Array(Type.String(), {
          description: 'Other agents that its sub-agents may be of, by id; `*` is any. None when absent.',
        }),
      }),
      { additionalProperties: false, restricts: true, closed: { depth: 0, children: 0 } },
    ),
  ),
})
export type AgentConfig = Static<typeof AgentConfig>
