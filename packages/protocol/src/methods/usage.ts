import Type from 'typebox'
import { closed, method } from './table.ts'

const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: "A day of the gateway's own time zone." })

/** What runs used, summed up. */
export const Spent = Type.Object({
  runs: Type.Integer(),
  calls: Type.Integer({ description: 'Answers of models, summaries included.' }),
  input: Type.Number({ description: 'Tokens read, cached ones included.' }),
  cached: Type.Number(),
  output: Type.Number(),
  costUsd: Type.Number({ description: 'As far as prices are known.' }),
})

export const usageMethods = {
  'usage.get': method(
    'admin',
    'Tokens, cache share and money, by day, agent, session, person or model; read from the journals.',
    closed({
      by: Type.Optional(Type.Enum(['day', 'agent', 'session', 'sender', 'model'], { default: 'day' })),
      from: Type.Optional(Day),
      to: Type.Optional(Day),
      agent: Type.Optional(Type.String()),
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: 1000, default: 100, description: 'Rows at most; the dearest ones stay.' }),
      ),
    }),
    Type.Object({
      rows: Type.Array(Type.Object({ key: Type.String(), ...Spent.properties })),
      total: Spent,
      today: Type.Object({
        tokens: Type.Number(),
        costUsd: Type.Number(),
        limits: Type.Object({ tokens: Type.Number(), costUsd: Type.Number() }),
      }),
    }),
  ),
} as const
