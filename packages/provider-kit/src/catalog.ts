import type { Price } from './prices.ts'

/** What is known of a model that its vendor's own list does not say. */
export interface Known {
  readonly contextTokens?: number
  readonly outputTokens?: number
  readonly images?: boolean
  readonly thinking?: boolean
  readonly price?: Price
}

const price = (input: number, cacheRead: number, output: number, cacheWrite?: number): Price => ({
  input,
  cacheRead,
  output,
  ...(cacheWrite === undefined ? {} : { cacheWrite }),
})
const sees = { images: true }
const thinks = { images: true, thinking: true }
/** Claude models since 4.6, and GPT models since 5.4. */
const wide = { ...thinks, contextTokens: 1_000_000, outputTokens: 128_000 }
const wideGpt = { ...wide, contextTokens: 1_050_000 }
const claude = { ...thinks, contextTokens: 200_000, outputTokens: 64_000 }
const gpt = { ...thinks, contextTokens: 400_000, outputTokens: 128_000 }
const gpt41 = { ...sees, contextTokens: 1_047_576, outputTokens: 32_768 }
const gpt4o = { ...sees, contextTokens: 128_000, outputTokens: 16_384 }
const reasoner = { ...thinks, contextTokens: 200_000, outputTokens: 100_000 }

/**
 * List prices, in US dollars for a million tokens, and limits, by vendor and model. A vendor's own list and the
 * configuration come before it. State of November 2026, standard tier; cache writes of Anthropic for five minutes.
 * Where a price is announced to rise, the higher one stands. Sources:
 * https://platform.claude.com/docs/en/about-claude/pricing, https://developers.openai.com/api/docs/pricing,
 * https://ai.google.dev/gemini-api/docs/pricing.
 */
export const catalog: Readonly<Record<string, Readonly<Record<string, Known>>>> = {
  anthropic: {
    'claude-fable-5-1': { ...wide, price: price(10, 0.25, 50, 12.5) },
    'claude-fable-5': { ...wide, price: price(10, 1, 50, 12.5) },
    'claude-opus-5-5': { ...wide, price: price(4, 0.2, 20, 5) },
    'claude-opus-5': { ...wide, price: price(5, 0.5, 25, 6.25) },
    'claude-opus-4-8': { ...wide, price: price(5, 0.5, 25, 6.25) },
    'claude-opus-4-7': { ...wide, price: price(5, 0.5, 25, 6.25) },
    'claude-opus-4-6': { ...wide, price: price(5, 0.5, 25, 6.25) },
    'claude-opus-4-5': { ...claude, price: price(5, 0.5, 25, 6.25) },
    'claude-opus-4-1': { ...claude, outputTokens: 32_000, price: price(15, 1.5, 75, 18.75) },
    'claude-sonnet-5-5': { ...wide, price: price(2, 0.1, 10, 2.5) },
    'claude-sonnet-5': { ...wide, price: price(2, 0.2, 10, 2.5) },
    'claude-sonnet-4-6': { ...wide, price: price(3, 0.3, 15, 3.75) },
    'claude-sonnet-4-5': { ...claude, price: price(3, 0.3, 15, 3.75) },
    'claude-haiku-5-5': {
      ...wide,
      price: { ...price(0.1, 0.01, 0.5, 0.125), long: { above: 100_000, ...price(0.5, 0.05, 2.5, 0.625) } },
    },
    'claude-haiku-4-5': { ...claude, price: price(1, 0.1, 5, 1.25) },
  },
  openai: {
    'gpt-6.2-sol': {
      ...wideGpt,
      price: { ...price(2, 0.1, 10, 2.5), long: { above: 272_000, ...price(4, 0.2, 15, 5) } },
    },
    'gpt-6.2-astra': {
      ...wideGpt,
      price: { ...price(8, 0.4, 40, 10), long: { above: 272_000, ...price(16, 0.8, 60, 20) } },
    },
    'gpt-6.1-sol': {
      ...wideGpt,
      price: { ...price(2, 0.1, 10, 2.5), long: { above: 272_000, ...price(4, 0.2, 15, 5) } },
    },
    'gpt-6-sol': { ...wideGpt, price: { ...price(2, 0.2, 10), long: { above: 272_000, ...price(4, 0.4, 15) } } },
    'gpt-6-luna': {
      ...wideGpt,
      price: { ...price(0.1, 0.01, 0.5), long: { above: 272_000, ...price(0.2, 0.02, 0.75) } },
    },
    'gpt-5.4': { ...wideGpt, price: price(2.5, 0.25, 15) },
    'gpt-5.4-mini': { ...gpt, price: price(0.75, 0.075, 4.5) },
    'gpt-5.2': { ...gpt, price: price(1.75, 0.175, 14) },
    'gpt-5.1': { ...gpt, price: price(1.25, 0.125, 10) },
    'gpt-5': { ...gpt, price: price(1.25, 0.125, 10) },
    'gpt-5-mini': { ...gpt, price: price(0.25, 0.025, 2) },
    'gpt-5-nano': { ...gpt, price: price(0.05, 0.005, 0.4) },
    'gpt-4.1': { ...gpt41, price: price(2, 0.5, 8) },
    'gpt-4.1-mini': { ...gpt41, price: price(0.4, 0.1, 1.6) },
    'gpt-4.1-nano': { ...gpt41, price: price(0.1, 0.025, 0.4) },
    'gpt-4o': { ...gpt4o, price: price(2.5, 1.25, 10) },
    'gpt-4o-mini': { ...gpt4o, price: price(0.15, 0.075, 0.6) },
    o3: { ...reasoner, price: price(2, 0.5, 8) },
    'o4-mini': { ...reasoner, price: price(1.1, 0.275, 4.4) },
  },
  google: {
    'gemini-4-neon': { ...thinks, price: price(3, 0.15, 15) },
    'gemini-4-carbon': { ...thinks, price: price(4, 0.2, 20) },
    'gemini-4-argon': { ...thinks, price: price(4, 0.2, 20) },
    'gemini-4-hydrogen': { ...thinks, price: price(1.5, 0.075, 7.5) },
    'gemini-3.1-pro-preview': {
      ...thinks,
      price: { ...price(2, 0.2, 12), long: { above: 200_000, ...price(4, 0.4, 18) } },
    },
    'gemini-3-flash-preview': { ...thinks, price: price(0.5, 0.05, 3) },
    'gemini-2.5-pro': {
      ...thinks,
      price: { ...price(1.25, 0.125, 10), long: { above: 200_000, ...price(2.5, 0.25, 15) } },
    },
    'gemini-2.5-flash': { ...thinks, price: price(0.3, 0.03, 2.5) },
    'gemini-2.5-flash-lite': { ...thinks, price: price(0.1, 0.01, 0.4) },
  },
}

/** A version of a model: `-2024-08-06`, `-20250929`, `-001`, `-latest`. */
const version = /-(\d{4}-\d{2}-\d{2}|\d{8}|\d{3}|latest)$/

/** The row of a model, or of its family when its id names a version. */
export function rowOf<T>(rows: Readonly<Record<string, T>>, model: string): T | undefined {
  if (Object.hasOwn(rows, model)) return rows[model]
  const family = model.replace(version, '')
  return Object.hasOwn(rows, family) ? rows[family] : undefined
}
