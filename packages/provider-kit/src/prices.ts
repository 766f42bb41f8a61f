import type { Usage } from '@openclaw/sdk'

/** US dollars for a million tokens. */
export interface Price {
  readonly input: number
  readonly cached: number
  readonly output: number
}

/**
 * List prices by vendor and model. A dated id (`gpt-4o-2024-08-06`) has its family's price; what is not listed has
 * none, and then no cost is claimed. Source: https://platform.openai.com/docs/pricing (standard tier).
 */
export const prices: Readonly<Record<string, Readonly<Record<string, Price>>>> = {
  openai: {
    'gpt-5.2': { input: 1.75, cached: 0.175, output: 14 },
    'gpt-5.1': { input: 1.25, cached: 0.125, output: 10 },
    'gpt-5': { input: 1.25, cached: 0.125, output: 10 },
    'gpt-5-mini': { input: 0.25, cached: 0.025, output: 2 },
    'gpt-5-nano': { input: 0.05, cached: 0.005, output: 0.4 },
    'gpt-4.1': { input: 2, cached: 0.5, output: 8 },
    'gpt-4.1-mini': { input: 0.4, cached: 0.1, output: 1.6 },
    'gpt-4.1-nano': { input: 0.1, cached: 0.025, output: 0.4 },
    'gpt-4o': { input: 2.5, cached: 1.25, output: 10 },
    'gpt-4o-mini': { input: 0.15, cached: 0.075, output: 0.6 },
    o3: { input: 2, cached: 0.5, output: 8 },
    'o4-mini': { input: 1.1, cached: 0.275, output: 4.4 },
  },
}

const dated = /-\d{4}-\d{2}-\d{2}$/

/** What a call cost in US dollars; undefined when the price is not known. */
export function priceOf(vendor: string, model: string, usage: Usage): number | undefined {
  const price = prices[vendor]?.[model.replace(dated, '')]
  if (!price) return undefined
  const fresh = Math.max(0, usage.input - usage.cached)
  return (fresh * price.input + usage.cached * price.cached + usage.output * price.output) / 1_000_000
}
