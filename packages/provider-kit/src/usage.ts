import type { LanguageModelV4Usage } from '@ai-sdk/provider'
import type { Usage } from '@openclaw/sdk'

/**
 * Token counts of one model call in our shape: `input` includes the cached tokens. What the provider did not count
 * is zero.
 */
export function readUsage(usage: LanguageModelV4Usage | undefined, costUsd?: number): Usage {
  const { total, noCache, cacheRead, cacheWrite } = usage?.inputTokens ?? {}
  return {
    input: total ?? (noCache ?? 0) + (cacheRead ?? 0) + (cacheWrite ?? 0),
    cached: cacheRead ?? 0,
    output: usage?.outputTokens.total ?? (usage?.outputTokens.text ?? 0) + (usage?.outputTokens.reasoning ?? 0),
    ...(costUsd === undefined ? {} : { costUsd }),
  }
}
