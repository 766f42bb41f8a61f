import { LLMock } from '@copilotkit/aimock'
import { aimockSituations, providerConformance, startModelEndpoint } from '@openclaw/testing'
import provider from '../src/provider.ts'
import { answer } from './answers.ts'

const counterpart = (url: string, stop: () => PromiseLike<void>) => ({
  config: { baseUrl: `${url}/api/v1`, key: 'test-key' },
  model: 'anthropic/claude-sonnet-4.5',
  stop,
})

providerConformance({
  name: 'openrouter',
  provider,
  shape: 'chat',
  async make(situation) {
    if (situation === 'caches' || situation === 'signs') {
      const endpoint = await startModelEndpoint(() => ({ body: answer[situation] }))
      return counterpart(endpoint.url, () => endpoint[Symbol.asyncDispose]())
    }
    const mock = new LLMock({ port: 0 })
    const [response, options] = aimockSituations[situation]
    mock.on({}, response, options)
    await mock.start()
    return counterpart(mock.url, () => mock.stop())
  },
})
