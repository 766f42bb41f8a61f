import { join } from 'node:path'
import type { Shape } from '@openclaw/testing'
import type { Vendors } from './vendors.ts'

/** Full ids of models, one for each shape, each of another provider. */
export const models = {
  anthropic: 'anthropic/claude-sonnet-4-5',
  gemini: 'google/gemini-2.5-pro',
  chat: 'openrouter/deepseek/deepseek-chat',
  responses: 'openai/gpt-5',
} as const satisfies Record<Shape, string>

/** Dollars for a million tokens, the same for each. */
export const price = { input: 0.1, output: 0.4 }

/** Plugins that they need beside what comes along. */
export const providerFolders = ['anthropic', 'google', 'openrouter'].map((name) =>
  join(import.meta.dirname, '../../plugins', `provider-${name}`),
)

/** `plugins` of a configuration in which they are served by `vendors`. Their key is in the variable MODEL_KEY. */
export function providerRules(vendors: Pick<Vendors, 'baseUrl'>, contextTokens: number): Record<string, object> {
  return Object.fromEntries(
    Object.entries(models).map(([shape, model]) => {
      const [provider, id] = splitModel(model)
      const config = {
        baseUrl: vendors.baseUrl(shape as Shape),
        key: 'env:MODEL_KEY',
        models: [{ id, contextTokens }],
        prices: { [id]: price },
        ...(shape === 'responses' ? { api: 'responses' } : {}),
      }
      return [provider, { config }]
    }),
  )
}

function splitModel(model: string): readonly [provider: string, id: string] {
  const slash = model.indexOf('/')
  return [model.slice(0, slash), model.slice(slash + 1)]
}
