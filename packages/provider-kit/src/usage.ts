import type { LanguageModelV4Usage } from '@ai-sdk/provider'
import type { Usage } from '@openclaw/sdk'

/** What one model call read and wrote, parted by what it costs. The first three together are all that was read. */
export interface Tokens {
  readonly fresh: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly output: number
}

/** The token counts of a call. What the provider did not count is zero. */
export function readTokens(usage: LanguageModelV4Usage | undefined): Tokens {
  const { total, noCache, cacheRead = 0, cacheWrite = 0 } = usage?.inputTokens ?? {}
  const { total: output, text = 0, reasoning = 0 } = usage?.outputTokens ?? {}
  return {
    fresh: noCache ?? Math.max(0, (total ?? 0) - cacheRead - cacheWrite),
    cacheRead,
    cacheWrite,
    output: output ?? text + reasoning,
  }
}

/** The same in our shape: `input` includes the cached tokens. */
export function usageOf({ fresh, cacheRead, cacheWrite, output }: Tokens, costUsd?: number): Usage {
  return {
    input: fresh + cacheRead + cacheWrite,
    cached: cacheRead,
    output,
    ...(costUsd === undefined ? {} : { costUsd }),
  }
}
