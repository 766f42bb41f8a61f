import { LLMock } from '@copilotkit/aimock'
import { aimockSituations, providerConformance, startModelEndpoint } from '@openclaw/testing'
import provider from '../src/provider.ts'

for (const api of ['chat', 'responses'] as const) {
  providerConformance({
    name: `openai, ${api}`,
    provider,
    shape: api,
    async make(situation) {
      if (situation === 'caches') return cached(api)
      const mock = new LLMock({ port: 0 })
      const [response, options] = aimockSituations[situation]
      mock.on({}, response, options)
      await mock.start()
      return { config: { baseUrl: `${mock.url}/v1`, api, key: 'test-key' }, model: 'gpt-5', stop: () => mock.stop() }
    },
    // The chat shape has no signature.
    without: api === 'chat' ? ['signs'] : [],
  })
}

/** An endpoint that says how much of a prompt it had in its cache. */
async function cached(api: 'chat' | 'responses') {
  const endpoint = await startModelEndpoint(() => ({ body: answers[api] }))
  return {
    config: { baseUrl: `${endpoint.url}/v1`, api, key: 'test-key' },
    model: 'gpt-5',
    stop: () => endpoint[Symbol.asyncDispose](),
  }
}

// As the API references show them: platform.openai.com/docs/api-reference/chat-streaming, …/responses-streaming.
const answers = {
  chat: [
    { id: 'c1', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content: 'Hello.' } }] },
    { id: 'c1', object: 'chat.completion.chunk', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    {
      id: 'c1',
      object: 'chat.completion.chunk',
      choices: [],
      usage: { prompt_tokens: 100, completion_tokens: 2, prompt_tokens_details: { cached_tokens: 40 } },
    },
    '[DONE]',
  ],
  responses: [
    { type: 'response.created', response: { id: 'r1', created_at: 1, model: 'gpt-5' } },
    { type: 'response.output_item.added', output_index: 0, item: { type: 'message', id: 'm1' } },
    { type: 'response.output_text.delta', item_id: 'm1', output_index: 0, content_index: 0, delta: 'Hello.' },
    { type: 'response.output_item.done', output_index: 0, item: { type: 'message', id: 'm1' } },
    {
      type: 'response.completed',
      response: {
        usage: { input_tokens: 100, output_tokens: 2, input_tokens_details: { cached_tokens: 40 } },
      },
    },
  ],
} satisfies Record<string, unknown[]>
