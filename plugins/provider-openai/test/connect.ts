import { LLMock } from '@copilotkit/aimock'
import type { ModelRequest, ProviderSetup } from '@openclaw/sdk'
import { connectProvider, sampleRequest } from '@openclaw/testing'
import type { Static } from 'typebox'
import type { config } from '../src/config.ts'
import provider from '../src/provider.ts'

type Config = Static<typeof config>

/** The provider, connected with a configuration. */
export const connect = (config: Config, more: Partial<ProviderSetup<Config>> = {}) =>
  connectProvider(provider, config, more)

/** aimock, listening on a port of its own; stops with the test. */
export async function startEndpoint() {
  const mock = new LLMock({ port: 0 })
  await mock.start()
  return { mock, config: { baseUrl: `${mock.url}/v1`, key: 'test-key' }, [Symbol.asyncDispose]: () => mock.stop() }
}

export const never: AbortSignal = new AbortController().signal

export const question = (text: string, more: Partial<ModelRequest> = {}): ModelRequest =>
  sampleRequest('gpt-4o', {
    system: 'Be brief.',
    turns: [{ role: 'user', content: [{ type: 'text', text }] }],
    ...more,
  })

/** The messages that the endpoint got last. */
export function sentMessages(mock: LLMock): Record<string, unknown>[] {
  const body = mock.getLastRequest()?.body
  return (body as unknown as { messages: Record<string, unknown>[] }).messages
}
