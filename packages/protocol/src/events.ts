import Type, { type Static, type TSchema } from 'typebox'
import { Failure } from './errors.ts'
import { WireLine } from './journal.ts'
import { AccountStatus, Approval, DeliveryInfo, PairingRequest, PluginInfo } from './methods/index.ts'
import { Content, Peer, type Right, Usage } from './values.ts'

/** One row of the event table. `right` is what a principal needs to be told; session events go to who may read the session. */
export interface EventRow<P extends TSchema = TSchema> {
  readonly about: string
  readonly right: Right
  readonly payload: P
}
function row<const P extends TSchema>(right: Right, about: string, payload: P): EventRow<P> {
  return { about, right, payload }
}
const run = { run: Type.String() }

/** Every event. On the wire: a notification with the event's name, whose params are {@link EventEnvelope} less the name. */
export const events = {
  'agent.start': row(
    'read',
    'A run began.',
    Type.Object({ ...run, model: Type.String(), takes: Type.Array(Type.String()) }),
  ),
  'agent.text': row('read', 'A piece of the answer.', Type.Object({ ...run, delta: Type.String() })),
  'agent.thinking': row('read', 'A piece of reasoning.', Type.Object({ ...run, delta: Type.String() })),
  'agent.tool.start': row(
    'read',
    'A tool call begins.',
    Type.Object({ ...run, call: Type.String(), tool: Type.String(), input: Type.Unknown() }),
  ),
  'agent.tool.progress': row(
    'read',
    'What a tool has said so far.',
    Type.Object({ ...run, call: Type.String(), tool: Type.String(), content: Type.Array(Content) }),
  ),
  'agent.tool.result': row(
    'read',
    'A tool call is over.',
    Type.Object({
      ...run,
      call: Type.String(),
      tool: Type.String(),
      content: Type.Array(Content),
      failed: Type.Boolean(),
    }),
  ),
  'agent.end': row(
    'read',
    'A run is settled.',
    Type.Object({
      ...run,
      outcome: Type.Enum(['answered', 'failed', 'aborted', 'interrupted']),
      failure: Type.Optional(Failure),
      usage: Type.Optional(Usage),
    }),
  ),
  'session.line': row('read', 'A line became durable.', Type.Object({ line: WireLine })),
  'sessions.changed': row(
    'read',
    'A session was made, renamed, reset or deleted.',
    Type.Object({ key: Type.String(), deleted: Type.Boolean() }),
  ),
  typing: row('read', 'The agent began or ceased to work in a session.', Type.Object({ on: Type.Boolean() })),
  'peer.typing': row(
    'read',
    'Somebody on a channel began or ceased to type to us.',
    Type.Object({
      channel: Type.String(),
      account: Type.String(),
      peer: Peer,
      sender: Type.Optional(Type.String()),
      on: Type.Boolean(),
    }),
  ),
  presence: row(
    'read',
    'Somebody on a channel came or went.',
    Type.Object({
      channel: Type.String(),
      account: Type.String(),
      sender: Type.String(),
      state: Type.Enum(['online', 'away', 'offline']),
      peer: Type.Optional(Peer),
    }),
  ),
  'channel.state': row('read', 'The link of an account changed its state.', AccountStatus),
  'pairing.requested': row('pairing', 'A stranger asks to be admitted.', PairingRequest),
  'pairing.resolved': row(
    'pairing',
    'A pairing request was decided or ran out.',
    Type.Object({ channel: Type.String(), code: Type.String() }),
  ),
  'approval.requested': row('read', 'A tool call waits for a yes.', Approval),
  'approval.resolved': row(
    'read',
    'A tool call was decided.',
    Type.Object({ id: Type.String(), verdict: Type.Enum(['allow', 'deny', 'expired']) }),
  ),
  'delivery.changed': row(
    'read',
    'An outbound was queued, sent, held or given up.',
    Type.Object({
      id: Type.String(),
      state: Type.Enum(['queued', 'sent', 'held', 'dead', 'cancelled']),
      delivery: Type.Optional(DeliveryInfo),
    }),
  ),
  'plugin.state': row('read', 'A plugin was plugged, parked or unplugged.', PluginInfo),
  'config.changed': row(
    'admin',
    'The configuration is another.',
    Type.Object({ hash: Type.String(), applied: Type.Enum(['now', 'restart']) }),
  ),
  'gateway.stopping': row(
    'read',
    'The gateway stops; sockets close with 1012.',
    Type.Object({ reason: Type.String() }),
  ),
} as const
export type Events = typeof events
export type EventName = keyof Events
export type EventPayload<E extends EventName> = Static<Events[E]['payload']>
