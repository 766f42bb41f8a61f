import Type, { type Static, type TSchema } from 'typebox'
import { Failure } from './errors.ts'
import { Attachment, Content, Part, Role, Sender, Thinking, Trust, Usage, Peer, QueueMode, OnOff } from './values.ts'

/**
 * The session journal: `sessions/<agent>/<name>.jsonl`, append-only, one line per turn.
 *
 * A line is HEAD `,"body":` BODY `,"sum":"<16 hex>"}` where HEAD is the object's opening with the fields of
 * {@link LineHead} in that order. sum = sha256(HEAD + sha256hex(BODY)), first 16 hex digits. An erased line has
 * `,"erased":"<64 hex of the body's digest>"` in the place of the body, and verifies with the same sum. Every version
 * keeps this frame: what is newer in a line stands in its head or its body.
 */
export const journalVersion = 1

/** Where a line came from. */
export const Origin = Type.Object({
  channel: Type.String(),
  account: Type.String(),
  peer: Peer,
  sender: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
})
export type Origin = Static<typeof Origin>

/** What a session was set to; null in a patch clears a field. */
export const Settings = Type.Object({
  title: Type.Optional(Type.String({ maxLength: 200 })),
  model: Type.Optional(Type.String()),
  thinking: Type.Optional(Thinking),
  queue: Type.Optional(QueueMode),
  /** Whether its chat is told of the calls of tools. */
  verbose: Type.Optional(OnOff),
  /** What a person pinned: it stays in the context, word for word, whatever is summarised. */
  pins: Type.Optional(Type.Array(Type.String({ maxLength: 2000 }), { maxItems: 50 })),
})
export type Settings = Static<typeof Settings>

/** A line of the same journal. */
const Place = Type.Object({ id: Type.String(), offset: Type.Integer() })

const bodies = {
  /** Line 1: what this file is. */
  session: Type.Object({ key: Type.String(), agent: Type.String() }),
  /** The system prompt in force from here on. */
  system: Type.Object({ text: Type.String() }),
  /** Accepted input. It enters the context where a `run` or `take` line takes it, not where it stands. */
  user: Type.Object({
    text: Type.String(),
    sender: Type.Optional(Sender),
    attachments: Type.Optional(Type.Array(Attachment)),
    replyTo: Type.Optional(Type.String()),
    /** What it replies to, as the platform shows it. */
    quote: Type.Optional(Type.Object({ text: Type.String(), sender: Type.Optional(Type.String()) })),
    /** Unmentioned group messages since the last mention, untrusted. */
    pending: Type.Optional(Type.Array(Type.Object({ sender: Sender, text: Type.String(), atMs: Type.Number() }))),
  }),
  /** Files of user lines before it, by the platform's handle: where each is stored now, or why it could not be had. */
  media: Type.Object({
    files: Type.Array(
      Type.Object({
        ref: Type.String({ description: 'As the user line names it.' }),
        stored: Type.Optional(Type.String({ description: '`media:<sha256>`' })),
        mime: Type.Optional(Type.String()),
        sizeBytes: Type.Optional(Type.Integer()),
        failure: Type.Optional(Type.String()),
      }),
    ),
  }),
  /** A run begins; `takes` are the ids of the user lines that it answers. */
  run: Type.Object({
    run: Type.String(),
    takes: Type.Array(Type.String()),
    agent: Type.String(),
    model: Type.String(),
    config: Type.String({ description: 'Digest of the configuration.' }),
    tools: Type.String({ description: 'Digest of the tool schemas.' }),
    plugins: Type.Record(Type.String(), Type.String()),
    seed: Type.String(),
    /** What interceptors added to this run's prompt. */
    note: Type.Optional(Type.String()),
  }),
  /** Steering: user lines that entered a run in progress. */
  take: Type.Object({ run: Type.String(), takes: Type.Array(Type.String()) }),
  assistant: Type.Object({
    run: Type.String(),
    model: Type.String(),
    content: Type.Array(Part),
    stop: Type.Enum(['end', 'tool', 'length', 'aborted']),
    usage: Type.Optional(Usage),
    keep: Type.Optional(Type.Unknown()),
  }),
  /** A tool that is not `read` is about to run: without a result after it, it may have happened. */
  intent: Type.Object({ run: Type.String(), call: Type.String(), tool: Type.String(), input: Type.String() }),
  tool: Type.Object({
    run: Type.String(),
    call: Type.String(),
    tool: Type.String(),
    content: Type.Array(Content),
    failed: Type.Optional(Type.Boolean()),
    details: Type.Optional(Type.Unknown()),
    /** Files that go to the person with the run's answer. */
    files: Type.Optional(Type.Array(Attachment)),
  }),
  /** A run ended otherwise than with an answer. */
  end: Type.Object({
    run: Type.String(),
    outcome: Type.Enum(['failed', 'aborted', 'interrupted']),
    failure: Type.Optional(Failure),
  }),
  /** Compaction, reset, /new: the live context starts here. Undoing one takes an earlier checkpoint out of force. */
  checkpoint: Type.Object({
    reason: Type.Enum(['compaction', 'reset', 'new', 'undo']),
    summary: Type.Optional(Type.String()),
    /** First line that is still live, and its byte offset in this file; absent when nothing before is. */
    keep: Type.Optional(Place),
    /** First line that was live before, so that a summary can be undone. */
    was: Type.Optional(Place),
    /** Ids of checkpoints that are as if they had not been written. */
    undoes: Type.Optional(Type.Array(Type.String())),
    /** The model that made the summary, and what that took. */
    made: Type.Optional(Type.Object({ model: Type.String(), usage: Usage })),
    system: Type.Optional(Type.String()),
    settings: Settings,
    notes: Type.Array(Type.String()),
    orders: Type.Array(Type.String()),
    totals: Type.Object({ lines: Type.Integer(), usage: Usage }),
  }),
  settings: Type.Object({
    title: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    model: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    thinking: Type.Optional(Type.Union([Thinking, Type.Null()])),
    queue: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    verbose: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    pins: Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()])),
  }),
  /** Text put into the conversation as the assistant's, without a run. */
  note: Type.Object({ text: Type.String(), label: Type.Optional(Type.String()) }),
  /** The sender changed a message after it was taken; empty text means it was deleted. */
  revision: Type.Object({ message: Type.String(), text: Type.String() }),
  reaction: Type.Object({ message: Type.String(), emoji: Type.String(), sender: Type.Optional(Sender) }),
} satisfies Record<string, TSchema>

/** The schema of each kind's body. */
export const lineBodies = bodies
export type LineKind = keyof typeof bodies
export type LineBody<K extends LineKind = LineKind> = Static<(typeof bodies)[K]>

/** The fields that stand before the body, in this order. `seq` counts lines of one journal from 1. */
export const LineHead = Type.Object({
  v: Type.Integer(),
  id: Type.String(),
  seq: Type.Integer(),
  at: Type.Integer({ description: 'Milliseconds since 1970.' }),
  kind: Type.String({ description: 'One of the kinds below; an unknown one is kept and passed over.' }),
  parent: Type.Optional(Type.String({ description: 'The line that this one follows.' })),
  origin: Type.Optional(Origin),
  role: Type.Optional(Role),
  trust: Type.Optional(Trust),
})
export type LineHead = Static<typeof LineHead>

/** A line of a known kind, or of a newer version's. An erased line has no body. */
export type Line<K extends LineKind = LineKind> = {
  [P in K]: Omit<LineHead, 'kind'> & { kind: P; body: LineBody<P>; erased?: never }
}[K]
export type ErasedLine = LineHead & { erased: string; body?: never }
export type AnyLine = Line | ErasedLine | (LineHead & { body: unknown; erased?: never })

/** What a writer hands to the session store, which adds version, id, sequence, time and checksum. */
export type LineDraft<K extends LineKind = LineKind> = {
  [P in K]: {
    kind: P
    body: LineBody<P>
    origin?: Origin
    role?: Role
    trust?: Trust
  }
}[K]

/** The wire's view of a line, where any kind may stand. */
export const WireLine = Type.Object({
  ...LineHead.properties,
  body: Type.Optional(Type.Unknown()),
  erased: Type.Optional(Type.String()),
})
export const WireDraft = Type.Object({
  kind: Type.String(),
  body: Type.Unknown(),
  origin: Type.Optional(Origin),
  role: Type.Optional(Role),
  trust: Type.Optional(Trust),
})

/** Narrows a line to one kind; erased lines and bodies of newer versions are of none. */
export function isLine<K extends LineKind>(line: AnyLine, ...kinds: readonly K[]): line is Line<K> {
  return line.v <= journalVersion && line.erased === undefined && (kinds as readonly string[]).includes(line.kind)
}
