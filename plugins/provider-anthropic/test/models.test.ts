import { collectEvents, connectProvider, sampleRequest, startModelEndpoint } from '@openclaw/testing'
import { describe, expect, it } from 'vitest'
import provider from '../src/provider.ts'

const signal = AbortSignal.timeout(10_000)

describe('the models', () => {
  it('are those of the account, with the limits that the vendor says, and else the known ones', async () => {
    const capabilities = { image_input: { supported: true }, thinking: { supported: false, types: {} } }
    await using endpoint = await startModelEndpoint(() => ({
      body: {
        data: [
          { id: 'claude-new', type: 'model', max_input_tokens: 500_000, max_tokens: 9000, capabilities },
          { id: 'claude-sonnet-4-5-20250929', type: 'model', display_name: 'Claude Sonnet 4.5' },
          { type: 'model' },
        ],
        has_more: false,
      },
    }))
    const models = await connectProvider(provider, { baseUrl: `${endpoint.url}/v1/`, key: 'k' })
    expect(await models.models(signal)).toEqual([
      { id: 'claude-new', contextTokens: 500_000, outputTokens: 9000, images: true, thinking: false },
      { id: 'claude-sonnet-4-5-20250929', contextTokens: 200_000, outputTokens: 64_000, images: true, thinking: true },
    ])
    expect(endpoint.asked).toMatchObject([
      { path: '/v1/models?limit=1000', headers: { 'x-api-key': 'k', 'anthropic-version': '2023-06-01' } },
    ])
  })

  it.each([
    [401, { type: 'error', error: { type: 'authentication_error', message: 'invalid x-api-key' } }, 'unauthorized'],
    [200, { hello: 'world' }, 'unavailable'],
  ])('are a typed failure after %s', async (status, body, code) => {
    await using endpoint = await startModelEndpoint(() => ({ status, body }))
    const models = await connectProvider(provider, { baseUrl: endpoint.url, key: 'secret-key' })
    const failure = await models.models(signal).catch((thrown: unknown) => thrown)
    expect(failure).toMatchObject({ code })
    expect(String((failure as Error).message)).not.toContain('secret-key')
  })
})

it('asks nobody while there is no key, and offers the one that a variable holds', async () => {
  const fetch = () => Promise.reject(new Error('nobody may be asked'))
  const models = await connectProvider(provider, {}, { fetch, env: ['ANTHROPIC_API_KEY'] })
  expect(await models.models(signal)).toEqual([])
  expect(await collectEvents(models, sampleRequest('claude-sonnet-4-5'))).toMatchObject([
    { type: 'failed', failure: { code: 'unauthorized', message: expect.stringContaining('models auth anthropic') } },
  ])
  expect(await models.discover?.(signal)).toEqual([
    {
      label: 'Anthropic with the key in ANTHROPIC_API_KEY',
      config: { key: 'env:ANTHROPIC_API_KEY' },
      env: 'ANTHROPIC_API_KEY',
      models: [],
    },
  ])
})

it('S5: warns of a key that travels in the clear, without showing it', async () => {
  const { logged } = await connectProvider(provider, { baseUrl: 'http://api.example.org/v1', key: 'secret-key' })
  expect(logged).toEqual([expect.stringContaining('plain http')])
  expect(logged.join()).not.toContain('secret-key')
})
