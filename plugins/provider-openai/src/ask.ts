import { createHash } from 'node:crypto'
import { priceOf, streamModel, type StreamOptions } from '@openclaw/provider-kit'
import type { ModelEvent, ModelRequest } from '@openclaw/sdk'
import type { Endpoint } from './endpoint.ts'

/** What the requests of one configuration have in common. */
export interface Asking {
  readonly endpoint: Endpoint
  readonly fetch: typeof fetch
  readonly replayThinking: boolean
}

/** Asks the endpoint and says what it answers. The vendor library is loaded with the first question, not before. */
export function ask(
  { endpoint, fetch, replayThinking }: Asking,
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent> {
  return streamModel(openModel(endpoint, fetch, request), request, signal, {
    name: 'openai',
    replayThinking,
    cost: costOf(endpoint, request.model),
  })
}

async function openModel(endpoint: Endpoint, fetch: Asking['fetch'], { model, session }: ModelRequest) {
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
  const provider = createOpenAICompatible({
    name: 'openai',
    baseURL: endpoint.baseUrl,
    headers: { ...endpoint.headers },
    fetch,
    includeUsage: true,
    transformRequestBody: (body) => asWanted(body, endpoint, session),
  })
  return provider.languageModel(model)
}

/**
 * The parameters that everybody takes, under the names that OpenAI wants: its newer models refuse `max_tokens`, and
 * it takes a cache key, while followers know neither new name. Thinking that is off is left out, since only newer
 * models know the word "none".
 */
function asWanted(
  { max_tokens, reasoning_effort, ...body }: Record<string, unknown>,
  { vendor }: Endpoint,
  session: string,
): Record<string, unknown> {
  return {
    ...body,
    ...(reasoning_effort === undefined || reasoning_effort === 'none' ? {} : { reasoning_effort }),
    ...(max_tokens === undefined ? {} : { [vendor === 'openai' ? 'max_completion_tokens' : 'max_tokens']: max_tokens }),
    // A session's name holds ids of people, which are nobody's business there.
    ...(vendor === 'openai'
      ? { prompt_cache_key: createHash('sha256').update(session).digest('hex').slice(0, 32) }
      : {}),
  }
}

/** OpenRouter says what a call cost; OpenAI's prices are known; others claim nothing. */
function costOf(endpoint: Endpoint, model: string): NonNullable<StreamOptions['cost']> {
  return (usage, raw) => {
    const said = typeof raw === 'object' && raw !== null ? (raw as { cost?: unknown }).cost : undefined
    if (typeof said === 'number' && said >= 0) return said
    return endpoint.vendor === 'openai' ? priceOf('openai', model, usage) : undefined
  }
}
