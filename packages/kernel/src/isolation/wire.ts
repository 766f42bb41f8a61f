import type { Contract } from '@openclaw/client'
import {
  Attachment,
  closed,
  Inbound,
  method,
  Outbound,
  Peer,
  Receipt,
  Role,
  Right,
  SandboxAnswer,
  SandboxInfo,
  SandboxPlace,
  type MethodTable,
} from '@openclaw/protocol'
import { storeMethods, streamMethods } from '@openclaw/sdk/isolation'
import Type, { type Static, type TSchema } from 'typebox'

/** Number of one life of an account's link, given by the gateway. */
const link = Type.Integer()
const none = closed({})
const module = closed({ module: Type.String({ description: 'File URL, or `bundled:<plugin>/<part>`.' }) })
const row = <const P extends TSchema, const R extends TSchema>(about: string, params: P, result: R) =>
  method('admin', about, params, result)
const atLink = <const P extends Record<string, TSchema>>(properties: P) => closed({ link, ...properties })
const lent = Type.Object({ stream: Type.Integer() })

const Order = Type.Enum(['first', 'normal', 'last'])

/** What a gateway entry added. */
export const ExtensionAbout = Type.Object({
  handlers: Type.Array(Type.String()),
  fetch: Type.Boolean(),
  authenticate: Type.Boolean(),
  /** What it does with sandboxes. */
  sandbox: Type.Optional(
    Type.Object({
      order: Type.Optional(Type.Enum(['first', 'last'])),
      list: Type.Boolean(),
      remove: Type.Boolean(),
    }),
  ),
  intercept: Type.Partial(
    Type.Object({ inbound: Order, prompt: Order, 'tool.call': Order, 'tool.result': Order, outbound: Order }),
  ),
})
export type ExtensionAbout = Static<typeof ExtensionAbout>

/** What a channel entry says of itself. */
export const ChannelAbout = Type.Object({
  id: Type.String(),
  account: Type.Record(Type.String(), Type.Unknown()),
  traits: Type.Object({
    maxText: Type.Integer({ minimum: 1 }),
    lengthUnit: Type.Enum(['utf16', 'bytes', 'codepoints']),
    markup: Type.Enum(['plain', 'markdown', 'html', 'mrkdwn']),
    threads: Type.Optional(Type.Boolean()),
    media: Type.Optional(Type.Boolean()),
    edits: Type.Optional(Type.Boolean()),
    history: Type.Optional(Type.Boolean()),
    choices: Type.Optional(Type.Boolean()),
    editEveryMs: Type.Optional(Type.Number()),
    maxFileBytes: Type.Optional(Type.Number()),
    delivery: Type.Enum(['effectively-once', 'at-least-once', 'at-most-once']),
  }),
  renders: Type.Boolean(),
})
export type ChannelAbout = Static<typeof ChannelAbout>

/** What a gateway entry says of itself, before it is set up. */
export const GatewayAbout = Type.Object({
  id: Type.String(),
  config: Type.Unknown(),
  methods: Type.Record(
    Type.String(),
    Type.Object({
      right: Right,
      about: Type.String(),
      lasts: Type.Boolean(),
    }),
  ),
})
export type GatewayAbout = Static<typeof GatewayAbout>

/** Gateway → child, over stdin. */
export const childMethods = {
  ping: row('Still there?', none, Type.Object({ memoryBytes: Type.Integer() })),
  close: row(
    'End every link and what the entries opened, in order.',
    none,
    Type.Object({ left: Type.Array(Type.String()) }),
  ),
  'config.describe': row(
    'Import the module of the schemas.',
    module,
    Type.Object({ config: Type.Optional(Type.Unknown()), account: Type.Optional(Type.Unknown()) }),
  ),
  'channel.describe': row('Import the channel entry.', module, ChannelAbout),
  'channel.render': row(
    'Markdown to pieces in the markup of the platform.',
    closed({ markdown: Type.String() }),
    Type.Object({ pieces: Type.Array(Type.String()) }),
  ),
  'channel.connect': row(
    'Open the link of one account.',
    atLink({
      account: Type.String(),
      config: Type.Unknown(),
      commands: Type.Array(Type.Unknown()),
      webhook: Type.String({ description: 'Address under which a webhook of this account would be served.' }),
    }),
    Type.Object({ has: Type.Array(Type.Enum(['edit', 'delete', 'react', 'typing', 'fetch', 'find', 'probe'])) }),
  ),
  'link.close': row('Close the link, then what its account holds.', atLink({}), none),
  'link.send': row('Send one chunk.', atLink({ message: Outbound }), Receipt),
  'link.edit': row(
    'Replace the text of a message.',
    atLink({ peer: Peer, message: Type.String(), text: Type.String() }),
    none,
  ),
  'link.delete': row('Delete a message.', atLink({ peer: Peer, message: Type.String() }), none),
  'link.react': row('React to a message.', atLink({ peer: Peer, message: Type.String(), emoji: Type.String() }), none),
  'link.typing': row('Show "typing" once.', atLink({ peer: Peer }), none),
  'link.fetch': row('Stream an attachment.', atLink({ attachment: Attachment }), lent),
  'link.find': row(
    'Was this outbound delivered already?',
    atLink({ peer: Peer, idempotencyKey: Type.String() }),
    Type.Object({ receipt: Type.Optional(Receipt) }),
  ),
  'link.probe': row('One real round trip.', atLink({}), Type.Object({ text: Type.String() })),
  'gateway.describe': row('Import the gateway entry.', module, GatewayAbout),
  'gateway.setup': row(
    'Set the gateway entry up.',
    closed({ config: Type.Unknown(), address: Type.String() }),
    ExtensionAbout,
  ),
  'gateway.handle': row(
    'Answer a method that the entry serves.',
    closed({
      method: Type.String(),
      params: Type.Optional(Type.Unknown()),
      caller: Type.Object({
        principal: Type.String(),
        role: Role,
        rights: Type.Array(Right),
        sender: Type.Optional(Type.String()),
      }),
    }),
    Type.Object({ result: Type.Optional(Type.Unknown()) }),
  ),
  'gateway.intercept': row(
    'Run one interceptor over one value.',
    closed({ name: Type.String(), value: Type.Unknown() }),
    Type.Object({ answer: Type.Optional(Type.Unknown()) }),
  ),
  'gateway.authenticate': row(
    'Who calls? The head of the request only.',
    closed({ url: Type.String(), method: Type.String(), headers: Type.Array(Type.Array(Type.String())) }),
    Type.Object({ principal: Type.Optional(Type.String()) }),
  ),
  'gateway.sandbox': row(
    'Where the workspace of a session does everything, or why it cannot.',
    closed({ session: Type.String(), place: SandboxPlace }),
    SandboxAnswer,
  ),
  'gateway.sandboxes': row('The sandboxes that are there.', none, Type.Object({ sandboxes: Type.Array(SandboxInfo) })),
  'gateway.unbox': row(
    'End the sandboxes of a key, or all that are idle.',
    closed({ key: Type.Optional(Type.String()) }),
    Type.Object({ names: Type.Array(Type.String()) }),
  ),
  'http.listen': row('Serve http on a local socket.', closed({ path: Type.String() }), none),
  'entries.listen': row(
    'Import the tool and provider entries, and serve them to the agent on a local socket.',
    closed({ path: Type.String(), modules: Type.Array(Type.String()) }),
    none,
  ),
  ...streamMethods,
} as const
export type ChildMethods = typeof childMethods

/** Child → gateway, over stdout. */
export const houseMethods = {
  'account.receive': row('Resolves when the event is durable.', atLink({ event: Inbound }), none),
  'account.choose': row(
    'A choice was clicked.',
    atLink({
      click: Type.Object({ event: Type.String(), sender: Type.String(), peer: Peer, choice: Type.String() }),
    }),
    Type.Object({ taken: Type.Boolean(), text: Type.String() }),
  ),
  'account.open': row('Stream a stored file.', atLink({ attachment: Attachment }), lent),
  'gateway.call': row(
    'Call a method that the manifest names.',
    closed({ method: Type.String(), params: Type.Optional(Type.Record(Type.String(), Type.Unknown())) }),
    Type.Object({ result: Type.Optional(Type.Unknown()) }),
  ),
  ...storeMethods,
  ...streamMethods,
} as const
export type HouseMethods = typeof houseMethods

/** What a child tells without waiting. */
export const childTells = {
  'account.report': atLink({
    state: Type.Enum(['connecting', 'online', 'degraded', 'offline']),
    detail: Type.Optional(Type.String()),
    fatal: Type.Optional(Type.Boolean()),
  }),
  'account.typing': atLink({ peer: Peer, on: Type.Boolean(), sender: Type.Optional(Type.String()) }),
  'account.presence': atLink({ sender: Type.String(), state: Type.Enum(['online', 'away', 'offline']) }),
  'account.webhook': atLink({}),
  listen: closed({ event: Type.String(), on: Type.Boolean() }),
  log: closed({
    level: Type.Enum(['debug', 'info', 'warn', 'error']),
    text: Type.String(),
    fields: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  }),
} as const
export type ChildTells = typeof childTells

/** What the gateway tells: an event that an entry listens to. */
export const houseTells = { event: closed({ event: Type.String(), envelope: Type.Unknown() }) } as const
export type HouseTells = typeof houseTells

/** The wire as the gateway sees it. */
export interface HouseSide extends Contract {
  readonly calls: ChildMethods
  readonly serves: HouseMethods
  readonly tells: HouseTells
  readonly hears: ChildTells
}
/** The wire as the child sees it. */
export interface ChildSide extends Contract {
  readonly calls: HouseMethods
  readonly serves: ChildMethods
  readonly tells: ChildTells
  readonly hears: HouseTells
}

/** Names in a table, for those who look up by text. */
export type Names<T extends MethodTable> = keyof T & string

/** What the gateway says of a request on the local socket, in headers of its own: what it is for, and where it came to. */
export const heads = { target: 'x-openclaw-target', url: 'x-openclaw-url' } as const
