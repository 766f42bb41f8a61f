import Type, { type Static } from 'typebox'
import { Failure } from './errors.ts'
import { WireDraft, WireLine } from './journal.ts'
import { Limits } from './limits.ts'
import { ModelInfo, ModelOffer, SkillInfo } from './methods/index.ts'
import { method } from './methods/table.ts'
import { Attachment, Content, Effect, Role, Thinking, Usage } from './values.ts'

/**
 * Where a session's tools work. With a sandbox, everything goes through `argv` and below `root`; where it is `readonly`
 * they change and run nothing.
 */
export const WorkspacePlan = Type.Object({
  root: Type.String(),
  media: Type.String(),
  sandbox: Type.Optional(Type.Object({ argv: Type.Array(Type.String()), root: Type.String() })),
  readonly: Type.Optional(Type.Boolean()),
})
export type WorkspacePlan = Static<typeof WorkspacePlan>

const liveLines = {
  lines: Type.Array(WireLine),
  first: Type.Integer({ description: 'Sequence of the first live line: drop what is older.' }),
}

export const RunRequest = Type.Object({
  run: Type.String(),
  session: Type.String(),
  agent: Type.String(),
  /** Durable lines up to this one belong to the run's beginning; the agent pulls what it lacks. */
  seq: Type.Integer(),
  /** Lines that are new since the agent heard of the session last. */
  news: Type.Optional(Type.Object({ after: Type.Integer(), ...liveLines })),
  /** The run's own first line (kind `run`), not durable yet: the agent folds it and puts it before the first lines it commits or returns. Absent when a run goes on after a crash: then it is in the journal. */
  begin: Type.Optional(WireDraft),
  /** Calls of a run that goes on after a person was asked about them: they are begun anew before the model is. */
  again: Type.Optional(Type.Array(Type.String())),
  models: Type.Array(Type.String(), { minItems: 1, description: 'The model and its fallbacks, in order.' }),
  thinking: Type.Optional(Thinking),
  role: Role,
  /** True in the owner's own page and CLI. */
  local: Type.Boolean(),
  tools: Type.Array(Type.String(), { description: 'Names of the tools that this session may use.' }),
  workspace: WorkspacePlan,
  /** Where AGENTS.md and its kin lie when that is not the workspace, skill folders by precedence, and the dotted keys of the configuration that hold something. */
  prompt: Type.Optional(
    Type.Object({
      folder: Type.Optional(Type.String()),
      skills: Type.Optional(Type.Array(Type.String())),
      config: Type.Optional(Type.Array(Type.String())),
    }),
  ),
  limits: Limits,
  note: Type.Optional(Type.String()),
  /** Parts of a message may reach the person before it is whole: what a model said before it failed becomes a line, and the next attempt goes on behind it. */
  aloud: Type.Optional(Type.Boolean()),
})
export type RunRequest = Static<typeof RunRequest>

export const RunResult = Type.Object({
  outcome: Type.Enum(['answered', 'failed', 'aborted', 'waiting'], {
    description:
      '`waiting`: a person is asked about a call; all lines are committed, and the run goes on when it is resumed.',
  }),
  failure: Type.Optional(Failure),
  /** It failed because it reached one of its limits. */
  limited: Type.Optional(Type.Boolean()),
  /** Lines that are not committed yet; the gateway commits them together with the settlement. */
  lines: Type.Array(WireDraft),
  /** The final text, from typed parts only. */
  text: Type.String(),
  attachments: Type.Optional(Type.Array(Attachment)),
  usage: Usage,
})
export type RunResult = Static<typeof RunResult>

/** An entry that the agent process loads. */
export const EntryPlan = Type.Object({
  plugin: Type.String(),
  hook: Type.Enum(['tool', 'provider']),
  /** `bundled:<plugin>/<hook>` or a file URL. */
  module: Type.String(),
  config: Type.Unknown(),
  methods: Type.Array(Type.String()),
  state: Type.String({ description: 'Folder for what the entry keeps.' }),
  /** Counts how often the plugin was set up: with a higher one the entry is set up anew. */
  round: Type.Optional(Type.Integer()),
  /** It lives in the process of its plugin, which `plugin.reach` leads to. */
  isolated: Type.Optional(Type.Boolean()),
})
export type EntryPlan = Static<typeof EntryPlan>

export const EntryReport = Type.Object({
  plugin: Type.String(),
  hook: Type.Enum(['tool', 'provider']),
  state: Type.Enum(['active', 'parked']),
  reason: Type.Optional(Type.String()),
  setupMs: Type.Number(),
  holds: Type.Array(Type.String()),
})
export type EntryReport = Static<typeof EntryReport>

export const ToolSpec = Type.Object({
  name: Type.String(),
  plugin: Type.String(),
  description: Type.String(),
  effect: Effect,
  input: Type.Unknown(),
})
export type ToolSpec = Static<typeof ToolSpec>

const Made = Type.Object({ model: Type.String(), usage: Usage }, { description: 'Who summarised, and what it took.' })
const session = Type.String()
const run = Type.String()
const empty = Type.Object({})

/** Gateway → agent, over stdin. Rights are the pipe's: who holds it may call all. */
export const agentMethods = {
  load: method(
    'admin',
    "Load these entries and unload all others. `env` names the gateway's environment variables that hold something; their values stay there.",
    Type.Object({ entries: Type.Array(EntryPlan), env: Type.Optional(Type.Array(Type.String())) }),
    Type.Object({
      entries: Type.Array(EntryReport),
      tools: Type.Array(ToolSpec),
      providers: Type.Array(Type.String()),
    }),
  ),
  'run.start': method('admin', 'Run until the answer; resolves with what is left to commit.', RunRequest, RunResult),
  'run.steer': method(
    'admin',
    'Put newly accepted user lines into a run before its next model call.',
    Type.Object({ run, takes: Type.Array(Type.String()), seq: Type.Integer() }),
    Type.Object({ taken: Type.Boolean() }),
  ),
  'run.abort': method('admin', 'End a run within a second.', Type.Object({ run, reason: Type.String() }), empty),
  'session.forget': method('admin', 'Drop what is cached of a session.', Type.Object({ session }), empty),
  'session.compact': method(
    'admin',
    'Summarise the older part of a session.',
    Type.Object({
      session,
      seq: Type.Integer(),
      models: Type.Array(Type.String()),
      instructions: Type.Optional(Type.String()),
    }),
    Type.Object({
      compacted: Type.Boolean(),
      summary: Type.Optional(Type.String()),
      keep: Type.Optional(Type.String({ description: 'Id of the first kept line.' })),
      orders: Type.Optional(Type.Array(Type.String())),
      made: Type.Optional(Made),
      reason: Type.Optional(Type.String()),
    }),
  ),
  'models.list': method(
    'admin',
    'Models of the loaded providers.',
    Type.Object({ provider: Type.Optional(Type.String()), discover: Type.Optional(Type.Boolean()) }),
    Type.Object({
      models: Type.Array(ModelInfo),
      offers: Type.Array(ModelOffer),
      problems: Type.Array(Type.Object({ provider: Type.String(), message: Type.String() })),
    }),
  ),
  'models.test': method(
    'admin',
    'Ask a model for one word.',
    Type.Object({ model: Type.String() }),
    Type.Object({ ok: Type.Boolean(), text: Type.Optional(Type.String()), message: Type.Optional(Type.String()) }),
  ),
  'skills.list': method(
    'admin',
    'Skills of these folders by precedence, held against the dotted keys of the configuration that hold something.',
    Type.Object({ folders: Type.Array(Type.String()), config: Type.Array(Type.String()) }),
    Type.Object({ skills: Type.Array(SkillInfo) }),
  ),
  'tools.list': method('admin', 'Tools of the loaded entries.', empty, Type.Object({ tools: Type.Array(ToolSpec) })),
  ping: method('admin', 'Still there?', empty, Type.Object({ memoryBytes: Type.Integer() })),
} as const
export type AgentMethods = typeof agentMethods

/** Agent → gateway, over stdout. */
export const gatewayForAgentMethods = {
  'session.lines': method(
    'admin',
    'Live lines of a session after a sequence; from the live start when 0.',
    Type.Object({ session, after: Type.Integer(), upto: Type.Optional(Type.Integer()) }),
    Type.Object(liveLines),
  ),
  'step.commit': method(
    'admin',
    'Make the lines of a step durable; resolves when they are.',
    Type.Object({ run, lines: Type.Array(WireDraft) }),
    Type.Object({ seq: Type.Integer() }),
  ),
  'session.checkpoint': method(
    'admin',
    "Put a summary in the place of what stands before the first kept line of the run's session.",
    Type.Object({
      run,
      summary: Type.String(),
      keep: Type.Optional(Type.String({ description: 'Id of the first kept line.' })),
      orders: Type.Array(Type.String()),
      made: Made,
    }),
    Type.Object({ seq: Type.Integer() }),
  ),
  'tool.begin': method(
    'admin',
    'May this call run? Policy, role, interceptors, approval; then a durable intent unless it only reads.',
    Type.Object({
      run,
      call: Type.String(),
      tool: Type.String(),
      input: Type.Unknown(),
      effect: Type.Optional(Effect),
      subject: Type.Optional(Type.String()),
      reaches: Type.Optional(Type.String({ description: 'The address to which the call sends what the model wrote.' })),
      calls: Type.Optional(Type.String({ description: 'The tool that it stands for, by the name that rules know.' })),
      lasts: Type.Optional(Type.Boolean({ description: 'What it leaves makes the agent act later.' })),
      argv: Type.Optional(
        Type.Array(Type.String(), {
          description: 'The words of the one program that the call runs, when it is that only.',
        }),
      ),
    }),
    Type.Object({
      verdict: Type.Enum(['allow', 'deny', 'wait'], {
        description:
          '`wait`: a person is asked. The run ends as `waiting`, and the call is begun anew when that is decided.',
      }),
      reason: Type.Optional(Type.String()),
      argv: Type.Optional(
        Type.Array(Type.String(), {
          description: 'The list allowed this, and nothing else: it is run without a shell.',
        }),
      ),
      input: Type.Optional(Type.Unknown()),
    }),
  ),
  'tool.end': method(
    'admin',
    'A call is over; interceptors may change its result.',
    Type.Object({
      run,
      call: Type.String(),
      tool: Type.String(),
      content: Type.Array(Content),
      failed: Type.Boolean(),
      outside: Type.Optional(
        Type.Boolean({ description: 'Strangers wrote it; false when nobody but the owner and the gateway did.' }),
      ),
    }),
    Type.Object({ content: Type.Array(Content), failed: Type.Boolean() }),
  ),
  'gateway.call': method(
    'admin',
    "A gateway method, with the rights of the run's principal and the plugin's declared methods.",
    Type.Object({ run, plugin: Type.String(), method: Type.String(), params: Type.Optional(Type.Unknown()) }),
    Type.Unknown(),
  ),
  'plugin.reach': method(
    'admin',
    'The local socket on which the process of a plugin serves its entries, once the process is alive.',
    Type.Object({ plugin: Type.String() }),
    Type.Object({ path: Type.String() }),
  ),
  'plugin.end': method(
    'admin',
    'End the process of a plugin that did what no process may do.',
    Type.Object({ plugin: Type.String(), why: Type.String() }),
    empty,
  ),
} as const
export type GatewayForAgentMethods = typeof gatewayForAgentMethods

/** Agent → gateway notifications: what a run streams. */
export const agentEvents = {
  'agent.text': Type.Object({ run, delta: Type.String() }),
  'agent.thinking': Type.Object({ run, delta: Type.String() }),
  'agent.tool.start': Type.Object({ run, call: Type.String(), tool: Type.String(), input: Type.Unknown() }),
  'agent.tool.progress': Type.Object({ run, call: Type.String(), tool: Type.String(), content: Type.Array(Content) }),
  'agent.tool.result': Type.Object({
    run,
    call: Type.String(),
    tool: Type.String(),
    content: Type.Array(Content),
    failed: Type.Boolean(),
  }),
  'tools.changed': Type.Object({ tools: Type.Array(ToolSpec) }),
  'entries.changed': Type.Object({ entries: Type.Array(EntryReport) }),
  log: Type.Object({
    level: Type.Enum(['debug', 'info', 'warn', 'error']),
    text: Type.String(),
    fields: Type.Optional(Type.Unknown()),
  }),
} as const
export type AgentEvents = typeof agentEvents
