import Type from 'typebox'
import { SessionKey, closed, method, none, ok } from './table.ts'

const one = closed({ run: Type.String({ maxLength: 256 }) })

export const runMethods = {
  'runs.parked': method(
    'read',
    'Runs that were given up and kept: what was in work when the gateway died twice, or when a backup was made.',
    none,
    Type.Object({
      runs: Type.Array(
        Type.Object({
          run: Type.String(),
          session: SessionKey,
          messages: Type.Integer({ description: 'So many messages wait for its answer.' }),
          reason: Type.String(),
          parkedAt: Type.Integer(),
        }),
      ),
    }),
  ),
  'runs.resume': method(
    'admin',
    'Say again what a parked run was asked; the answer goes where it would have gone.',
    one,
    Type.Object({ session: SessionKey, run: Type.String({ description: 'For `agent.wait`.' }) }),
  ),
  'runs.more': method(
    'admin',
    'Let go on what reached its limit: the last run of a session, with its limits once more, else the day or the person that reached theirs.',
    closed({ session: Type.Optional(SessionKey) }),
    Type.Object({
      raised: Type.Boolean(),
      what: Type.String({ description: 'What goes on, in words.' }),
      goOn: Type.Boolean({ description: 'A run ended at its limit: say something in its session to let it go on.' }),
    }),
  ),
  'runs.drop': method('admin', 'Forget a parked run for good.', one, ok),
}
