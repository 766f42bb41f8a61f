import type { Model, ModelEvent, ModelRequest, Models, Provider } from '@openclaw/sdk'
import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import { memoryStore, testScope } from './scope.ts'

/**
 * What the counterpart does when it is asked: answers with text; calls the tool `look` with `{ "place": … }`; never
 * answers; sends the first piece and then nothing; asks to wait a second (429); refuses the key (401); fails (500);
 * breaks the connection in the middle of an answer.
 */
export type Situation = 'answers' | 'calls' | 'hangs' | 'stalls' | 'limited' | 'unauthorized' | 'fails' | 'breaks'

/** A provider entry with a counterpart that speaks its wire protocol. */
export interface ProviderFixture {
  readonly name: string
  /** The default export of the entry's module. */
  readonly provider: Provider
  /** Starts the counterpart in a situation; undefined when there is no such thing, and its tests are left out. */
  make(situation: Situation): Promise<ModelCounterpart | undefined> | ModelCounterpart | undefined
  /** Situations that `make` does not know; they are left out by name, so that none is forgotten. */
  readonly without?: readonly Situation[]
}

export interface ModelCounterpart {
  /** Configuration that reaches it. */
  readonly config: unknown
  /** A model without the provider's prefix. */
  readonly model: string
  stop?(): Promise<void>
}

const look = { name: 'look', description: 'Looks at a place.', input: Type.Object({ place: Type.String() }) }

/** A small request that every provider takes. */
export function sampleRequest(model: string, more: Partial<ModelRequest> = {}): ModelRequest {
  return {
    model,
    system: 'You are a test.',
    turns: [{ role: 'user', content: [{ type: 'text', text: 'Say hello.' }] }],
    tools: [],
    session: 'conformance',
    local: true,
    ...more,
  }
}

/** What is wrong with a stream's events, in words. */
export function eventProblems(events: readonly ModelEvent[]): string[] {
  const problems: string[] = []
  const ends = events.filter(({ type }) => type === 'done' || type === 'failed')
  if (ends.length !== 1) problems.push(`${ends.length} events end the stream; one must`)
  const last = events.at(-1)
  if (last?.type !== 'done' && last?.type !== 'failed') problems.push(`the last event is ${last?.type ?? 'missing'}`)
  const ids = new Set<string>()
  for (const event of events) {
    if ((event.type === 'text' || event.type === 'thinking') && typeof event.delta !== 'string')
      problems.push(`a ${event.type} without a delta`)
    if (event.type === 'call') {
      if (!event.id || ids.has(event.id)) problems.push(`the call id "${event.id}" is empty or used twice`)
      ids.add(event.id)
      if (!event.name) problems.push('a call without a name')
      if (event.input === undefined) problems.push(`the input of ${event.name} is missing`)
    }
    if (event.type === 'done') {
      const { input, cached, output } = event.usage ?? {}
      for (const [name, count] of Object.entries({ input, cached, output }))
        if (typeof count !== 'number' || !(count >= 0)) problems.push(`usage.${name} is ${String(count)}`)
      if (ids.size > 0 && event.stop === 'end') problems.push('it stopped with "end" after calls')
      if (ids.size === 0 && event.stop === 'tool') problems.push('it stopped with "tool" without a call')
    }
    if (event.type === 'failed' && !event.failure.message.trim()) problems.push('a failure without a message')
  }
  return problems
}

/** What every provider entry must hold to. Call it in the plugin's `test/conformance.test.ts`. */
export function providerConformance(fixture: ProviderFixture): void {
  describe(`provider conformance: ${fixture.name}`, () => {
    async function inSituation(
      situation: Situation,
      check: (models: Models, model: string) => Promise<void>,
    ): Promise<void> {
      const counterpart = await fixture.make(situation)
      if (!counterpart)
        throw new Error(`the fixture knows no situation "${situation}"; make it, or name it in \`without\``)
      const { scope, close } = testScope()
      try {
        const models = await fixture.provider.connect({
          ...scope,
          config: counterpart.config as never,
          store: memoryStore(),
          fetch: globalThis.fetch,
          env: [],
        })
        await check(models, counterpart.model)
      } finally {
        await close()
        await counterpart.stop?.()
      }
    }
    const test = (situation: Situation, name: string, check: (models: Models, model: string) => Promise<void>) => {
      if (!fixture.without?.includes(situation)) it(name, () => inSituation(situation, check))
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
      const [one, two] = await Promise.all([
        collect(models, sampleRequest(model)),
        collect(models, sampleRequest(model)),
      ])
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

    test('breaks', 'never throws after the first event, also when the connection breaks', async (models, model) => {
      const events = await collect(models, sampleRequest(model))
      expect(eventProblems(events)).toEqual([])
      expect(events.at(-1)).toMatchObject({ type: 'failed' })
    })
  })
}

async function collect(
  models: Models,
  request: ModelRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<ModelEvent[]> {
  const events: ModelEvent[] = []
  for await (const event of models.stream(request, signal)) events.push(event)
  return events
}

const textOf = (events: readonly ModelEvent[]) =>
  events.map((event) => (event.type === 'text' ? event.delta : '')).join('')

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
    for (const part of Object.values(value)) freeze(part)
    Object.freeze(value)
  }
  return value
}
