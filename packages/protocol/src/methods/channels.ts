import Type from 'typebox'
import { Failure } from '../errors.ts'
import { Address } from '../values.ts'
import { closed, method, ok } from './table.ts'

/** States of an account's one state machine; `status`, page and events all read this. */
export const ChannelState = Type.Enum(['stopped', 'connecting', 'online', 'degraded', 'offline', 'parked'])

export const AccountStatus = Type.Object({
  channel: Type.String(),
  account: Type.String(),
  state: ChannelState,
  detail: Type.Optional(Type.String()),
  since: Type.Integer(),
  attempts: Type.Integer(),
  nextAttemptAt: Type.Optional(Type.Integer()),
  lastInboundAt: Type.Optional(Type.Integer()),
  lastOutboundAt: Type.Optional(Type.Integer()),
})

export const Probe = Type.Object({
  channel: Type.String(),
  account: Type.String(),
  ok: Type.Boolean({ description: 'It is connected, and where its plugin can ask the platform, that answered.' }),
  text: Type.String({ description: 'Who we are there, e.g. `@name`; else why not.' }),
  ms: Type.Integer(),
})

export const DeliveryInfo = Type.Object({
  id: Type.String(),
  state: Type.Enum(['queued', 'sending', 'held', 'dead'], {
    description: '`held`: it waits for the owner to send or drop it.',
  }),
  address: Address,
  session: Type.Optional(Type.String()),
  text: Type.String({ description: 'First 200 characters.' }),
  createdAt: Type.Integer(),
  attempts: Type.Integer(),
  reason: Type.Optional(Type.String({ description: 'Why it is held.' })),
  failure: Type.Optional(Failure),
})

const account = { channel: Type.String(), account: Type.Optional(Type.String()) }
/** An account that is set up by a method; names written by hand may be others. `default` when absent. */
const oneAccount = {
  channel: Type.String(),
  account: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$' })),
}

export const channelMethods = {
  'channels.status': method(
    'read',
    'Every account and the state of its link.',
    closed({ channel: Type.Optional(Type.String()) }),
    Type.Object({ accounts: Type.Array(AccountStatus) }),
  ),
  'channels.probe': method(
    'admin',
    'Ask the platform something through every account at once, for real; ten seconds at most.',
    closed({ channel: Type.Optional(Type.String()), account: Type.Optional(Type.String()) }),
    Type.Object({ probes: Type.Array(Probe) }),
  ),
  'channels.describe': method(
    'admin',
    'What an account of a channel needs, for a form, and the accounts that are there, without their secrets.',
    closed({ channel: Type.String() }),
    Type.Object({
      channel: Type.String(),
      label: Type.String(),
      steps: Type.Optional(Type.String({ description: 'What a person does on the platform before.' })),
      schema: Type.Unknown({ description: 'JSON Schema of the settings of one account; `secret` marks its secrets.' }),
      traits: Type.Optional(Type.Unknown({ description: 'What the platform can do; known while it has an account.' })),
      accounts: Type.Array(
        Type.Object({
          account: Type.String(),
          settings: Type.Unknown(),
          stored: Type.Array(Type.String({ description: 'A secret of it that is under credentials/.' })),
        }),
      ),
    }),
  ),
  'channels.configure': method(
    'admin',
    'Set up an account and connect it: settings go into the configuration, secrets under credentials/.',
    closed({
      ...oneAccount,
      settings: Type.Optional(
        Type.Record(Type.String(), Type.Unknown(), {
          description: 'Values by their path, e.g. `mode` or `sasl.account`; null removes one. Others stay.',
        }),
      ),
      secrets: Type.Optional(
        Type.Record(Type.String(), Type.String({ maxLength: 16_384 }), {
          description: 'The same for secrets; an `env:NAME` or `file:PATH` is kept as that reference.',
        }),
      ),
    }),
    Type.Object({ status: AccountStatus }),
    { lasts: true },
  ),
  'channels.remove': method(
    'admin',
    'Disconnect an account, forget its login and its secrets, and take it out of the configuration.',
    closed(oneAccount),
    ok,
  ),
  'channels.start': method('admin', 'Connect an account.', closed(account), ok),
  'channels.stop': method('admin', 'Disconnect an account until it is started again.', closed(account), ok),
  'channels.logout': method('admin', 'Disconnect an account and forget its login.', closed(account), ok),
  'deliveries.list': method(
    'read',
    'What is owed to peers, what is held, and what was given up.',
    closed({ state: Type.Optional(Type.Enum(['queued', 'sending', 'held', 'dead'])) }),
    Type.Object({ deliveries: Type.Array(DeliveryInfo) }),
  ),
  'deliveries.retry': method('admin', 'Owe a held or dead delivery again.', closed({ id: Type.String() }), ok),
  'deliveries.drop': method('admin', 'Give a delivery up for good.', closed({ id: Type.String() }), ok),
}
