import type { Model, ModelRequest, Models, Provider } from '@openclaw/sdk'
import Type from 'typebox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEntryProcess, type EntryProcess } from './isolation/entry.ts'
import { collectEvents as collect, eventProblems, partsOf, sampleRequest, textOf } from './model/events.ts'
import { shapeProblems, type Shape } from './model/shapes.ts'
import type { Situation } from './model/situations.ts'
import { memoryStore, testScope } from './scope.ts'

/** A provider entry with a counterpart that speaks its wire protocol. */
export interface ProviderFixture {
  readonly name: string
  /** The default export of the entry's module. */
  readonly provider: Provider
  /** The entry's module: with it, everything is held a second time against the entry in a process of its own. */
  readonly module?: URL
  /** Starts the counterpart in a situation; undefined when there is no such thing, and its tests are left out. */
  make(situation: Situation): Promise<ModelCounterpart | undefined> | ModelCounterpart | undefined
  /** The shape of its requests: each one that is sent is held against the vendor's rules. */
  readonly shape?: Shape
  /** Situations that `make` does not know; they are left out by name, so that none is forgotten. */
  readonly without?: readonly Situation[]
  /** Only these situations: for a provider with nobody behind it that could fail. */
  readonly only?: readonly Situation[]
}

export interface ModelCounterpart {
  /** Configuration that reaches it. */
  readonly config: unknown
  /** A model without the provider's prefix. */
  readonly model: string
  stop?(): PromiseLike<void>
}

const look = { name: 'look', description: 'Looks at a place.', input: Type.Object({ place: Type.String() }) }

/** What every provider entry must hold to. Call it in the plugin's `test/conformance.test.ts`. */
export function providerConformance(fixture: ProviderFixture): void {
  describe(`provider conformance: ${fixture.name}`, () => holdProvider(fixture, () => fixture.provider))
  const { module } = fixture
  if (!module) return
  describe(`provider conformance: ${fixture.name}, in a process of its own`, () => {
    let apart: EntryProcess | undefined
    beforeAll(async () => (apart = await openEntryProcess('provider', module)))
    afterAll(() => apart?.[Symbol.asyncDispose]())
    holdProvider(fixture, () => apart!.provider)
  })
}

function holdProvider(fixture: ProviderFixture, entry: () => Provider): void {
  type Check = (models: Models, model: string, sent: readonly string[]) => Promise<void>
  async function inSituation(situation: Situation, check: Check): Promise<void> {
    const counterpart = await fixture.make(situation)
    if (!counterpart)
      throw new Error(`the fixture knows no situation "${situation}"; make it, or name it in \`without\``)
    const { scope, close } = testScope()
    const sent: string[] = []
    try {
      const models = await entry().connect({
        ...scope,
        config: counterpart.config as never,
        store: memoryStore(),
        fetch: (input, init) => {
          if (typeof init?.body === 'string') sent.push(init.body)
          return globalThis.fetch(input, init)
        },
        env: [],
      })
      await check(models, counterpart.model, sent)
      if (fixture.shape)
        for (const body of sent) expect(shapeProblems[fixture.shape](JSON.parse(body)), body).toEqual([])
    } finally {
      await close()
      await counterpart.stop?.()
    }
  }
  const test = (situation: Situation, name: string, check: Check) => {
    const known = fixture.only?.includes(situation) ?? !fixture.without?.includes(situation)
    if (known) it(name, () => inSituation(situation, check))
  }

  it('has an id that can stand before a slash', () => {
    expect(fixture.provider.id).toMatch(/^[a-z][a-z0-9-]{0,39}$/)
  })

  test('answers', 'lists models without its prefix', async (models) => {
    const list = await models.models(AbortSignal.timeout(5000))
    for (const { id } of list as readonly Model[]) expect(id.startsWith(`${fixture.provider.id}/`)).toBe(false)
    expect(new Set(list.map(({ id }) => id)).size).toBe(list.length)
  })

  test('answers', 'answers with text, one end, and usage', async (models, model) => {
    const events = await collect(models, sampleRequest(model))
    expect(eventProblems(events)).toEqual([])
    expect(textOf(events).trim()).not.toBe('')
    expect(events.at(-1)).toMatchObject({ type: 'done', stop: 'end' })
  })

  test('answers', 'does not change the request', async (models, model) => {
    const request = freeze(sampleRequest(model, { tools: [look], thinking: 'low' }))
    expect(eventProblems(await collect(models, request))).toEqual([])
  })

  test('answers', 'takes a conversation with calls, results and foreign thinking left out', async (models, model) => {
    const turns: ModelRequest['turns'] = [
      { role: 'user', content: [{ type: 'text', text: 'What is there?' }] },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'I look.' },
          { type: 'call', id: 'call_1', name: 'look', input: { place: 'here' } },
          { type: 'call', id: 'call_2', name: 'look', input: { place: 'there' } },
        ],
      },
      { role: 'tool', call: 'call_1', name: 'look', content: [{ type: 'text', text: 'a stone' }], failed: false },
      {
        role: 'tool',
        call: 'call_2',
        name: 'look',
        content: [{ type: 'text', text: 'no such place' }],
        failed: true,
      },
      { role: 'user', content: [{ type: 'text', text: 'Go on.' }] },
    ]
    const events = await collect(models, sampleRequest(model, { turns, tools: [look] }))
    expect(eventProblems(events)).toEqual([])
    expect(events.at(-1)).toMatchObject({ type: 'done' })
  })

  test('answers', 'keeps two streams apart', async (models, model) => {
    const [one, two] = await Promise.all([collect(models, sampleRequest(model)), collect(models, sampleRequest(model))])
    expect(eventProblems(one)).toEqual([])
    expect(eventProblems(two)).toEqual([])
  })

  test('calls', 'gives tool inputs complete', async (models, model) => {
    const events = await collect(models, sampleRequest(model, { tools: [look] }))
    expect(eventProblems(events)).toEqual([])
    const call = events.find(({ type }) => type === 'call')
    expect(call).toMatchObject({ name: 'look', input: { place: expect.any(String) } })
    expect(events.at(-1)).toMatchObject({ type: 'done', stop: 'tool' })
  })

  test('signs', 'gives back what came with its thinking, across a tool call', async (models, model, sent) => {
    const request = sampleRequest(model, { tools: [look], thinking: 'high' })
    const events = await collect(models, request)
    expect(eventProblems(events)).toEqual([])
    const content = partsOf(events)
    const call = content.find((part) => part.type === 'call')!
    const kept = content.flatMap(({ keep }) => keptTexts(keep))
    expect(kept, 'what is kept').not.toEqual([])
    const result = { role: 'tool' as const, call: call.id, name: 'look', failed: false }
    const turns: ModelRequest['turns'] = [
      ...request.turns,
      { role: 'assistant', content },
      { ...result, content: [{ type: 'text', text: 'a stone' }] },
    ]
    await collect(models, { ...request, turns })
    expect(
      kept.filter((text) => sent.at(-1)!.includes(text)),
      'what came back',
    ).not.toEqual([])
  })

  test('caches', 'counts what was read from the cache as read, and cheaper', async (models, model) => {
    const events = await collect(models, sampleRequest(model))
    expect(eventProblems(events)).toEqual([])
    const { usage } = events.at(-1) as Extract<(typeof events)[number], { type: 'done' }>
    expect(usage.cached).toBe(40)
    expect(usage.input).toBeGreaterThan(40)
  })

  test('answers', 'hands images over', async (models, model, sent) => {
    const bytes = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3, 4])
    const content = [
      { type: 'text' as const, text: 'What is it?' },
      { type: 'file' as const, mime: 'image/png', name: 'dot.png', bytes },
    ]
    const events = await collect(models, sampleRequest(model, { turns: [{ role: 'user', content }] }))
    expect(eventProblems(events)).toEqual([])
    if (fixture.shape) expect(sent).toHaveLength(1)
    if (sent.length > 0) expect(sent.at(-1)).toContain(Buffer.from(bytes).toString('base64'))
  })

  for (const situation of ['hangs', 'stalls'] as const) {
    test(situation, `ends within a second after the signal when the model ${situation}`, async (models, model) => {
      const control = new AbortController()
      const stream = collect(models, sampleRequest(model), control.signal)
      await new Promise((resolve) => setTimeout(resolve, 50))
      const began = performance.now()
      control.abort(new Error('the test stops it'))
      const events = await stream
      expect(performance.now() - began).toBeLessThan(1000)
      expect(eventProblems(events)).toEqual([])
      expect(events.at(-1)).toMatchObject({ type: 'failed', failure: { code: 'aborted' } })
    })
  }

  test('answers', 'asks nothing when the signal is aborted already', async (models, model) => {
    const events = await collect(models, sampleRequest(model), AbortSignal.abort())
    expect(eventProblems(events)).toEqual([])
    expect(events.at(-1)).toMatchObject({ type: 'failed', failure: { code: 'aborted' } })
  })

  test('limited', 'says that it is limited, and for how long', async (models, model) => {
    const events = await collect(models, sampleRequest(model))
    expect(eventProblems(events)).toEqual([])
    expect(events.at(-1)).toMatchObject({
      type: 'failed',
      failure: { code: 'rate_limited', retryAfterMs: expect.any(Number) },
    })
  })

  test('unauthorized', 'says that the key was refused, without showing it', async (models, model) => {
    const events = await collect(models, sampleRequest(model))
    expect(eventProblems(events)).toEqual([])
    expect(events.at(-1)).toMatchObject({ type: 'failed', failure: { code: 'unauthorized' } })
  })

  test('fails', 'says that the model is not available when it fails', async (models, model) => {
    const events = await collect(models, sampleRequest(model))
    expect(eventProblems(events)).toEqual([])
    expect(events.at(-1)).toMatchObject({ type: 'failed', failure: { code: 'unavailable' } })
  })

  test('overloaded', 'says that the vendor has too much to do', async (models, model) => {
    const events = await collect(models, sampleRequest(model))
    expect(eventProblems(events)).toEqual([])
    expect(events.at(-1)).toMatchObject({ type: 'failed', failure: { code: 'unavailable', reason: 'overload' } })
  })

  test('overflows', 'says that the conversation is too long', async (models, model) => {
    const events = await collect(models, sampleRequest(model))
    expect(eventProblems(events)).toEqual([])
    expect(events.at(-1)).toMatchObject({ type: 'failed', failure: { code: 'invalid_params', reason: 'overflow' } })
  })

  test('garbles', 'never throws when what comes is not what the vendor says', async (models, model) => {
    const events = await collect(models, sampleRequest(model))
    expect(eventProblems(events)).toEqual([])
    expect(events.at(-1)).toMatchObject({ type: 'failed', failure: { code: 'unavailable' } })
  })

  test('breaks', 'never throws after the first event, also when the connection breaks', async (models, model) => {
    const events = await collect(models, sampleRequest(model))
    expect(eventProblems(events)).toEqual([])
    expect(events.at(-1)).toMatchObject({ type: 'failed' })
  })
}

/** Every text in what a provider keeps that is long enough to be one of its own. */
function keptTexts(keep: unknown): string[] {
  if (typeof keep === 'string') return keep.length >= 8 ? [keep] : []
  return typeof keep === 'object' && keep !== null ? Object.values(keep).flatMap(keptTexts) : []
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
    for (const part of Object.values(value)) freeze(part)
    Object.freeze(value)
  }
  return value
}
