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

export const DeliveryInfo = Type.Object({
  id: Type.String(),
  state: Type.Enum(['queued', 'sending', 'dead']),
  address: Address,
  session: Type.Optional(Type.String()),
  text: Type.String({ description: 'First 200 characters.' }),
  createdAt: Type.Integer(),
  attempts: Type.Integer(),
  failure: Type.Optional(Failure),
})

const account = { channel: Type.String(), account: Type.Optional(Type.String()) }

export const channelMethods = {
  'channels.status': method(
    'read',
    'Every account and the state of its link.',
    closed({ channel: Type.Optional(Type.String()) }),
    Type.Object({ accounts: Type.Array(AccountStatus) }),
  ),
  'channels.start': method('admin', 'Connect an account.', closed(account), ok),
  'channels.stop': method('admin', 'Disconnect an account until it is started again.', closed(account), ok),
  'channels.logout': method('admin', 'Disconnect an account and forget its login.', closed(account), ok),
  'deliveries.list': method(
    'read',
    'What is owed to peers, and what was given up.',
    closed({ state: Type.Optional(Type.Enum(['queued', 'sending', 'dead'])) }),
    Type.Object({ deliveries: Type.Array(DeliveryInfo) }),
  ),
  'deliveries.retry': method('admin', 'Owe a dead delivery again.', closed({ id: Type.String() }), ok),
  'deliveries.drop': method('admin', 'Give a delivery up for good.', closed({ id: Type.String() }), ok),
}
