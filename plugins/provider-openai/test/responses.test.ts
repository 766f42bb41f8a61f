import { collectEvents, startModelEndpoint } from '@openclaw/testing'
import { expect, it } from 'vitest'
import { connect, question } from './connect.ts'

const done = (usage: object) => [
  { type: 'response.created', response: { id: 'r1', created_at: 1, model: 'gpt-5' } },
  { type: 'response.output_item.added', output_index: 0, item: { type: 'message', id: 'm1' } },
  { type: 'response.output_text.delta', item_id: 'm1', output_index: 0, content_index: 0, delta: 'Hello.' },
  { type: 'response.output_item.done', output_index: 0, item: { type: 'message', id: 'm1' } },
  { type: 'response.completed', response: { usage } },
]

it('stores nothing with the vendor, asks for thinking back encrypted, and tells nothing of the session', async () => {
  await using endpoint = await startModelEndpoint(() => ({ body: done({ input_tokens: 1, output_tokens: 1 }) }))
  const models = await connect({ baseUrl: `${endpoint.url}/v1`, api: 'responses', key: 'k' })
  await collectEvents(models, question('hi', { model: 'gpt-5', thinking: 'low' }))
  expect(endpoint.asked[0]).toMatchObject({
    path: '/v1/responses',
    body: {
      model: 'gpt-5',
      store: false,
      include: ['reasoning.encrypted_content'],
      reasoning: { effort: 'low' },
      prompt_cache_key: expect.stringMatching(/^[0-9a-f]{32}$/),
    },
  })
})

it('S5: sends the key in the header that is wanted, and in no other', async () => {
  await using endpoint = await startModelEndpoint(() => ({ body: done({ input_tokens: 1, output_tokens: 1 }) }))
  const common = { baseUrl: `${endpoint.url}/v1`, api: 'responses' as const, key: 'k1', headers: { 'x-team': 'a' } }
  await collectEvents(await connect(common), question('hi'))
  await collectEvents(await connect({ ...common, keyHeader: 'api-key' }), question('hi'))
  const [one, two] = endpoint.asked.map(({ headers }) => headers)
  expect(one).toMatchObject({ authorization: 'Bearer k1', 'x-team': 'a' })
  expect(two).toMatchObject({ 'api-key': 'k1', 'x-team': 'a' })
  expect(two).not.toHaveProperty('authorization')
})

it('claims the cost of OpenAI’s own models at its own address, and elsewhere only what the configuration says', async () => {
  const usage = { input_tokens: 1_000_000, output_tokens: 100_000, input_tokens_details: { cached_tokens: 400_000 } }
  await using endpoint = await startModelEndpoint(() => ({ body: done(usage) }))
  const away: typeof fetch = (_, init) => fetch(`${endpoint.url}/v1/responses`, init)
  const cost = async (models: Awaited<ReturnType<typeof connect>>) => {
    const end = (await collectEvents(models, question('hi', { model: 'gpt-5' }))).at(-1)
    return end?.type === 'done' ? end.usage.costUsd : undefined
  }
  const other = { baseUrl: `${endpoint.url}/v1`, api: 'responses' as const }
  expect(await cost(await connect({ key: 'k' }, { fetch: away }))).toBeCloseTo(0.6 * 1.25 + 0.4 * 0.125 + 0.1 * 10, 9)
  expect(await cost(await connect(other))).toBeUndefined()
  expect(await cost(await connect({ ...other, prices: { 'gpt-5': { input: 1, output: 2 } } }))).toBeCloseTo(1.2, 9)
})

it('refused content is one typed failure', async () => {
  await using endpoint = await startModelEndpoint(() => ({
    body: [
      { type: 'response.created', response: { id: 'r1', created_at: 1, model: 'gpt-5' } },
      {
        type: 'response.incomplete',
        response: { incomplete_details: { reason: 'content_filter' }, usage: { input_tokens: 1, output_tokens: 0 } },
      },
    ],
  }))
  const models = await connect({ baseUrl: `${endpoint.url}/v1`, api: 'responses' })
  expect(await collectEvents(models, question('hi'))).toMatchObject([
    { type: 'failed', failure: { code: 'forbidden', reason: 'refused' } },
  ])
})
