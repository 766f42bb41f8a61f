import Type, { type Static } from 'typebox'

/** Bounds of one run. Zero or absent means no bound of that kind. */
export const Limits = Type.Object({
  modelCalls: Type.Integer({ default: 50, description: 'Calls of the model in one run.' }),
  wallMs: Type.Integer({ default: 900_000, description: 'Time of one run.' }),
  tokens: Type.Integer({ default: 2_000_000, description: 'Tokens of one run, read and written.' }),
  costUsd: Type.Number({ default: 2, description: 'Dollars of one run, as far as prices are known.' }),
  repeats: Type.Integer({ default: 5, description: 'Same tool call with the same input, in a row or in turn.' }),
})
export type Limits = Static<typeof Limits>

/** What holds where nothing is configured. */
export const defaultLimits = Object.fromEntries(
  Object.entries(Limits.properties).map(([name, schema]) => [name, Object(schema).default]),
) as Limits
