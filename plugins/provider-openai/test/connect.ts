import { LLMock } from '@copilotkit/aimock'
import type { ModelEvent, ModelRequest, Models, ProviderSetup, Store } from '@openclaw/sdk'
import { expect } from 'vitest'
import type { Static } from 'typebox'
import type { config } from '../src/config.ts'
import provider from '../src/provider.ts'

type Config = Static<typeof config>

/** The provider, connected with a configuration; `warnings` is what it logged. */
export async function connect(
  config: Config,
  more: Partial<ProviderSetup<Config>> = {},
): Promise<Models & { warnings: string[] }> {
  const warnings: string[] = []
  const quiet = () => {}
  const models = await provider.connect({
    config,
    env: [],
    fetch,
    signal: never,
    log: { debug: quiet, info: quiet, warn: (text) => void warnings.push(text), error: quiet },
    // It opens and stores nothing, so that whatever uses these fails loudly.
    use: () => expect.unreachable('nothing is opened'),
    defer: () => expect.unreachable('nothing is opened'),
    store: new Proxy({} as Store, { get: () => expect.unreachable('nothing is stored') }),
    ...more,
  })
  return { ...models, warnings }
}

/** aimock, listening on a port of its own; stops with the test. */
export async function startEndpoint() {
  const mock = new LLMock({ port: 0 })
  await mock.start()
  return { mock, config: { baseUrl: `${mock.url}/v1`, key: 'test-key' }, [Symbol.asyncDispose]: () => mock.stop() }
}

export const never: AbortSignal = new AbortController().signal

export const question = (text: string, more: Partial<ModelRequest> = {}): ModelRequest => ({
  model: 'gpt-4o',
  system: 'Be brief.',
  turns: [{ role: 'user', content: [{ type: 'text', text }] }],
  tools: [],
  session: 'agent:main:local:default:owner',
  local: true,
  ...more,
})

export async function collect(events: AsyncIterable<ModelEvent>): Promise<ModelEvent[]> {
  const all: ModelEvent[] = []
  for await (const event of events) all.push(event)
  return all
}

export const textOf = (events: readonly ModelEvent[], type: 'text' | 'thinking' = 'text') =>
  events.map((event) => (event.type === type ? event.delta : '')).join('')

/** The messages that the endpoint got last. */
export function sentMessages(mock: LLMock): Record<string, unknown>[] {
  const body = mock.getLastRequest()?.body
  return (body as unknown as { messages: Record<string, unknown>[] }).messages
}
