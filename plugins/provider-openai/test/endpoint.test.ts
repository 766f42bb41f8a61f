import { describe, expect, it } from 'vitest'
import { endpointOf } from '../src/endpoint.ts'
import { collectEvents } from '@openclaw/testing'
import { connect, never, question } from './connect.ts'

describe('an address', () => {
  it.each(['ftp://example.org', 'not an address', 'https://me:secret@example.org/v1'])(
    '%s is refused with what to write',
    (baseUrl) => {
      expect(() => endpointOf({ baseUrl })).toThrow(expect.objectContaining({ code: 'invalid_config' }))
    },
  )

  it.each([
    ['https://api.example.org/v1', true],
    ['http://127.0.0.1:11434/v1', true],
    ['http://[::1]:8080/v1', true],
    ['http://192.168.1.5/v1', true],
    ['http://nas.local/v1', true],
    ['http://api.example.org/v1', false],
    ['http://172.32.0.1/v1', false],
  ])('S5: %s is safe for a key: %s', async (baseUrl, safe) => {
    const { logged } = await connect({ baseUrl, key: 'k' })
    expect(logged).toHaveLength(safe ? 0 : 1)
    expect(logged.join()).not.toContain('"k"')
  })
})

it('writes to OpenAI as OpenAI wants it, with a cache key that tells nothing of the session', async () => {
  const bodies: Record<string, unknown>[] = []
  const record: typeof fetch = async (_, init) => {
    bodies.push(JSON.parse(init?.body as string))
    return Response.json({ error: { message: 'enough' } }, { status: 400 })
  }
  const ask = async (config: { baseUrl?: string; api?: 'chat' }) =>
    await collectEvents(
      await connect({ ...config, key: 'k' }, { fetch: record }),
      question('hi', { maxOutputTokens: 5 }),
    )
  await ask({ api: 'chat' })
  await ask({ baseUrl: 'https://api.example.org/v1' })
  expect(bodies[0]).toMatchObject({
    max_completion_tokens: 5,
    prompt_cache_key: expect.stringMatching(/^[0-9a-f]{32}$/),
  })
  expect(bodies[0]).not.toHaveProperty('max_tokens')
  expect(bodies[1]).toMatchObject({ max_tokens: 5 })
  expect(bodies[1]).not.toHaveProperty('prompt_cache_key')
})

it('asks nobody while there is neither a key nor another address', async () => {
  const refuse: typeof fetch = () => Promise.reject(new Error('nobody may be asked'))
  const models = await connect({ baseUrl: 'https://api.openai.com/v1' }, { fetch: refuse })
  expect(await models.models(never)).toEqual([])
  const [event] = await collectEvents(models, question('hi'))
  expect(event).toMatchObject({
    type: 'failed',
    failure: { code: 'unauthorized', message: expect.stringContaining('models auth openai') },
  })
})
