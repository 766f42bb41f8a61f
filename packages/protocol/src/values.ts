import Type, { type Static } from 'typebox'

/** Who somebody is, in the server's record only. */
export const Role = Type.Enum(['owner', 'member', 'guest'])
export type Role = Static<typeof Role>

/** What a principal may call. */
export const Right = Type.Enum(['read', 'write', 'admin', 'pairing'])
export type Right = Static<typeof Right>

/** What a tool may do. */
export const Effect = Type.Enum(['read', 'write', 'exec', 'network'])
export type Effect = Static<typeof Effect>

/** Whether a text came from the owner, a member, or from outside. */
export const Trust = Type.Enum(['owner', 'member', 'outside'])
export type Trust = Static<typeof Trust>

export const Thinking = Type.Enum(['off', 'low', 'medium', 'high'])
export type Thinking = Static<typeof Thinking>

/** What becomes of messages that come while a run is at work: answered together after it, given to it, one by one, in its place. */
export const QueueMode = Type.Enum(['collect', 'steer', 'followup', 'interrupt'])
export type QueueMode = Static<typeof QueueMode>

export const OnOff = Type.Enum(['on', 'off'])

/** Whom we talk to. Ids are the platform's stable ids, never names. */
export const Peer = Type.Object({
  kind: Type.Enum(['direct', 'group']),
  id: Type.String(),
  thread: Type.Optional(Type.String()),
})
export type Peer = Static<typeof Peer>

/** A file by reference: `ref` is the platform's own durable handle, or `media:<sha256>` once it is stored here. */
export const Attachment = Type.Object({
  ref: Type.String(),
  mime: Type.String(),
  name: Type.Optional(Type.String()),
  sizeBytes: Type.Optional(Type.Integer()),
})
export type Attachment = Static<typeof Attachment>

export const Sender = Type.Object({
  id: Type.String(),
  name: Type.Optional(Type.String()),
  bot: Type.Optional(Type.Boolean()),
  self: Type.Optional(Type.Boolean()),
  transient: Type.Optional(
    Type.Boolean({
      description: 'The id is good for this connection only: whoever has it can never be paired or put on a list.',
    }),
  ),
  /** The platform's role ids of a guild member, for bindings. */
  roles: Type.Optional(Type.Array(Type.String())),
})
export type Sender = Static<typeof Sender>

/** A normalised message in. */
export const Inbound = Type.Object({
  event: Type.String({
    description: 'Message id plus revision or action id: an edit is an event of its own, not a duplicate.',
  }),
  message: Type.String({ description: 'Empty for the click of a button, which is no message.' }),
  kind: Type.Enum(['message', 'edit', 'delete', 'reaction']),
  peer: Peer,
  sender: Sender,
  text: Type.String(),
  attachments: Type.Optional(Type.Array(Attachment)),
  mentioned: Type.Optional(
    Type.Boolean({ description: 'Addressed to us: by name, by a reply to our words, or as a command of ours.' }),
  ),
  replyTo: Type.Optional(Type.String()),
  quote: Type.Optional(
    Type.Object(
      { text: Type.String(), sender: Type.Optional(Type.String()) },
      { description: 'What it replies to, as the platform shows it.' },
    ),
  ),
  place: Type.Optional(
    Type.String({ description: 'What people call the group. For people to read; it proves nothing.' }),
  ),
  group: Type.Optional(Type.String({ description: 'Parts of one album share a group; the lane joins them.' })),
  parent: Type.Optional(Type.String({ description: 'The peer that holds a thread, for bindings.' })),
  guild: Type.Optional(Type.String()),
  team: Type.Optional(Type.String()),
  atMs: Type.Number(),
})
export type Inbound = Static<typeof Inbound>

/** Something that a person may choose under a message. */
export const Choice = Type.Object({
  id: Type.String(),
  label: Type.String(),
  words: Type.Optional(Type.String({ description: 'What can be typed instead, where there are no buttons.' })),
})
export type Choice = Static<typeof Choice>

/** A normalised message out. The idempotency key is stable across retries and restarts. */
export const Outbound = Type.Object({
  peer: Peer,
  text: Type.String(),
  attachments: Type.Optional(Type.Array(Attachment)),
  replyTo: Type.Optional(Type.String()),
  choices: Type.Optional(Type.Array(Choice)),
  idempotencyKey: Type.String(),
})
export type Outbound = Static<typeof Outbound>

/** The platform's ids for what was sent. */
export const Receipt = Type.Object({ messages: Type.Array(Type.String()) })
export type Receipt = Static<typeof Receipt>

/** Where a reply goes. Fixed when the message is accepted. */
export const Address = Type.Object({ channel: Type.String(), account: Type.String(), peer: Peer })
export type Address = Static<typeof Address>

/** Text for the model, or a file by reference. */
export const Content = Type.Union([
  Type.Object({ type: Type.Literal('text'), text: Type.String() }),
  Type.Object({
    type: Type.Literal('file'),
    mime: Type.String(),
    ref: Type.String(),
    name: Type.Optional(Type.String()),
  }),
])
export type Content = Static<typeof Content>

/** What an assistant turn is made of. `keep` is the provider's own matter (a signature), handed back to it unread. */
export const Part = Type.Union([
  Type.Object({ type: Type.Literal('text'), text: Type.String(), keep: Type.Optional(Type.Unknown()) }),
  Type.Object({ type: Type.Literal('thinking'), text: Type.String(), keep: Type.Optional(Type.Unknown()) }),
  Type.Object({
    type: Type.Literal('call'),
    id: Type.String(),
    name: Type.String(),
    input: Type.Unknown(),
    keep: Type.Optional(Type.Unknown()),
  }),
])
export type Part = Static<typeof Part>

export const Usage = Type.Object({
  input: Type.Number({ description: 'Tokens read, cached ones included.' }),
  cached: Type.Number(),
  output: Type.Number(),
  costUsd: Type.Optional(Type.Number()),
})
export type Usage = Static<typeof Usage>
