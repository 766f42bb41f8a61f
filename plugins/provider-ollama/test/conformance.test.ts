import { LLMock } from '@copilotkit/aimock'
import { aimockSituations, providerConformance } from '@openclaw/testing'
import provider from '../src/provider.ts'

providerConformance({
  name: 'ollama',
  provider,
  // Nothing is signed or counted as cached by a server of one's own.
  without: ['signs', 'caches'],
  async make(situation) {
    if (situation === 'signs' || situation === 'caches') return undefined
    const mock = new LLMock({ port: 0 })
    const [response, options] = aimockSituations[situation]
    mock.on({}, response, options)
    await mock.start()
    return { config: { baseUrl: mock.url }, model: 'llama3.2', stop: () => mock.stop() }
  },
})
