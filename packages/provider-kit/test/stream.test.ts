import type { LanguageModelV4StreamPart } from '@ai-sdk/provider'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { streamModel } from '../src/index.ts'
import { collect, finish, hanging, request, scripted } from './scripted.ts'

const never = new AbortController().signal
const ask = (model: Parameters<typeof streamModel>[0], signal = never) =>
  streamModel(model, request, signal, { name: 'acme' })

describe('what a model says', () => {
  it('becomes text and thinking, with usage that counts cached tokens, and done last', async () => {
    const events = await collect(
      ask(
        scripted([
          { type: 'stream-start', warnings: [] },
          { type: 'reasoning-start', id: 'r' },
          { type: 'reasoning-delta', id: 'r', delta: 'hm' },
          { type: 'reasoning-end', id: 'r', providerMetadata: { acme: { signature: 's1' } } },
          { type: 'text-start', id: 't' },
          { type: 'text-delta', id: 't', delta: 'Hel' },
          { type: 'text-delta', id: 't', delta: 'lo' },
          { type: 'text-end', id: 't' },
          finish(),
        ]),
      ),
    )
    expect(events).toEqual([
      { type: 'thinking', delta: 'hm' },
      { type: 'thinking', delta: '', keep: { model: 'm1', acme: { signature: 's1' } } },
      { type: 'text', delta: 'Hel' },
      { type: 'text', delta: 'lo' },
      { type: 'done', stop: 'end', usage: { input: 100, cached: 40, output: 7 } },
    ])
  })

  it('keeps what is said of a part until the part ends, whenever it was said', async () => {
    const meta = (values: Record<string, string | null>) => ({ acme: values })
    const events = await collect(
      ask(
        scripted([
          { type: 'reasoning-start', id: '1', providerMetadata: meta({ item: 'r1', encrypted: null }) },
          { type: 'reasoning-delta', id: '1', delta: 'hm', providerMetadata: meta({ item: 'r1' }) },
          { type: 'reasoning-end', id: '1', providerMetadata: meta({ encrypted: 'e' }) },
          { type: 'reasoning-start', id: '2', providerMetadata: meta({ redacted: 'x' }) },
          { type: 'reasoning-end', id: '2' },
          { type: 'reasoning-start', id: '3' },
          { type: 'reasoning-delta', id: '3', delta: 'so' },
          { type: 'reasoning-delta', id: '3', delta: '', providerMetadata: meta({ signature: 's' }) },
          { type: 'reasoning-end', id: '3' },
          finish(),
        ]),
      ),
    )
    expect(events.slice(0, -1)).toEqual([
      { type: 'thinking', delta: 'hm' },
      { type: 'thinking', delta: '', keep: { model: 'm1', acme: { item: 'r1', encrypted: 'e' } } },
      { type: 'thinking', delta: '', keep: { model: 'm1', acme: { redacted: 'x' } } },
      { type: 'thinking', delta: 'so' },
      { type: 'thinking', delta: '', keep: { model: 'm1', acme: { signature: 's' } } },
    ])
  })

  it('brings tool inputs complete, broken JSON as the raw text, and nothing as an empty object', async () => {
    const events = await collect(
      ask(
        scripted([
          { type: 'tool-input-start', id: 'a', toolName: 'bash' },
          { type: 'tool-input-delta', id: 'a', delta: '{"command":' },
          { type: 'tool-input-delta', id: 'a', delta: '"ls"}' },
          { type: 'tool-input-end', id: 'a' },
          {
            type: 'tool-call',
            toolCallId: 'a',
            toolName: 'bash',
            input: '{"command":"ls"}',
            providerMetadata: { google: { thoughtSignature: 'x' } },
          },
          { type: 'tool-call', toolCallId: 'b', toolName: 'bash', input: '{"command":"l' },
          { type: 'tool-call', toolCallId: 'c', toolName: 'list', input: '' },
          finish('tool-calls'),
        ]),
      ),
    )
    expect(events.slice(0, 3)).toEqual([
      {
        type: 'call',
        id: 'a',
        name: 'bash',
        input: { command: 'ls' },
        keep: { model: 'm1', google: { thoughtSignature: 'x' } },
      },
      { type: 'call', id: 'b', name: 'bash', input: '{"command":"l' },
      { type: 'call', id: 'c', name: 'list', input: {} },
    ])
    expect(events.at(-1)).toMatchObject({ type: 'done', stop: 'tool' })
  })

  it('stops for tools when it calls some, also where the endpoint says "stop"', async () => {
    const call: LanguageModelV4StreamPart = { type: 'tool-call', toolCallId: 'a', toolName: 'list', input: '{}' }
    expect((await collect(ask(scripted([call, finish('stop')])))).at(-1)).toMatchObject({ stop: 'tool' })
    expect((await collect(ask(scripted([call, finish('length')])))).at(-1)).toMatchObject({ stop: 'length' })
  })

  it('carries what it cost when the provider knows', async () => {
    const events = await collect(
      streamModel(scripted([finish()]), request, never, { name: 'acme', cost: ({ output }) => output / 100 }),
    )
    expect(events).toEqual([{ type: 'done', stop: 'end', usage: { input: 100, cached: 40, output: 7, costUsd: 0.07 } }])
  })

  it('is asked with the tools as plain JSON schema, and without any when there are none', async () => {
    const model = scripted([finish()])
    await collect(ask(model))
    const tools = [{ name: 'list', description: 'List.', input: { type: 'object' as const, properties: {} } }]
    await collect(
      streamModel(model, { ...request, tools, thinking: 'high', maxOutputTokens: 9 }, never, { name: 'acme' }),
    )
    expect(model.asked[0]).not.toHaveProperty('tools')
    expect(model.asked[1]).toMatchObject({
      reasoning: 'high',
      maxOutputTokens: 9,
      tools: [{ type: 'function', name: 'list', inputSchema: { type: 'object', properties: {} } }],
    })
  })
})

describe('what goes wrong', () => {
  it.each<[string, LanguageModelV4StreamPart[], object]>([
    ['a stream that ends without a finish', [{ type: 'text-delta', id: 't', delta: 'Hel' }], { code: 'unavailable' }],
    ['a stream of nothing that says no reason', [finish('other')], { code: 'unavailable' }],
    ['a stream that was interrupted', [finish('interrupted')], { code: 'unavailable' }],
    [
      'an error in the stream, and nothing after it',
      [{ type: 'error', error: { message: 'Overloaded', type: 'overloaded_error' } }, finish()],
      { code: 'unavailable', reason: 'overload' },
    ],
    ['refused content', [finish('content-filter')], { code: 'forbidden', reason: 'refused' }],
  ])('%s ends in one typed failure', async (_, parts, failure) => {
    const events = await collect(ask(scripted(parts)))
    expect(events.filter(({ type }) => type === 'failed' || type === 'done')).toEqual([
      { type: 'failed', failure: expect.objectContaining(failure) },
    ])
    expect(events.at(-1)?.type).toBe('failed')
  })

  it('a library that throws, or cannot be loaded, is a failure and not a throw', async () => {
    const throws = {
      doStream: () =>
        Promise.reject(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 127.0.0.1:1') })),
    }
    expect(await collect(ask(throws))).toMatchObject([
      { type: 'failed', failure: { code: 'unavailable', message: expect.stringContaining('acme/m1') } },
    ])
    expect(await collect(ask(Promise.reject(new Error('no such module'))))).toMatchObject([{ type: 'failed' }])
  })
})

describe('stopping', () => {
  it.each([
    ['before the question', [] as LanguageModelV4StreamPart[], 0],
    [
      'while the library ignores the signal',
      [{ type: 'text-delta', id: 't', delta: 'Hel' }] as LanguageModelV4StreamPart[],
      1,
    ],
  ])('L4: ends with aborted within a second, %s', async (_, parts, after) => {
    const stop = new AbortController()
    if (after === 0) stop.abort()
    const events = []
    let abortedAt = performance.now()
    for await (const event of ask(hanging(parts), stop.signal)) {
      events.push(event)
      if (events.length === after) {
        abortedAt = performance.now()
        stop.abort()
      }
    }
    expect(performance.now() - abortedAt).toBeLessThan(1000)
    expect(events.at(-1)).toMatchObject({ type: 'failed', failure: { code: 'aborted' } })
  })

  it('L4: ends when the library never even answers', async () => {
    const stop = new AbortController()
    const events = collect(ask({ doStream: () => new Promise<never>(() => {}) }, stop.signal))
    stop.abort()
    expect(await events).toMatchObject([{ type: 'failed', failure: { code: 'aborted' } }])
  })

  it('lets go of the connection when nobody reads any more', async () => {
    const model = scripted([
      { type: 'text-delta', id: 't', delta: 'a' },
      { type: 'text-delta', id: 't', delta: 'b' },
      finish(),
    ])
    for await (const _ of ask(model)) break
    expect(model.cancelled()).toBe(1)
    expect(model.asked[0]?.abortSignal?.aborted).toBe(true)
  })
})

const part = fc.oneof(
  fc.record({ type: fc.constant('text-delta' as const), id: fc.string(), delta: fc.string() }),
  fc.record({ type: fc.constant('reasoning-delta' as const), id: fc.string(), delta: fc.string() }),
  fc.record({
    type: fc.constant('tool-call' as const),
    toolCallId: fc.string(),
    toolName: fc.string(),
    input: fc.oneof(fc.string(), fc.json()),
  }),
  fc.record({ type: fc.constant('error' as const), error: fc.anything() }),
  fc.constantFrom(finish('stop'), finish('length'), finish('error'), finish('other'), finish('content-filter')),
)

it('whatever a model says, there is exactly one done or failed, it is last, and nothing is thrown', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(part as fc.Arbitrary<LanguageModelV4StreamPart>), async (parts) => {
      const events = await collect(ask(scripted(parts)))
      expect(events.filter(({ type }) => type === 'done' || type === 'failed')).toHaveLength(1)
      expect(events.at(-1)?.type).toMatch(/done|failed/)
    }),
  )
})
