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

type Model = Parameters<typeof streamModel>[0]
type Vendor = ReturnType<typeof import('@ai-sdk/openai-compatible').createOpenAICompatible>

/** Asks the endpoint and says what it answers. The vendor library is loaded with the first question, not before. */
export function openAsk(asking: Asking): (request: ModelRequest, signal: AbortSignal) => AsyncGenerator<ModelEvent> {
  const { endpoint, replayThinking } = asking
  const models = openModels(asking)
  return (request, signal) =>
    streamModel(models(request.model), request, signal, {
      name: 'openai',
      replayThinking,
      cost: costOf(endpoint, request.model),
      // OpenAI alone takes a cache key. A session's name holds ids of people, which are nobody's business there.
      ...(endpoint.vendor === 'openai'
        ? { providerOptions: { openai: { prompt_cache_key: digest(request.session) } } }
        : {}),
    })
}

/** The library builds its schemas anew for every model, which costs more than a request, so the last models are kept. */
function openModels({ endpoint, fetch }: Asking): (id: string) => Model {
  const models = new Map<string, Model>()
  let vendor: Promise<Vendor> | undefined
  const load = async () => {
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
    return createOpenAICompatible({
      name: 'openai',
      baseURL: endpoint.baseUrl,
      headers: { ...endpoint.headers },
      fetch,
      includeUsage: true,
      transformRequestBody: (body) => asWanted(body, endpoint),
    })
  }
  return (id) => {
    const known = models.get(id)
    if (known) return known
    vendor ??= load()
    const model = vendor.then((found) => found.languageModel(id))
    if (models.size >= 20) models.clear()
    models.set(id, model)
    return model
  }
}

/**
 * The parameters that everybody takes, under the names that OpenAI wants: its newer models refuse `max_tokens`, and
 * followers do not know the new name. Thinking that is off is left out, since only newer models know the word "none".
 */
function asWanted(
  { max_tokens, reasoning_effort, ...body }: Record<string, unknown>,
  { vendor }: Endpoint,
): Record<string, unknown> {
  return {
    ...body,
    ...(reasoning_effort === undefined || reasoning_effort === 'none' ? {} : { reasoning_effort }),
    ...(max_tokens === undefined ? {} : { [vendor === 'openai' ? 'max_completion_tokens' : 'max_tokens']: max_tokens }),
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

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
