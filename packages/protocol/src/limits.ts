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

/** Bounds of the sub-agents below one person's session. Zero for none at all. */
export const SubagentLimits = Type.Object({
  depth: Type.Integer({ minimum: 0, maximum: 10, default: 2, description: 'Levels of sub-agents below a session.' }),
  children: Type.Integer({
    minimum: 0,
    maximum: 1000,
    default: 20,
    description: 'Sub-agents of one session that are at work or wait.',
  }),
  concurrent: Type.Integer({
    minimum: 1,
    maximum: 100,
    default: 8,
    description: 'Sub-agents below one session that run at once.',
  }),
})
export type SubagentLimits = Static<typeof SubagentLimits>

/** What holds where nothing is configured. */
export const defaultLimits = defaultsOf<Limits>(Limits.properties)
export const defaultSubagentLimits = defaultsOf<SubagentLimits>(SubagentLimits.properties)

function defaultsOf<T>(properties: object): T {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, Object(schema).default])) as T
}
