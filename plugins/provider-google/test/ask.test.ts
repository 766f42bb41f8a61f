import { collectEvents, connectProvider, sampleRequest, startModelEndpoint, textOf } from '@openclaw/testing'
import { describe, expect, it } from 'vitest'
import provider from '../src/provider.ts'

const model = 'gemini-2.5-pro'
const said = (parts: readonly object[], finishReason = 'STOP') => [
  {
    candidates: [{ content: { role: 'model', parts }, finishReason, index: 0 }],
    usageMetadata: {
      promptTokenCount: 250_000,
      cachedContentTokenCount: 50_000,
      candidatesTokenCount: 1000,
      thoughtsTokenCount: 500,
    },
  },
]

it('shows what the model thinks when it is to think, and counts that as written', async () => {
  const parts = [{ text: 'Hm.', thought: true }, { text: 'Hello.' }]
  await using endpoint = await startModelEndpoint(() => ({ body: said(parts) }))
  const models = await connectProvider(provider, { baseUrl: `${endpoint.url}/v1beta`, key: 'k' })
  const events = await collectEvents(models, sampleRequest(model, { thinking: 'high' }))
  expect([textOf(events, 'thinking'), textOf(events)]).toEqual(['Hm.', 'Hello.'])
  // Above 200,000 tokens the higher prices stand for all of it.
  const costUsd = (200_000 * 2.5 + 50_000 * 0.25 + 1500 * 15) / 1_000_000
  expect(events.at(-1)).toEqual({
    type: 'done',
    stop: 'end',
    usage: { input: 250_000, cached: 50_000, output: 1500, costUsd },
  })
  await collectEvents(models, sampleRequest(model))
  const [thinking, not] = endpoint.asked.map(({ body }) => (body as { generationConfig: object }).generationConfig)
  expect(thinking).toMatchObject({ thinkingConfig: { includeThoughts: true } })
  expect(not).not.toHaveProperty('thinkingConfig')
  expect(endpoint.asked[0]!.headers['x-goog-api-key']).toBe('k')
})

describe('a failure', () => {
  it.each([
    [
      'too many requests, with the wait of its own',
      429,
      {
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
        message: 'You exceeded your current quota.',
        details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34s' }],
      },
      { code: 'rate_limited', retryAfterMs: 34_000 },
    ],
    [
      'a refused key',
      400,
      { code: 400, status: 'INVALID_ARGUMENT', message: 'API key not valid. Please pass a valid API key.' },
      { code: 'unauthorized' },
    ],
    [
      'a conversation that is too long',
      400,
      {
        code: 400,
        status: 'INVALID_ARGUMENT',
        message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      },
      { code: 'invalid_params', reason: 'overflow' },
    ],
    [
      'an overloaded model',
      503,
      { code: 503, status: 'UNAVAILABLE', message: 'The model is overloaded. Please try again later.' },
      { code: 'unavailable', reason: 'overload' },
    ],
  ])('%s is one typed failure', async (_, status, error, expected) => {
    await using endpoint = await startModelEndpoint(() => ({ status, body: { error } }))
    const models = await connectProvider(provider, { baseUrl: `${endpoint.url}/v1beta`, key: 'k' })
    expect(await collectEvents(models, sampleRequest(model))).toEqual([
      { type: 'failed', failure: expect.objectContaining(expected) },
    ])
  })

  it.each([
    ['an answer that was stopped', said([{ text: 'I' }], 'SAFETY')],
    ['a question that was blocked', [{ promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }]],
  ])('%s is refused content', async (_, body) => {
    await using endpoint = await startModelEndpoint(() => ({ body }))
    const models = await connectProvider(provider, { baseUrl: `${endpoint.url}/v1beta`, key: 'k' })
    const events = await collectEvents(models, sampleRequest(model))
    expect(events.at(-1)).toMatchObject({ type: 'failed', failure: { code: 'forbidden', reason: 'refused' } })
  })
})
