import { LLMock } from '@copilotkit/aimock'
import { collectEvents, eventProblems, sampleRequest, textOf, type Shape } from '@openclaw/testing'
import { describe, expect, it } from 'vitest'
import { vendors, type Vendor } from './shapes.ts'

const openaiChunk = (delta: object) => ({ id: 'c', choices: [{ index: 0, delta, finish_reason: null }] })

/** How an answer of each shape begins: with the text "Hel". */
const beginnings: Readonly<Record<Shape, readonly object[]>> = {
  anthropic: [
    {
      type: 'message_start',
      message: {
        id: 'm',
        type: 'message',
        role: 'assistant',
        content: [],
        model: 'm',
        usage: { input_tokens: 1, output_tokens: 1 },
      },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hel' } },
  ],
  chat: [openaiChunk({ role: 'assistant', content: 'Hel' })],
  responses: [
    { type: 'response.created', response: { id: 'r', created_at: 1, model: 'm' } },
    { type: 'response.output_item.added', output_index: 0, item: { type: 'message', id: 'm1' } },
    { type: 'response.output_text.delta', item_id: 'm1', output_index: 0, content_index: 0, delta: 'Hel' },
  ],
  gemini: [{ candidates: [{ content: { role: 'model', parts: [{ text: 'Hel' }] }, index: 0 }] }],
}

/** Connects to an endpoint that says these pieces of a stream; then it breaks off, or ends as if that were all. */
async function saying({ shape, connect }: Vendor, end: string) {
  const pieces = [
    ...beginnings[shape].map((event) => `data: ${JSON.stringify(event)}\n\n`),
    ...(end === 'reset' ? [] : [end]),
  ]
  return connect(async () => {
    const stream = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const piece = pieces.shift()
        if (piece !== undefined) controller.enqueue(new TextEncoder().encode(piece))
        else if (end === 'reset') controller.error(new TypeError('terminated', { cause: { code: 'ECONNRESET' } }))
        else controller.close()
      },
    })
    return new Response(stream, { headers: { 'content-type': 'text/event-stream' } })
  })
}

describe.each(vendors)('$shape, in the middle of an answer', (vendor) => {
  const request = sampleRequest(vendor.models[0].slice(vendor.models[0].indexOf('/') + 1))

  it.each([
    ['a chunk that is no JSON', 'data: {"oops\n\n'],
    ['a chunk that is JSON of nothing known', 'data: 42\n\n'],
    ['a chunk that is cut', 'data: {"id":"c","choi'],
    ['an end without a word', ''],
    ['a connection that is reset', 'reset'],
  ])('%s: what was said stays said, and one typed failure ends it', async (_, end) => {
    const events = await collectEvents(await saying(vendor, end), request)
    expect(textOf(events)).toBe('Hel')
    expect(eventProblems(events)).toEqual([])
    expect(events.at(-1)).toMatchObject({ type: 'failed', failure: { code: 'unavailable' } })
  })
})

describe('a vendor that fails at random', () => {
  it.each(vendors)(
    '$shape: every question has one end, and every failure is one that the runtime knows',
    async (vendor) => {
      const mock = new LLMock({
        port: 0,
        chaos: { dropRate: 0.2, malformedRate: 0.2, rateLimitRate: 0.2, disconnectRate: 0.2 },
      })
      mock.on({}, { content: 'Hello from the other side, in more than one piece.' }, { chunkSize: 4 })
      await mock.start()
      try {
        const models = await vendor.connect((input, init) => {
          const { pathname, search } = new URL(input instanceof Request ? input.url : input)
          return fetch(new URL(pathname + search, mock.url), init)
        })
        const request = sampleRequest(vendor.models[0].slice(vendor.models[0].indexOf('/') + 1))
        const ends = new Set<string>()
        for (let n = 0; n < 60; n++) {
          const events = await collectEvents(models, request)
          expect(eventProblems(events)).toEqual([])
          const end = events.at(-1)
          if (end?.type === 'failed' && end.failure.code === 'rate_limited')
            expect(end.failure.retryAfterMs).toEqual(expect.any(Number))
          ends.add(end?.type === 'failed' ? end.failure.code : 'done')
        }
        // 60 questions miss one of these once in 100,000 times.
        expect([...ends].toSorted()).toEqual(['done', 'rate_limited', 'unavailable'])
      } finally {
        await mock.stop()
      }
    },
  )
})
