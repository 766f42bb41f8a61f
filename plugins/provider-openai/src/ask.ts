import { createHash } from 'node:crypto'
import type { Vendor } from '@openclaw/provider-kit'
import type { Endpoint } from './endpoint.ts'

type Asking = Required<Pick<Vendor, 'load' | 'options' | 'said'>>

/** How an endpoint that speaks the chat shape is asked: OpenAI itself, a router, or a server of one's own. */
export function askChat(endpoint: Endpoint, fetch: typeof globalThis.fetch, replayThinking: boolean): Asking {
  return {
    async load() {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
      const vendor = createOpenAICompatible({
        name: 'openai',
        baseURL: endpoint.baseUrl,
        headers: { ...endpoint.headers },
        fetch,
        includeUsage: true,
        transformRequestBody: (body) => asWanted(body, endpoint),
      })
      return (id) => vendor.languageModel(id)
    },
    options: ({ session }) => ({
      replayThinking,
      // OpenAI alone takes a cache key, and documents.
      ...(endpoint.vendor === 'openai'
        ? { providerOptions: { openai: { prompt_cache_key: cacheKey(session) } } }
        : { accepts: (mime) => mime.startsWith('image/') }),
    }),
    // OpenRouter says what a call cost.
    said(raw) {
      const cost = typeof raw === 'object' && raw !== null ? (raw as { cost?: unknown }).cost : undefined
      return typeof cost === 'number' && cost >= 0 ? cost : undefined
    },
  }
}

/**
 * How the Responses shape is asked: nothing is stored with the vendor, and thinking comes back to it encrypted.
 * https://platform.openai.com/docs/guides/reasoning#encrypted-reasoning-items
 */
export function askResponses(endpoint: Endpoint, fetch: typeof globalThis.fetch): Asking {
  return {
    async load() {
      const { createOpenAI } = await import('@ai-sdk/openai')
      // The library would look for a key in the environment when it is given none.
      const vendor = createOpenAI({ baseURL: endpoint.baseUrl, apiKey: '', fetch: withHeaders(endpoint, fetch) })
      return (id) => vendor.responses(id)
    },
    options: ({ session }) => ({
      providerOptions: { openai: { store: false, promptCacheKey: cacheKey(session) } },
    }),
    said: () => undefined,
  }
}

/** Sends the key in the header that the endpoint wants, and in no other. */
function withHeaders({ headers }: Endpoint, ask: typeof fetch): typeof fetch {
  return (input, init) => {
    const all = new Headers(init?.headers)
    all.delete('authorization')
    for (const [name, value] of Object.entries(headers)) all.set(name, value)
    return ask(input, { ...init, headers: all })
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

/** A session's name holds ids of people, which are nobody's business at the vendor. */
function cacheKey(session: string): string {
  return createHash('sha256').update(session).digest('hex').slice(0, 32)
}
