import {
  Attachment,
  closed,
  Content,
  Effect,
  Failure,
  method,
  ModelInfo,
  ModelOffer,
  Problem,
  Role,
  Usage,
} from '@openclaw/protocol'
import Type, { type Static, type TSchema } from 'typebox'

/** Longest line that a plugin's process may say, in bytes; a longer one ends the wire. */
export const maxLineBytes = 4 * 1024 * 1024

/** What stores and streams carry, and the bytes of a command. */
const base64 = Type.String()
const none = closed({})
const row = <const P extends TSchema, const R extends TSchema>(about: string, params: P, result: R) =>
  method('admin', about, params, result)
const stream = closed({ stream: Type.Integer() })

/** How a stream that one side lent is read by the other. */
export const streamMethods = {
  'stream.read': row(
    'The next piece of a stream that this side lent; without one it is at its end.',
    stream,
    Type.Object({ piece: Type.Optional(base64) }),
  ),
  'stream.cancel': row('Nobody reads this stream any more.', stream, none),
} as const

/** Whose values: those of the account of a link, or of the plugin itself when there is none. */
const ofStore = { link: Type.Optional(Type.Integer()) }

/** How an entry reaches its store. */
export const storeMethods = {
  'store.get': row(
    'A value.',
    closed({ ...ofStore, key: Type.String() }),
    Type.Object({ value: Type.Optional(base64) }),
  ),
  'store.set': row('Keep a value.', closed({ ...ofStore, key: Type.String(), value: base64 }), none),
  'store.delete': row('Forget a value.', closed({ ...ofStore, key: Type.String() }), none),
  'store.list': row(
    'The keys there are.',
    closed({ ...ofStore, prefix: Type.Optional(Type.String()) }),
    Type.Object({ keys: Type.Array(Type.String()) }),
  ),
} as const
export type StoreMethods = typeof storeMethods

/** A tool as its process describes it: the flags say what it answers about an input. */
export const ToolAbout = Type.Object({
  name: Type.String(),
  description: Type.String(),
  effect: Effect,
  input: Type.Record(Type.String(), Type.Unknown()),
  subject: Type.Boolean(),
  effectOf: Type.Boolean(),
  reaches: Type.Boolean(),
  lasts: Type.Boolean(),
})
export type ToolAbout = Static<typeof ToolAbout>

/** What a tool call came to. */
export const ToolAnswer = Type.Object({
  content: Type.Array(Content),
  details: Type.Optional(Type.Unknown()),
  failed: Type.Optional(Type.Boolean()),
  files: Type.Optional(Type.Array(Attachment)),
  outside: Type.Optional(Type.Boolean()),
})

const keep = Type.Optional(Type.Unknown())
const said = { delta: Type.String(), keep }

/** What a model says, as the contract has it. */
export const ModelSays = Type.Union([
  Type.Object({ type: Type.Literal('text'), ...said }),
  Type.Object({ type: Type.Literal('thinking'), ...said }),
  Type.Object({ type: Type.Literal('call'), id: Type.String(), name: Type.String(), input: Type.Unknown(), keep }),
  Type.Object({ type: Type.Literal('done'), stop: Type.Enum(['end', 'tool', 'length']), usage: Usage }),
  Type.Object({
    type: Type.Literal('failed'),
    failure: Type.Intersect([
      Failure,
      Type.Object({ reason: Type.Optional(Type.Enum(['overflow', 'overload', 'refused'])) }),
    ]),
  }),
])

const ofTool = { name: Type.String(), input: Type.Unknown() }
const module = Type.String({ description: 'File URL, or `bundled:<plugin>/<hook>`.' })

/** Agent → the process of a plugin, over a local socket. Each connection is one entry, and its end is the entry's. */
export const entryMethods = {
  'tool.setup': row(
    'Import the tool entry and set it up.',
    closed({ module, config: Type.Unknown() }),
    Type.Object({ tools: Type.Array(ToolAbout) }),
  ),
  'tool.problems': row('Is this input right?', closed(ofTool), Type.Object({ problems: Type.Array(Problem) })),
  'tool.subject': row('One line for a person.', closed(ofTool), Type.Object({ text: Type.String() })),
  'tool.effect': row('What would this call do?', closed(ofTool), Type.Object({ effect: Effect })),
  'tool.reaches': row(
    'Where would this call send what the model wrote?',
    closed(ofTool),
    Type.Object({ address: Type.Optional(Type.String()) }),
  ),
  'tool.lasts': row(
    'Would what this call leaves make the agent act later?',
    closed(ofTool),
    Type.Object({ lasts: Type.Boolean() }),
  ),
  'tool.run': row(
    'Make one call. `call` is the number by which the tool reaches what a call has.',
    closed({
      ...ofTool,
      call: Type.Integer(),
      id: Type.String(),
      run: Type.String(),
      session: Type.String(),
      role: Role,
      root: Type.String(),
      writable: Type.Boolean(),
    }),
    ToolAnswer,
  ),
  'provider.connect': row(
    'Import the provider entry and connect it.',
    closed({ module, config: Type.Unknown(), env: Type.Array(Type.String()) }),
    Type.Object({ id: Type.String(), discovers: Type.Boolean() }),
  ),
  'provider.models': row('Its models.', none, Type.Object({ models: Type.Array(ModelInfo) })),
  'provider.discover': row(
    'What could be used on this machine?',
    none,
    Type.Object({ offers: Type.Array(Type.Omit(ModelOffer, ['provider'])) }),
  ),
  'provider.ask': row(
    'Begin to ask a model.',
    closed({ request: Type.Unknown() }),
    Type.Object({ answer: Type.Integer() }),
  ),
  'provider.next': row(
    'What it has said since; waits for the first event, and ends with `done` or `failed`.',
    closed({ answer: Type.Integer() }),
    Type.Object({ events: Type.Array(ModelSays), over: Type.Boolean() }),
  ),
  'provider.leave': row('Nobody listens to this answer any more.', closed({ answer: Type.Integer() }), none),
  close: row('End what the entry opened, in order.', none, Type.Object({ left: Type.Array(Type.String()) })),
  ...streamMethods,
} as const
export type EntryMethods = typeof entryMethods

const call = Type.Integer()
const ofCall = <const P extends Record<string, TSchema>>(properties: P) => closed({ call, ...properties })
const path = Type.String()
const WorkspaceFile = Type.Object({
  name: Type.String(),
  kind: Type.Enum(['file', 'folder', 'other']),
  sizeBytes: Type.Number(),
})
const argv = Type.Array(Type.String())
const cwd = Type.Optional(Type.String())
const command = Type.Integer()
const job = Type.String()

/** The process of a plugin → agent: what an entry gets in the agent process, and nothing else. */
export const agentForEntryMethods = {
  'call.gateway': row(
    'Call a gateway method for the run.',
    ofCall({ method: Type.String(), params: Type.Optional(Type.Record(Type.String(), Type.Unknown())) }),
    Type.Object({ result: Type.Optional(Type.Unknown()) }),
  ),
  'call.attach': row(
    'Store bytes.',
    ofCall({ stream: Type.Integer(), mime: Type.String(), name: Type.Optional(Type.String()) }),
    Content,
  ),
  'workspace.read': row(
    'Read a file.',
    ofCall({ path, range: Type.Optional(closed({ start: Type.Number(), end: Type.Number() })) }),
    Type.Object({ stream: Type.Integer() }),
  ),
  'workspace.write': row('Write a file.', ofCall({ path, stream: Type.Integer() }), none),
  'workspace.remove': row('Remove a file or an empty folder.', ofCall({ path }), none),
  'workspace.move': row('Move a file.', ofCall({ from: path, to: path }), none),
  'workspace.list': row('List a folder.', ofCall({ path }), Type.Object({ files: Type.Array(WorkspaceFile) })),
  'workspace.stat': row('Look at one file.', ofCall({ path }), Type.Object({ file: Type.Optional(WorkspaceFile) })),
  'command.begin': row(
    'Run a command.',
    ofCall({ argv, cwd, stdin: Type.Optional(Type.String()), timeoutMs: Type.Number() }),
    Type.Object({ command }),
  ),
  'command.next': row(
    'The next piece of its output, or its end; nothing when that was told.',
    ofCall({ command }),
    Type.Object({
      output: Type.Optional(
        Type.Union([
          Type.Object({ stream: Type.Enum(['out', 'err']), bytes: base64 }),
          Type.Object({ exit: Type.Integer(), signal: Type.Optional(Type.String()) }),
        ]),
      ),
    }),
  ),
  'command.abort': row('End it, and say how it ended.', ofCall({ command }), none),
  'command.leave': row('End it; nobody reads it any more.', ofCall({ command }), none),
  'job.start': row('Start a command that outlives the call.', ofCall({ argv, cwd }), Type.Object({ job })),
  'job.find': row('Is there such a job?', ofCall({ job }), Type.Object({ there: Type.Boolean() })),
  'job.list': row(
    'The jobs of the session.',
    ofCall({}),
    Type.Object({
      jobs: Type.Array(Type.Object({ id: Type.String(), command: Type.String(), running: Type.Boolean() })),
    }),
  ),
  'job.read': row(
    'Its output since the last time.',
    ofCall({ job }),
    Type.Object({ text: Type.String(), dropped: Type.Integer(), exit: Type.Optional(Type.Integer()) }),
  ),
  'job.write': row('Write to its stdin.', ofCall({ job, text: Type.String() }), none),
  'job.kill': row('End it.', ofCall({ job }), none),
  ...storeMethods,
  ...streamMethods,
} as const
export type AgentForEntryMethods = typeof agentForEntryMethods

/** What the process of a plugin tells the agent without waiting. */
export const entryTells = {
  'call.progress': ofCall({ content: Type.Array(Content) }),
  'tools.changed': closed({ tools: Type.Array(ToolAbout) }),
} as const
export type EntryTells = typeof entryTells

/** The wire as the agent sees it. */
export interface AgentSide {
  readonly calls: EntryMethods
  readonly serves: AgentForEntryMethods
  readonly hears: EntryTells
}
/** The wire as the process of the plugin sees it. */
export interface EntrySide {
  readonly calls: AgentForEntryMethods
  readonly serves: EntryMethods
  readonly tells: EntryTells
}
