import Type, { type Static, type TSchema } from 'typebox'
import { Failure } from './errors.ts'
import { Address, Attachment, Choice, Receipt, Role } from './values.ts'

/**
 * The ledger: one append-only log of self-verifying lines. A line is one commit, whole or absent:
 * `{"v":1,"n":<count>,"at":<ms>,"group":[record, …],"sum":"<16 hex>"}`, sum = sha256 of what stands before `,"sum"`,
 * first 16 hex digits. `n` counts commits from 1 and is never used again, so a line that stands there twice counts once.
 * Every version keeps the sum at the line's end.
 */
export const ledgerVersion = 1

/** Sessions from the one that a person talks to down, each the parent of the next. */
const lineage = Type.Array(Type.Object({ session: Type.String(), agent: Type.String() }), { minItems: 1 })

/** Whose sub-agent a message is for: the sessions above it, and where the answer of the first one goes. */
const child = Type.Object({
  above: lineage,
  label: Type.String(),
  reply: Type.Optional(Address),
  replyTo: Type.Optional(Type.String()),
})

const accept = Type.Object({
  id: Type.String(),
  /** Channel, account, peer and event id; or the caller and its idempotency key. */
  dedupe: Type.String(),
  session: Type.String(),
  agent: Type.String(),
  /** The journal line that holds its text. */
  line: Type.String(),
  role: Role,
  /** Who wrote it, as `channel/account/person`, unless it was the owner. */
  sender: Type.Optional(Type.String()),
  reply: Type.Optional(Address),
  replyTo: Type.Optional(Type.String()),
  /** The platform's id of the message, by which edits name it. */
  message: Type.Optional(Type.String()),
  /** Parts of one album: they belong to one run. */
  group: Type.Optional(Type.String()),
  /** Its files by the platform's handles; the run's first step stores them. */
  attachments: Type.Optional(Type.Array(Attachment)),
  /** It is a sub-agent's task: what becomes of it is handed over to the last session above. */
  child: Type.Optional(child),
  /** It is what a sub-agent handed over: that is no longer owed. */
  handover: Type.Optional(Type.String()),
  /** What the run was asked to be: a model, a thinking level. */
  ask: Type.Optional(Type.Object({ model: Type.Optional(Type.String()), thinking: Type.Optional(Type.String()) })),
})

const records = {
  /** A message was taken. Open until a `settle` names it. */
  accept,
  /** One journal line, byte for byte. */
  line: Type.Object({ session: Type.String(), line: Type.Unknown() }),
  /** Not admitted: who, where and why, never the text. */
  refused: Type.Object({
    dedupe: Type.String(),
    channel: Type.String(),
    account: Type.String(),
    sender: Type.String(),
    reason: Type.String(),
  }),
  /** A method call with an idempotency key was carried out, with what was answered. */
  done: Type.Object({ dedupe: Type.String(), result: Type.Unknown() }),
  /** Accepts that were found unsettled at a boot: the second time, the run is parked. */
  recovered: Type.Object({ accepts: Type.Array(Type.String()) }),
  /** A run began over accepts that a dead process had left without a step; nothing else says so until its first one. */
  tried: Type.Object({ accepts: Type.Array(Type.String()) }),
  /** A run ended: its accepts are answered, or the person is told why not. */
  settle: Type.Object({
    run: Type.String(),
    accepts: Type.Array(Type.String()),
    outcome: Type.Enum(['answered', 'failed', 'aborted', 'interrupted']),
    failure: Type.Optional(Failure),
  }),
  /** What became of a sub-agent's task is owed to the last session above it. Open until an `accept` names it. */
  handover: Type.Object({
    id: Type.String(),
    session: Type.String({ description: "The sub-agent's." }),
    run: Type.String(),
    child,
    role: Role,
    sender: Type.Optional(Type.String()),
    text: Type.String(),
    attachments: Type.Optional(Type.Array(Attachment)),
  }),
  /** A run was settled without an answer and is kept, with what it had taken, until the owner resumes or drops it. */
  parked: Type.Object({
    run: Type.String(),
    session: Type.String(),
    agent: Type.String(),
    accepts: Type.Array(accept),
    reason: Type.String(),
    at: Type.Integer(),
  }),
  /** A parked run was said again, as new accepts of the same commit, or given up. */
  unparked: Type.Object({ run: Type.String(), verdict: Type.Enum(['resumed', 'dropped']) }),
  /** A message is owed to a peer. Open until `sent` is whole, `dead` or `cancelled`. */
  outbound: Type.Object({
    id: Type.String(),
    session: Type.Optional(Type.String()),
    run: Type.Optional(Type.String()),
    address: Address,
    text: Type.String(),
    attachments: Type.Optional(Type.Array(Attachment)),
    replyTo: Type.Optional(Type.String()),
    choices: Type.Optional(Type.Array(Choice)),
    /** A message of ours that showed the answer while it grew: the first chunk takes its place. */
    preview: Type.Optional(Type.String()),
    /** It is a part of the answer to this accept, which goes out in more than one. */
    part: Type.Optional(Type.String()),
    /** It tells of these outbounds, which came too late and are withheld. */
    late: Type.Optional(Type.Array(Type.String())),
    at: Type.Integer(),
  }),
  /** An outbound that is owed waits for the owner to send or drop it. Over when it is `retried` or `cancelled`. */
  withheld: Type.Object({ outbound: Type.String(), reason: Type.String() }),
  /** A chunk is about to go where nothing can be looked up or repeated: without a `sent` after it, it may have arrived. */
  sending: Type.Object({ outbound: Type.String(), chunk: Type.Integer() }),
  /** The answer to an accepted message shows as this message while it grows. Over when it is settled. */
  preview: Type.Object({ accept: Type.String(), message: Type.String() }),
  /**
   * The parts of an answer that are owed or sent, and in no journal line yet: each `outbound` with a `part` adds one, and
   * the commit that holds the line says that there are none. Over when the accept is settled.
   */
  parts: Type.Object({ session: Type.String(), accept: Type.String(), texts: Type.Array(Type.String()) }),
  /** One chunk is with the platform; `last` closes the outbound. */
  sent: Type.Object({ outbound: Type.String(), chunk: Type.Integer(), receipt: Receipt, last: Type.Boolean() }),
  /** Delivery was given up; the owner may retry or drop it. */
  dead: Type.Object({ outbound: Type.String(), failure: Failure }),
  cancelled: Type.Object({ outbound: Type.String(), reason: Type.String() }),
  /** A dead or withheld delivery is owed again. */
  retried: Type.Object({ outbound: Type.String() }),
  /** A tool call waits for a person's yes, bound to whom the run works for and to the exact arguments. */
  approval: Type.Object({
    id: Type.String(),
    session: Type.String(),
    principal: Type.String({ description: '`owner`, or the role and the session of somebody else.' }),
    run: Type.String(),
    call: Type.String(),
    tool: Type.String(),
    subject: Type.String(),
    input: Type.String({ description: 'Digest of the exact arguments.' }),
    reason: Type.String(),
    at: Type.Integer(),
    expires: Type.Integer(),
  }),
  /** A person decided, or time did. What was decided is good for that call of that run, until the run is settled. */
  resolved: Type.Object({
    approval: Type.String(),
    verdict: Type.Enum(['allow', 'deny', 'expired']),
    by: Type.String(),
  }),
  /**
   * The disk refused the commits with these numbers, and they were rejected; what of them may stand here after all
   * counts for nothing.
   */
  refusal: Type.Object({ from: Type.Integer(), upto: Type.Integer() }),
  /** The lines of all commits up to this number are on the disk in their journals: no start need look at them again. */
  followed: Type.Object({ upto: Type.Integer() }),
  /** A session was deleted: its journal file is gone on purpose. `at`: by that commit, where a head repeats it. */
  deleted: Type.Object({ session: Type.String(), at: Type.Optional(Type.Integer()) }),
  /**
   * Begins each line of a segment's head, which repeats what was open and known after commit `upto`. A segment whose
   * head is whole needs none before it.
   */
  head: Type.Object({
    part: Type.Integer(),
    of: Type.Integer(),
    upto: Type.Integer(),
    followed: Type.Integer(),
  }),
  /** In a head: how far an outbound was sent, and since when it is owed where that is not since it was made. */
  held: Type.Object({
    outbound: Type.String(),
    sent: Type.Integer(),
    sending: Type.Optional(Type.Integer()),
    since: Type.Optional(Type.Integer()),
  }),
  /** In a head: dedupe keys that an account took, with what is known of each. */
  keys: Type.Object({
    account: Type.String(),
    old: Type.Boolean(),
    since: Type.Integer(),
    rows: Type.Array(Type.Tuple([Type.String(), Type.Unknown()])),
  }),
} satisfies Record<string, TSchema>

/** The schema of each record. */
export const ledgerRecords = records
export type RecordType = keyof typeof records
export type LedgerRecord<T extends RecordType = RecordType> = { [P in T]: { type: P } & Static<(typeof records)[P]> }[T]
