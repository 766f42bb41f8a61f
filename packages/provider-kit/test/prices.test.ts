import { describe, expect, it } from 'vitest'
import { catalog, rowOf } from '../src/catalog.ts'
import { costOf, readTokens, usageOf } from '../src/index.ts'

const million = { fresh: 1_000_000, cacheRead: 0, cacheWrite: 0, output: 0 }

describe('a price', () => {
  it('counts what was read anew, from the cache and into the cache, and what was written, each at its rate', () => {
    const price = { input: 4, cacheRead: 0.4, cacheWrite: 5, output: 20 }
    const tokens = { fresh: 100_000, cacheRead: 200_000, cacheWrite: 300_000, output: 400_000 }
    expect(costOf(price, tokens)).toBeCloseTo(0.4 + 0.08 + 1.5 + 8, 10)
  })

  it('takes the cache for ordinary reading where it has no rate', () => {
    expect(costOf({ input: 2, output: 1 }, { ...million, cacheRead: 1_000_000, cacheWrite: 1_000_000 })).toBe(6)
  })

  it('is the long one for the whole of a request that reads more, the cache included', () => {
    const price = { input: 1, output: 10, long: { above: 200_000, input: 2, output: 20 } }
    expect(costOf(price, { fresh: 200_000, cacheRead: 0, cacheWrite: 0, output: 1_000_000 })).toBeCloseTo(10.2)
    expect(costOf(price, { fresh: 1, cacheRead: 200_000, cacheWrite: 0, output: 1_000_000 })).toBeCloseTo(20.4)
  })

  it('is of the family of a model with a version, and unknown for unknown models', () => {
    const { openai, anthropic } = catalog
    expect(rowOf(openai!, 'gpt-4o-2024-08-06')).toBe(openai!['gpt-4o'])
    expect(rowOf(anthropic!, 'claude-sonnet-4-5-20250929')).toBe(anthropic!['claude-sonnet-4-5'])
    expect(rowOf(openai!, 'gpt-99')).toBeUndefined()
    expect(rowOf(openai!, 'toString')).toBeUndefined()
  })

  it('is in order in the catalog: cached reading costs less than reading, reading less than writing', () => {
    const rows = Object.entries(catalog).flatMap(([vendor, models]) =>
      Object.entries(models).map(([model, { price }]) => ({ name: `${vendor}/${model}`, price: price! })),
    )
    expect(rows.length).toBeGreaterThan(30)
    for (const { name, price } of rows) {
      expect(price.cacheRead, name).toBeLessThan(price.input)
      expect(price.input, name).toBeLessThan(price.output)
      if (price.cacheWrite) expect(price.cacheWrite, name).toBeGreaterThanOrEqual(price.input)
      if (price.long) expect(price.long.input, name).toBeGreaterThan(price.input)
    }
  })
})

it('usage counts the cache as read, and what was not counted as nothing', () => {
  const tokens = readTokens({
    inputTokens: { total: 100, noCache: undefined, cacheRead: 40, cacheWrite: 10 },
    outputTokens: { total: undefined, text: 5, reasoning: 2 },
  })
  expect(tokens).toEqual({ fresh: 50, cacheRead: 40, cacheWrite: 10, output: 7 })
  expect(usageOf(tokens, 0.5)).toEqual({ input: 100, cached: 40, output: 7, costUsd: 0.5 })
  expect(usageOf(readTokens(undefined))).toEqual({ input: 0, cached: 0, output: 0 })
})
