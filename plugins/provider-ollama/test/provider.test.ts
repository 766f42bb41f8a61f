import type { ModelRequest } from '@openclaw/sdk'
import {
  collectEvents,
  connectProvider,
  sampleRequest,
  startModelEndpoint,
  textOf,
  type Answered,
} from '@openclaw/testing'
import { describe, expect, it } from 'vitest'
import provider from '../src/provider.ts'

const signal = AbortSignal.timeout(10_000)

// As https://github.com/ollama/ollama/blob/main/docs/api.md shows them.
const shown: Record<string, object> = {
  'qwen3:8b': {
    details: { family: 'qwen3' },
    model_info: { 'general.architecture': 'qwen3', 'qwen3.context_length': 40_960 },
    capabilities: ['completion', 'tools', 'thinking'],
  },
  'gpt-oss:20b': {
    details: { family: 'gptoss' },
    model_info: { 'general.architecture': 'gptoss', 'gptoss.context_length': 131_072 },
    capabilities: ['completion', 'tools', 'thinking'],
  },
  'llava:7b': {
    details: { family: 'llama' },
    parameters: 'stop                           "[INST]"\nnum_ctx                        8192',
    model_info: { 'general.architecture': 'llama', 'llama.context_length': 32_768 },
    capabilities: ['completion', 'vision'],
  },
  'tiny:1b': {
    model_info: { 'general.architecture': 'gemma', 'gemma.context_length': 4096 },
    capabilities: ['completion'],
  },
  'nomic-embed-text': { capabilities: ['embedding'] },
}
const lines = (...said: readonly object[]) => said.map((line) => `${JSON.stringify(line)}\n`).join('')
const hello = lines(
  { message: { role: 'assistant', content: '', thinking: 'Hm.' }, done: false },
  { message: { role: 'assistant', content: 'Hel' }, done: false },
  { message: { role: 'assistant', content: 'lo.' }, done: false },
  {
    message: { role: 'assistant', content: '' },
    done: true,
    done_reason: 'stop',
    prompt_eval_count: 20,
    eval_count: 3,
  },
)

/** An Ollama that answers chats so, and remembers what it was asked. */
async function startOllama(chat: Answered = { body: hello }) {
  const endpoint = await startModelEndpoint(({ path, body }) => {
    if (path === '/api/tags') return { body: { models: Object.keys(shown).map((name) => ({ name })) } }
    if (path === '/api/show') return { body: shown[(body as { model: string }).model] ?? {} }
    return chat
  })
  const chats = () => endpoint.asked.filter(({ path }) => path === '/api/chat').map(({ body }) => body as object)
  const connect = (config: object = {}) => connectProvider(provider, { baseUrl: endpoint.url, ...config })
  return { ...endpoint, chats, connect, [Symbol.asyncDispose]: () => endpoint[Symbol.asyncDispose]() }
}

it('the models are those that chat, with the window that their requests ask for', async () => {
  await using ollama = await startOllama()
  expect(await (await ollama.connect()).models(signal)).toEqual([
    { id: 'qwen3:8b', contextTokens: 16_384, images: false, thinking: true },
    { id: 'gpt-oss:20b', contextTokens: 16_384, images: false, thinking: true },
    { id: 'llava:7b', contextTokens: 8192, images: true, thinking: false },
    { id: 'tiny:1b', contextTokens: 4096, images: false, thinking: false },
  ])
})

describe('a request', () => {
  it('asks for the listed window each time, and to be told when it is too small', async () => {
    await using ollama = await startOllama()
    const models = await ollama.connect({ contextTokens: 32_768 })
    for (const model of ['qwen3:8b', 'qwen3:8b', 'llava:7b', 'tiny:1b', 'unknown'])
      await collectEvents(models, sampleRequest(model, { maxOutputTokens: 100 }))
    expect(ollama.chats()).toMatchObject(
      [32_768, 32_768, 8192, 4096, 32_768].map((window) => ({
        truncate: false,
        options: { num_ctx: window, num_predict: 100 },
      })),
    )
    expect(ollama.asked.filter(({ path }) => path === '/api/show')).toHaveLength(4)
  })

  it.each<[string, ModelRequest['thinking'], unknown]>([
    ['qwen3:8b', 'high', true],
    ['qwen3:8b', 'off', false],
    ['qwen3:8b', undefined, undefined],
    ['gpt-oss:20b', 'low', 'low'],
    ['tiny:1b', 'high', undefined],
  ])('to %s with thinking %s asks to think: %s', async (model, thinking, think) => {
    await using ollama = await startOllama()
    const more = thinking === undefined ? {} : { thinking }
    await collectEvents(await ollama.connect(), sampleRequest(model, more))
    expect((ollama.chats()[0] as { think?: unknown }).think).toBe(think)
  })

  it('holds calls, their results, thinking and images as Ollama wants them', async () => {
    await using ollama = await startOllama()
    const turns: ModelRequest['turns'] = [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'look' },
          { type: 'file', mime: 'image/png', bytes: Uint8Array.from([1, 2, 3]) },
          { type: 'file', mime: 'application/pdf', name: 'a.pdf', bytes: Uint8Array.from([1]) },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'thinking', text: 'hm' },
          { type: 'call', id: 'a', name: 'look', input: { place: 'here' } },
        ],
      },
      { role: 'tool', call: 'a', name: 'look', content: [{ type: 'text', text: 'a stone' }], failed: false },
    ]
    await collectEvents(await ollama.connect({ key: 'k' }), sampleRequest('llava:7b', { turns }))
    expect((ollama.chats()[0] as { messages: unknown }).messages).toEqual([
      { role: 'system', content: 'You are a test.' },
      {
        role: 'user',
        content: 'look\n[file a.pdf, application/pdf, 1 bytes: this model cannot read it]',
        images: ['AQID'],
      },
      {
        role: 'assistant',
        content: '',
        thinking: 'hm',
        tool_calls: [{ function: { name: 'look', arguments: { place: 'here' } } }],
      },
      { role: 'tool', content: 'a stone', tool_name: 'look' },
    ])
    expect(ollama.asked[0]!.headers.authorization).toBe('Bearer k')
  })
})

describe('an answer', () => {
  it('is thinking, text and what was counted', async () => {
    await using ollama = await startOllama()
    const events = await collectEvents(await ollama.connect(), sampleRequest('qwen3:8b'))
    expect([textOf(events, 'thinking'), textOf(events)]).toEqual(['Hm.', 'Hello.'])
    expect(events.at(-1)).toEqual({ type: 'done', stop: 'end', usage: { input: 20, cached: 0, output: 3 } })
  })

  it('may call several tools, which have ids of their own', async () => {
    const call = (place: string) => ({ function: { name: 'look', arguments: { place } } })
    const body = lines(
      { message: { content: '', tool_calls: [call('here')] }, done: false },
      { message: { content: '', tool_calls: [call('there')] }, done: false },
      { message: { content: '' }, done: true, done_reason: 'stop' },
    )
    await using ollama = await startOllama({ body })
    const events = await collectEvents(await ollama.connect(), sampleRequest('qwen3:8b'))
    expect(events).toMatchObject([
      { type: 'call', id: 'call_1', name: 'look', input: { place: 'here' } },
      { type: 'call', id: 'call_2', name: 'look', input: { place: 'there' } },
      { type: 'done', stop: 'tool' },
    ])
  })

  it.each<[string, Answered, object]>([
    ['no such model', { status: 404, body: { error: "model 'x' not found" } }, { code: 'not_found' }],
    [
      'too long a conversation',
      { status: 400, body: { error: 'the input length exceeds the context length' } },
      { code: 'invalid_params', reason: 'overflow' },
    ],
    [
      'a model that broke down in the middle',
      { body: lines({ message: { content: 'Hel' }, done: false }, { error: 'llama runner process has terminated' }) },
      { code: 'unavailable' },
    ],
    [
      'an end without a last line',
      { body: lines({ message: { content: 'Hel' }, done: false }) },
      { code: 'unavailable' },
    ],
  ])('%s is one typed failure', async (_, chat, expected) => {
    await using ollama = await startOllama(chat)
    const events = await collectEvents(await ollama.connect(), sampleRequest('qwen3:8b'))
    expect(events.at(-1)).toEqual({ type: 'failed', failure: expect.objectContaining(expected) })
  })
})

it('is offered when it runs here, and nobody else is', async () => {
  await using ollama = await startOllama()
  expect(await (await ollama.connect()).discover?.(signal)).toEqual([
    {
      label: 'Ollama on this machine',
      config: { baseUrl: ollama.url },
      models: ['qwen3:8b', 'gpt-oss:20b', 'llava:7b', 'tiny:1b'],
    },
  ])
  const nobody = await connectProvider(provider, { baseUrl: 'http://127.0.0.1:9' })
  expect(await nobody.discover?.(signal)).toEqual([])
})
