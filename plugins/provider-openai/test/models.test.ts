import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { discover } from '../src/discover.ts'
import { connect, never } from './connect.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

/** An endpoint that answers `GET /v1/models` like this; `seen` are the headers it got. */
async function serveModels(status: number, body: unknown) {
  const seen: Record<string, unknown>[] = []
  const server = createServer((request, response) => {
    seen.push(request.headers)
    response
      .writeHead(status, { 'content-type': 'application/json', 'retry-after': '4' })
      .end(typeof body === 'string' ? body : JSON.stringify(body))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  closers.push(() => new Promise((done) => (server.closeAllConnections(), server.close(done))))
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, seen }
}

describe('the models of an endpoint', () => {
  it.each([
    [
      'OpenAI',
      { object: 'list', data: [{ id: 'gpt-4o' }, { id: 'text-embedding-3-small' }, { id: 'whisper-1' }] },
      [{ id: 'gpt-4o' }],
    ],
    [
      'OpenRouter',
      {
        data: [
          {
            id: 'a/b',
            context_length: 128000,
            top_provider: { max_completion_tokens: 4096 },
            architecture: { input_modalities: ['text', 'image'] },
            supported_parameters: ['tools', 'reasoning'],
          },
        ],
      },
      [{ id: 'a/b', contextTokens: 128000, outputTokens: 4096, images: true, thinking: true }],
    ],
    ['vLLM', { data: [{ id: 'qwen', max_model_len: 32768 }] }, [{ id: 'qwen', contextTokens: 32768 }]],
    [
      'llama.cpp',
      { data: [{ id: 'model.gguf', meta: { n_ctx_train: 8192 } }] },
      [{ id: 'model.gguf', contextTokens: 8192 }],
    ],
    ['a bare list', [{ name: 'one' }, {}, 7], [{ id: 'one' }]],
  ])('are read as %s lists them', async (_, body, expected) => {
    const { baseUrl } = await serveModels(200, body)
    expect(await (await connect({ baseUrl })).models(never)).toEqual(expected)
  })

  it('are those of the configuration, where it names some, and nobody is asked', async () => {
    const models = await connect({ baseUrl: 'http://127.0.0.1:9/v1', models: [{ id: 'mine', contextTokens: 9 }] })
    expect(await models.models(never)).toEqual([{ id: 'mine', contextTokens: 9 }])
  })

  it.each([
    [401, { error: { message: 'bad key' } }, { code: 'unauthorized' }],
    [429, { error: { message: 'slow' } }, { code: 'rate_limited', retryAfterMs: 4000 }],
    [500, 'not json', { code: 'unavailable' }],
    [200, { hello: 'world' }, { code: 'unavailable', message: expect.stringContaining('check baseUrl') }],
    [200, '<html>', { code: 'unavailable' }],
  ])('are a typed failure after %s %j', async (status, body, expected) => {
    const { baseUrl } = await serveModels(status, body)
    await expect((await connect({ baseUrl })).models(never)).rejects.toMatchObject(expected)
  })

  it('are asked for with the key in the header that the endpoint wants', async () => {
    const { baseUrl, seen } = await serveModels(200, { data: [] })
    await (await connect({ baseUrl, key: 'k1' })).models(never)
    await (
      await connect({ baseUrl: `${baseUrl}/`, key: 'k2', keyHeader: 'api-key', headers: { 'x-team': 'a' } })
    ).models(never)
    expect(seen).toMatchObject([{ authorization: 'Bearer k1' }, { 'api-key': 'k2', 'x-team': 'a' }])
    expect(seen[1]).not.toHaveProperty('authorization')
  })
})

describe('what could be used here', () => {
  it('is a server that answers, with the configuration that would use it; silent and strange ones are passed over', async () => {
    const { baseUrl, seen } = await serveModels(200, { data: [{ id: 'llama3' }] })
    const strange = await serveModels(200, 'hello')
    const servers = [
      { label: 'Ollama', baseUrl },
      { label: 'Strange', baseUrl: strange.baseUrl },
      { label: 'Nothing', baseUrl: 'http://127.0.0.1:9/v1' },
    ]
    expect(await discover({ fetch, env: [], servers }, never)).toEqual([
      { label: 'Ollama on this machine', config: { baseUrl }, models: ['llama3'] },
    ])
    expect(seen[0]).not.toHaveProperty('authorization')
  })

  it('is a key variable by its name alone: nothing is read or sent', async () => {
    const refuse: typeof fetch = () => Promise.reject(new Error('nobody may be asked'))
    const offers = await discover(
      { fetch: refuse, env: ['PATH', 'GROQ_API_KEY', 'OPENAI_API_KEY'], servers: [] },
      never,
    )
    expect(offers).toEqual([
      {
        label: 'OpenAI with the key in OPENAI_API_KEY',
        config: { baseUrl: 'https://api.openai.com/v1', key: 'env:OPENAI_API_KEY' },
        env: 'OPENAI_API_KEY',
        models: [],
      },
      {
        label: 'Groq with the key in GROQ_API_KEY',
        config: { baseUrl: 'https://api.groq.com/openai/v1', key: 'env:GROQ_API_KEY' },
        env: 'GROQ_API_KEY',
        models: [],
      },
    ])
  })

  it('takes less than a second, also when a server never answers', async () => {
    const server = createServer(() => {})
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    closers.push(() => new Promise((done) => (server.closeAllConnections(), server.close(done))))
    const started = performance.now()
    const servers = [{ label: 'Mute', baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` }]
    expect(await discover({ fetch, env: [], servers }, never)).toEqual([])
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
