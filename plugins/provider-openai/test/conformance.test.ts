import { LLMock, type FixtureFileResponse, type FixtureOpts } from '@copilotkit/aimock'
import { providerConformance, type Situation } from '@openclaw/testing'
import provider from '../src/provider.ts'

const text = { content: 'Hello from the other side, in more than one piece.' }
const failing = (status: number) => ({ error: { message: `status ${status}` }, status, retryAfter: 1 })

const situations: Record<Situation, readonly [FixtureFileResponse, FixtureOpts?]> = {
  answers: [text],
  calls: [{ toolCalls: [{ name: 'look', arguments: '{"place":"here"}' }] }],
  hangs: [text, { latency: 20_000 }],
  stalls: [text, { chunkSize: 4, streamingProfile: { ttft: 0, tps: 0.05 } }],
  limited: [failing(429)],
  unauthorized: [failing(401)],
  fails: [failing(500)],
  breaks: [text, { chunkSize: 4, truncateAfterChunks: 3 }],
}

providerConformance({
  name: 'openai',
  provider,
  async make(situation) {
    const mock = new LLMock({ port: 0 })
    const [response, options] = situations[situation]
    mock.on({}, response, options)
    await mock.start()
    return { config: { baseUrl: `${mock.url}/v1`, key: 'test-key' }, model: 'gpt-4o', stop: () => mock.stop() }
  },
})
