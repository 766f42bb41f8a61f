import { collectEvents, connectProvider, sampleRequest, startModelEndpoint } from '@openclaw/testing'
import { expect, it } from 'vitest'
import provider from '../src/provider.ts'
import { answer } from './answers.ts'

const signal = AbortSignal.timeout(10_000)

const list = {
  data: [
    {
      id: 'anthropic/claude-sonnet-4.5',
      context_length: 1_000_000,
      top_provider: { max_completion_tokens: 64_000 },
      architecture: { input_modalities: ['text', 'image', 'file'], output_modalities: ['text'] },
      supported_parameters: ['tools', 'reasoning'],
      pricing: {
        prompt: '0.000003',
        completion: '0.000015',
        input_cache_read: '0.0000003',
        input_cache_write: '0.00000375',
      },
    },
    { id: 'openrouter/auto', context_length: 2_000_000, pricing: { prompt: '-1', completion: '-1' } },
    { id: 'acme/painter', architecture: { input_modalities: ['text'], output_modalities: ['image'] } },
  ],
}

it('the models are those that write, with limits; what the router decides has no price', async () => {
  await using endpoint = await startModelEndpoint(() => ({ body: list }))
  const models = await connectProvider(provider, { baseUrl: `${endpoint.url}/api/v1`, key: 'k' })
  expect(await models.models(signal)).toEqual([
    { id: 'anthropic/claude-sonnet-4.5', contextTokens: 1_000_000, outputTokens: 64_000, images: true, thinking: true },
    { id: 'openrouter/auto', contextTokens: 2_000_000 },
  ])
  expect(endpoint.asked).toMatchObject([{ path: '/api/v1/models', headers: { authorization: 'Bearer k' } }])
})

it('the cost is what the router says; where it says none, what the listed price comes to', async () => {
  const silent = answer.caches.map((chunk) =>
    typeof chunk === 'string'
      ? chunk
      : { ...chunk, ...('usage' in chunk ? { usage: { ...chunk.usage, cost: undefined } } : {}) },
  )
  let body: unknown = answer.caches
  await using endpoint = await startModelEndpoint(({ path }) => ({ body: path.endsWith('/models') ? list : body }))
  const models = await connectProvider(provider, { baseUrl: `${endpoint.url}/api/v1`, key: 'k' })
  const request = sampleRequest('anthropic/claude-sonnet-4.5')
  const usage = { input: 100, cached: 40, output: 2 }
  expect((await collectEvents(models, request)).at(-1)).toMatchObject({ usage: { ...usage, costUsd: 0.0042 } })
  body = silent
  expect((await collectEvents(models, request)).at(-1)).toEqual({ type: 'done', stop: 'end', usage })
  await models.models(signal)
  const costUsd = (60 * 3 + 40 * 0.3 + 2 * 15) / 1_000_000
  expect((await collectEvents(models, request)).at(-1)).toMatchObject({ usage: { ...usage, costUsd } })
})

it('asks for the cost, and marks what shall be cached where the vendor behind wants that said', async () => {
  await using endpoint = await startModelEndpoint(() => ({ body: answer.caches }))
  const models = await connectProvider(provider, { baseUrl: `${endpoint.url}/api/v1`, key: 'k' })
  await collectEvents(models, sampleRequest('anthropic/claude-sonnet-4.5'))
  await collectEvents(models, sampleRequest('openai/gpt-5'))
  const [claude, gpt] = models.sent
  expect(JSON.parse(claude!)).toMatchObject({ usage: { include: true }, stream: true })
  expect(claude).toContain('"cache_control":{"type":"ephemeral"}')
  expect(gpt).not.toContain('cache_control')
})

it('asks nobody while there is no key, and offers the one that a variable holds', async () => {
  const fetch = () => Promise.reject(new Error('nobody may be asked'))
  const models = await connectProvider(provider, {}, { fetch, env: ['OPENROUTER_API_KEY'] })
  expect(await models.models(signal)).toEqual([])
  expect(await collectEvents(models, sampleRequest('a/b'))).toMatchObject([
    { type: 'failed', failure: { code: 'unauthorized', message: expect.stringContaining('models auth openrouter') } },
  ])
  expect(await models.discover?.(signal)).toMatchObject([{ config: { key: 'env:OPENROUTER_API_KEY' } }])
})

it.each([
  [402, { code: 402, message: 'Insufficient credits' }, { code: 'forbidden' }],
  [
    403,
    { code: 403, message: 'Input was flagged', metadata: { reasons: ['violence'] } },
    { code: 'forbidden', reason: 'refused' },
  ],
  [502, { code: 502, message: 'Provider returned error' }, { code: 'unavailable' }],
])('%s is one typed failure', async (status, error, expected) => {
  await using endpoint = await startModelEndpoint(() => ({ status, body: { error } }))
  const models = await connectProvider(provider, { baseUrl: `${endpoint.url}/api/v1`, key: 'k' })
  expect(await collectEvents(models, sampleRequest('a/b'))).toEqual([
    { type: 'failed', failure: expect.objectContaining(expected) },
  ])
})
