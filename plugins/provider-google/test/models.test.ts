import { collectEvents, connectProvider, sampleRequest, startModelEndpoint } from '@openclaw/testing'
import { expect, it } from 'vitest'
import provider from '../src/provider.ts'

const signal = AbortSignal.timeout(10_000)

it('the models are those that chat, with the limits that the vendor says', async () => {
  const chats = ['generateContent', 'countTokens']
  await using endpoint = await startModelEndpoint(() => ({
    body: {
      models: [
        {
          name: 'models/gemini-2.5-pro',
          inputTokenLimit: 1_048_576,
          outputTokenLimit: 65_536,
          supportedGenerationMethods: chats,
          thinking: true,
        },
        { name: 'models/gemini-embedding-001', supportedGenerationMethods: ['embedContent'] },
        { name: 'models/gemini-2.5-flash-image', supportedGenerationMethods: chats },
        { name: 'models/gemma-3-27b-it', inputTokenLimit: 131_072, supportedGenerationMethods: chats },
      ],
    },
  }))
  const models = await connectProvider(provider, { baseUrl: `${endpoint.url}/v1beta`, key: 'k' })
  expect(await models.models(signal)).toEqual([
    { id: 'gemini-2.5-pro', contextTokens: 1_048_576, outputTokens: 65_536, images: true, thinking: true },
    { id: 'gemma-3-27b-it', contextTokens: 131_072 },
  ])
  expect(endpoint.asked).toMatchObject([{ path: '/v1beta/models?pageSize=1000', headers: { 'x-goog-api-key': 'k' } }])
})

it('asks nobody while there is no key, and offers the one that a variable holds', async () => {
  const fetch = () => Promise.reject(new Error('nobody may be asked'))
  const models = await connectProvider(provider, {}, { fetch, env: ['GEMINI_API_KEY'] })
  expect(await models.models(signal)).toEqual([])
  expect(await collectEvents(models, sampleRequest('gemini-2.5-pro'))).toMatchObject([
    { type: 'failed', failure: { code: 'unauthorized', message: expect.stringContaining('models auth google') } },
  ])
  expect(await models.discover?.(signal)).toMatchObject([{ config: { key: 'env:GEMINI_API_KEY' } }])
})
