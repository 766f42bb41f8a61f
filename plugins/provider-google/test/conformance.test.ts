import { LLMock } from '@copilotkit/aimock'
import { aimockSituations, providerConformance, startModelEndpoint } from '@openclaw/testing'
import provider from '../src/provider.ts'

const counterpart = (url: string, stop: () => PromiseLike<void>) => ({
  // aimock has no list in this shape.
  config: { baseUrl: `${url}/v1beta`, key: 'test-key', models: [{ id: 'gemini-3-flash-preview' }] },
  model: 'gemini-3-flash-preview',
  stop,
})

// As https://ai.google.dev/gemini-api/docs/thought-signatures and …/docs/caching show them.
const recorded = {
  caches: [
    {
      candidates: [{ content: { role: 'model', parts: [{ text: 'Hello.' }] }, finishReason: 'STOP', index: 0 }],
      usageMetadata: { promptTokenCount: 100, cachedContentTokenCount: 40, candidatesTokenCount: 2 },
    },
  ],
  signs: [
    { candidates: [{ content: { role: 'model', parts: [{ text: 'I should look.', thought: true }] }, index: 0 }] },
    {
      candidates: [
        {
          content: {
            role: 'model',
            parts: [
              {
                functionCall: { name: 'look', args: { place: 'here' } },
                thoughtSignature: 'c2lnbmF0dXJlIG9mIGEgdGhvdWdodA==',
              },
            ],
          },
          finishReason: 'STOP',
          index: 0,
        },
      ],
      usageMetadata: { promptTokenCount: 100, candidatesTokenCount: 2, thoughtsTokenCount: 5 },
    },
  ],
}

providerConformance({
  name: 'google',
  provider,
  shape: 'gemini',
  async make(situation) {
    if (situation === 'caches' || situation === 'signs') {
      const endpoint = await startModelEndpoint(() => ({ body: recorded[situation] }))
      return counterpart(endpoint.url, () => endpoint[Symbol.asyncDispose]())
    }
    const mock = new LLMock({ port: 0 })
    const [response, options] = aimockSituations[situation]
    mock.on({}, response, options)
    await mock.start()
    return counterpart(mock.url, () => mock.stop())
  },
})
