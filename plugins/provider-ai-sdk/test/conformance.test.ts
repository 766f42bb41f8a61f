import { LLMock } from '@copilotkit/aimock'
import { aimockSituations, providerConformance } from '@openclaw/testing'
import provider from '../src/provider.ts'

// Mistral speaks the chat shape, without signatures and cached tokens.
providerConformance({
  name: 'ai-sdk with @ai-sdk/mistral',
  provider,
  without: ['signs', 'caches'],
  async make(situation) {
    if (situation === 'signs' || situation === 'caches') return undefined
    const mock = new LLMock({ port: 0 })
    const [response, options] = aimockSituations[situation]
    mock.on({}, response, options)
    await mock.start()
    return {
      config: {
        package: '@ai-sdk/mistral',
        options: { baseURL: `${mock.url}/v1` },
        key: 'test-key',
        models: [{ id: 'mistral-large-latest' }],
      },
      model: 'mistral-large-latest',
      stop: () => mock.stop(),
    }
  },
})
