import type { Tokens } from './usage.ts'

/** US dollars for a million tokens. What has no price of its own costs as much as `input`. */
export interface Rates {
  readonly input: number
  readonly cacheRead?: number
  readonly cacheWrite?: number
  readonly output: number
}

/** The rates of a model; `long` stand for the whole of a request that reads more than `above` tokens. */
export interface Price extends Rates {
  readonly long?: Rates & { readonly above: number }
}

/** What a call cost in US dollars. */
export function costOf(price: Price, tokens: Tokens): number {
  const { fresh, cacheRead, cacheWrite, output } = tokens
  const read = fresh + cacheRead + cacheWrite
  const rates: Rates = price.long && read > price.long.above ? price.long : price
  const dollars =
    fresh * rates.input +
    cacheRead * (rates.cacheRead ?? rates.input) +
    cacheWrite * (rates.cacheWrite ?? rates.input) +
    output * rates.output
  return dollars / 1_000_000
}
