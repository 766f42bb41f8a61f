import type { ModelRequest, ModelTurn } from '@openclaw/sdk'
import { collectEvents, connectProvider, partsOf, sampleRequest, startModelEndpoint } from '@openclaw/testing'
import { describe, expect, it } from 'vitest'
import provider from '../src/provider.ts'
import { answer } from './answers.ts'

const usage = {
  input_tokens: 50_000,
  cache_read_input_tokens: 40_000,
  cache_creation_input_tokens: 10_000,
  output_tokens: 2,
}
const model = 'claude-sonnet-4-5'
const user = (text: string): ModelTurn => ({ role: 'user', content: [{ type: 'text', text }] })
const tool = (name: string) => ({ name, description: 'A tool.', input: { type: 'object' as const, properties: {} } })
const step = (id: string): ModelTurn[] => [
  { role: 'assistant', content: [{ type: 'call', id, name: 'look', input: {} }] },
  { role: 'tool', call: id, name: 'look', content: [{ type: 'text', text: `result of ${id}` }], failed: false },
]

interface Block {
  readonly type: string
  readonly cache_control?: object
}
interface Body {
  readonly system: Block[]
  readonly tools: Block[]
  readonly messages: { readonly role: string; readonly content: Block[] }[]
  readonly thinking?: { readonly type: string }
}

/** What is sent for a request. */
async function bodyOf(more: Partial<ModelRequest>, blocks?: readonly object[]): Promise<Body> {
  await using endpoint = await startModelEndpoint(() => ({ body: answer(usage, blocks) }))
  const models = await connectProvider(provider, { baseUrl: `${endpoint.url}/v1`, key: 'k' })
  await collectEvents(models, sampleRequest(model, more))
  return endpoint.asked[0]!.body as Body
}

describe('prompt caching', () => {
  it('marks tools, system and the ends of the last two messages that are not its own', async () => {
    const turns = [user('look'), ...step('a'), ...step('b')]
    const { system, tools, messages } = await bodyOf({ turns, tools: [tool('look'), tool('list')] })
    expect(system.map((block) => block.cache_control)).toEqual([{ type: 'ephemeral' }])
    expect(tools.map((block) => block.cache_control)).toEqual([undefined, { type: 'ephemeral' }])
    expect(messages.map(({ content }) => content.some((block) => block.cache_control))).toEqual([
      false,
      false,
      true,
      false,
      true,
    ])
  })

  it('P8: a longer conversation begins with what was marked before, byte for byte', async () => {
    const plain = ({ messages, ...body }: Body) => ({
      head: JSON.stringify([body.system, body.tools]),
      messages: messages.map((message) =>
        JSON.stringify(message, (key, value) => (key === 'cache_control' ? undefined : value)),
      ),
    })
    const turns = [user('look'), ...step('a')]
    const shorter = plain(await bodyOf({ turns, tools: [tool('look')] }))
    const longer = plain(await bodyOf({ turns: [...turns, ...step('b'), user('and?')], tools: [tool('look')] }))
    expect(longer.head).toBe(shorter.head)
    expect(longer.messages.slice(0, shorter.messages.length)).toEqual(shorter.messages)
  })
})

it('counts what was read from the cache and into it, and says what it cost', async () => {
  await using endpoint = await startModelEndpoint(() => ({ body: answer(usage) }))
  const config = { baseUrl: `${endpoint.url}/v1`, key: 'k' }
  const end = async (more: object) => {
    const models = await connectProvider(provider, { ...config, ...more })
    return (await collectEvents(models, sampleRequest(model))).at(-1)
  }
  const cost = (50_000 * 3 + 40_000 * 0.3 + 10_000 * 3.75 + 2 * 15) / 1_000_000
  expect(await end({})).toMatchObject({ usage: { input: 100_000, cached: 40_000, output: 2, costUsd: cost } })
  const prices = { [model]: { input: 1, cacheRead: 0, cacheWrite: 2, output: 0 } }
  expect(await end({ prices })).toMatchObject({ usage: { costUsd: 0.07 } })
})

describe('thinking', () => {
  it('that was redacted comes back as it came', async () => {
    const blocks = [
      { type: 'redacted_thinking', data: 'hidden-from-everybody' },
      { type: 'text', text: '' },
    ]
    await using endpoint = await startModelEndpoint(() => ({ body: answer(usage, blocks) }))
    const models = await connectProvider(provider, { baseUrl: `${endpoint.url}/v1`, key: 'k' })
    const content = partsOf(await collectEvents(models, sampleRequest(model)))
    const turns: ModelTurn[] = [user('hi'), { role: 'assistant', content }, user('and?')]
    await collectEvents(models, sampleRequest(model, { turns }))
    expect((endpoint.asked[1]!.body as Body).messages[1]!.content[0]).toMatchObject(blocks[0]!)
  })

  it('is off while a step goes on that another model began, and on again after it', async () => {
    const begun = [user('look'), ...step('a')]
    expect((await bodyOf({ turns: begun, tools: [tool('look')], thinking: 'high' })).thinking?.type).toBe('disabled')
    const own: ModelTurn = {
      role: 'assistant',
      content: [
        { type: 'thinking', text: 'hm', keep: { anthropic: { signature: 's' } } },
        { type: 'call', id: 'a', name: 'look', input: {} },
      ],
    }
    expect(
      (await bodyOf({ turns: [user('look'), own, begun[2]!], tools: [tool('look')], thinking: 'high' })).thinking?.type,
    ).toBe('enabled')
    const answered: ModelTurn[] = [
      ...begun,
      { role: 'assistant', content: [{ type: 'text', text: 'ok' }] },
      user('and?'),
    ]
    expect((await bodyOf({ turns: answered, tools: [tool('look')], thinking: 'high' })).thinking?.type).toBe('enabled')
  })
})

it('shows images and documents, also those of a tool’s result', async () => {
  const bytes = Uint8Array.from([1, 2, 3])
  const files = [
    { type: 'file' as const, mime: 'image/png', bytes },
    { type: 'file' as const, mime: 'application/pdf', name: 'a.pdf', bytes },
  ]
  const [call] = step('a')
  const result: ModelTurn = { role: 'tool', call: 'a', name: 'look', content: files, failed: false }
  const turns: ModelTurn[] = [{ role: 'user', content: [{ type: 'text', text: 'look' }, ...files] }, call!, result]
  const { messages } = await bodyOf({ turns, tools: [tool('look')] })
  const shown = messages[0]!.content.map(({ type }) => type)
  expect(shown).toEqual(['text', 'image', 'document'])
  const [held] = messages[2]!.content as (Block & { content: Block[] })[]
  expect(held!.content.map(({ type }) => type)).toEqual(['image', 'document'])
})

it.each([
  [400, 'invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum', { reason: 'overflow' }],
  [529, 'overloaded_error', 'Overloaded', { code: 'unavailable', reason: 'overload' }],
  [429, 'rate_limit_error', 'slow down', { code: 'rate_limited', retryAfterMs: 7000 }],
  [401, 'authentication_error', 'invalid x-api-key', { code: 'unauthorized' }],
  [400, 'invalid_request_error', 'Your credit balance is too low to access the Anthropic API.', { code: 'forbidden' }],
])('%s %s is one typed failure', async (status, type, message, expected) => {
  await using endpoint = await startModelEndpoint(() => ({
    status,
    headers: { 'retry-after': '7' },
    body: { type: 'error', error: { type, message } },
  }))
  const models = await connectProvider(provider, { baseUrl: `${endpoint.url}/v1`, key: 'k' })
  expect(await collectEvents(models, sampleRequest(model))).toEqual([
    { type: 'failed', failure: expect.objectContaining(expected) },
  ])
})

it('a refusal is one typed failure', async () => {
  const [start, ...rest] = answer(usage)
  const refusal = {
    type: 'message_delta',
    delta: { stop_reason: 'refusal', stop_sequence: null },
    usage: { output_tokens: 1 },
  }
  await using endpoint = await startModelEndpoint(() => ({ body: [start, refusal, rest.at(-1)] }))
  const models = await connectProvider(provider, { baseUrl: `${endpoint.url}/v1`, key: 'k' })
  expect(await collectEvents(models, sampleRequest(model))).toMatchObject([
    { type: 'failed', failure: { code: 'forbidden', reason: 'refused' } },
  ])
})
