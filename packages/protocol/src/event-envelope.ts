import Type, { type Static } from 'typebox'

/** What every event carries, beside its own fields. Sequences count per session, and once more for events of none. */
export const EventEnvelope = Type.Object({
  event: Type.String(),
  epoch: Type.String(),
  seq: Type.Integer(),
  session: Type.Optional(Type.String()),
  payload: Type.Unknown(),
})
export type EventEnvelope = Static<typeof EventEnvelope>
