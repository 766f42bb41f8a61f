import { LLMock } from '@copilotkit/aimock'
import { aimockSituations, providerConformance, startModelEndpoint } from '@openclaw/testing'
import provider from '../src/provider.ts'
import { answer } from './answers.ts'

const counterpart = (url: string, stop: () => PromiseLike<void>) => ({
  config: { baseUrl: `${url}/v1`, key: 'test-key' },
  model: 'claude-sonnet-4-5',
  stop,
})

providerConformance({
  name: 'anthropic',
  provider,
  shape: 'anthropic',
  async make(situation) {
    if (situation === 'caches') {
      const usage = { input_tokens: 50, cache_read_input_tokens: 40, cache_creation_input_tokens: 10, output_tokens: 2 }
      const endpoint = await startModelEndpoint(() => ({ body: answer(usage) }))
      return counterpart(endpoint.url, () => endpoint[Symbol.asyncDispose]())
    }
    const mock = new LLMock({ port: 0 })
    const [response, options] = aimockSituations[situation]
    mock.on({}, response, options)
    await mock.start()
    return counterpart(mock.url, () => mock.stop())
  },
})
