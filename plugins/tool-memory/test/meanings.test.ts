import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { memoryStore } from '@openclaw/testing'
import { expect, it, onTestFinished } from 'vitest'
import { open } from './open.ts'

/** Words of one sense; a text's vector counts them by sense, as a model of meanings would have it. */
const senses = [
  ['cat', 'kitten', 'pet'],
  ['car', 'vehicle', 'drive'],
  ['tea', 'drink', 'beverage'],
]

/** A service for embeddings, as https://platform.openai.com/docs/api-reference/embeddings describes it. */
async function service(answer: { status?: number; shuffled?: boolean } = {}) {
  const asked: { input: string[]; model: string; headers: IncomingHttpHeaders }[] = []
  const answerTo = async (request: IncomingMessage, response: ServerResponse) => {
    const { input, model } = (await json(request)) as { input: string[]; model: string }
    asked.push({ input, model, headers: request.headers })
    if (request.url !== '/v1/embeddings' || request.method !== 'POST') return void response.writeHead(404).end()
    if (answer.status) return void response.writeHead(answer.status).end('no')
    const data = input.map((text, index) => ({
      object: 'embedding',
      index,
      embedding: senses.map((words) => words.filter((word) => text.toLowerCase().includes(word)).length),
    }))
    if (answer.shuffled) data.reverse()
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ object: 'list', data, model }))
  }
  const server = createServer((request, response) => void answerTo(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  return { asked, config: { embeddings: { url, model: 'meaning-1', key: 'key-of-the-service' } } }
}

const note = '- The kitten is called Muri\n- The vehicle needs new tyres\n- A beverage at four\n'

it('finds what is meant though no word is the same, asks for each passage once, and shows the key to nobody else', async () => {
  const { asked, config } = await service({ shuffled: true })
  const store = memoryStore()
  await using memory = await open(config, { store })
  await memory.note('MEMORY.md', note)
  expect(await memory.call('memory_search', { query: 'my cat', limit: 1 })).toContain('Muri')
  expect(asked.map(({ input }) => input.length)).toEqual([3, 1])
  expect(asked[0]).toMatchObject({ model: 'meaning-1', headers: { authorization: 'Bearer key-of-the-service' } })
  expect(await memory.call('memory_search', { query: 'which car do I drive', limit: 1 })).toContain('tyres')
  expect(asked.map(({ input }) => input.length)).toEqual([3, 1, 1])
  // What is forgotten leaves the store too.
  await memory.call('memory_forget', { note: 'MEMORY.md', text: 'Muri' })
  await memory.call('memory_search', { query: 'cat' })
  const [name] = await store.list('meanings-')
  expect((JSON.parse(new TextDecoder().decode(await store.get(name!))) as unknown[]).length).toBe(2)
})

it('S14: keeps what one workspace means apart from others, and no text of it', async () => {
  const { config } = await service()
  const store = memoryStore()
  for (const who of ['one', 'two']) {
    await using memory = await open(config, { store })
    await memory.note('MEMORY.md', `- tea for ${who}-canary\n`)
    await memory.call('memory_search', { query: 'drink' })
  }
  const names = await store.list('meanings-')
  expect(names).toHaveLength(2)
  for (const name of names) expect(new TextDecoder().decode(await store.get(name))).not.toContain('canary')
})

for (const status of [401, 500])
  it(`searches by words when the service answers ${status}`, async () => {
    const { config } = await service({ status })
    await using memory = await open(config)
    await memory.note('MEMORY.md', note)
    expect(await memory.call('memory_search', { query: 'kitten' })).toContain('Muri')
    expect(await memory.call('memory_search', { query: 'my cat' })).toBe('There is no note about that.')
  })
