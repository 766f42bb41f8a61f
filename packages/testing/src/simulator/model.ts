import {
  defineProvider,
  defineTool,
  defineTools,
  failure,
  type ModelEvent,
  type ModelRequest,
  type Provider,
  type Tool,
  type Tools,
} from '@openclaw/sdk'
import Type from 'typebox'
import type { Outdoors } from './channel.ts'
import type { Deed } from './oracle.ts'
import { wordPattern } from './people.ts'

/** A model of the simulated world answers everything with the words that it was last told. */
export const modelId = 'simulated/model'

/** How much a model does otherwise: probabilities. */
export interface Moods {
  readonly tools: number
  readonly slow: number
  readonly fails: number
  readonly hangs: number
}

const usage = { input: 10, cached: 0, output: 5 }

/** A provider whose model answers, calls tools, is slow, fails and hangs, as it is drawn. */
export function simulatedModel({ life, draws, oracle }: Outdoors, moods: Moods): Provider {
  async function* stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    const { session, tools, turns } = request
    const text = JSON.stringify(turns)
    oracle.asked(session, text)
    const wait = (fromMs: number, uptoMs: number) =>
      life.outside(`model of ${session}`, () => {}, { fromMs, uptoMs, signal })
    await wait(1, 50)
    if (draws.chance(moods.hangs)) await new Promise(() => {})
    if (draws.chance(moods.fails)) {
      if (draws.chance(0.3)) throw new Error('the model broke')
      const code = draws.pick(['unavailable', 'rate_limited', 'invalid_params'] as const)
      yield { type: 'failed', failure: { code, message: 'the model failed' } }
      return
    }
    const worked = turns.at(-1)?.role === 'tool'
    if (!worked && draws.chance(moods.tools)) {
      const count = draws.between(1, 2)
      for (let call = 0; call < count; call++) {
        // Sometimes one that it was not given.
        const name = draws.chance(0.2) ? 'execute' : (draws.pick(tools)?.name ?? 'look')
        yield { type: 'call', id: `c${turns.length}x${call}`, name, input: {} }
      }
      yield { type: 'done', stop: 'tool', usage }
      return
    }
    const last = turns.findLastIndex(({ role }) => role === 'assistant')
    const words = JSON.stringify(turns.slice(last + 1)).match(wordPattern) ?? []
    const answer = `re ${[...new Set(words)].join(' ')}${draws.chance(0.3) ? ' and so on, at length'.repeat(4) : '.'}`
    const slow = draws.chance(moods.slow)
    for (const delta of slow ? (answer.match(/.{1,40}/g) ?? []) : [answer]) {
      yield { type: 'text', delta }
      if (slow) await wait(500, 1500)
    }
    yield { type: 'done', stop: 'end', usage }
  }
  return defineProvider({
    id: 'simulated',
    config: Type.Object({}),
    connect: () => ({ models: async () => [{ id: 'model', contextTokens: 200_000, images: false }], stream }),
  })
}

/** Tools of each effect, which only say that they were used. */
export function simulatedTools({ life, draws, oracle }: Outdoors): Tools {
  const make = (name: string, effect: Deed['effect']): Tool =>
    defineTool({
      name,
      description: `a tool to ${name}`,
      effect,
      input: Type.Object({}),
      async run(_input, { session, role, run, id, signal }) {
        oracle.did({ effect, role, session, run, call: id })
        await life.outside(`tool ${name}`, () => {}, { uptoMs: 300, signal })
        if (draws.chance(0.1)) throw failure('internal', `${name} broke`)
        return { content: [{ type: 'text', text: `done by ${name}` }] }
      },
    })
  return defineTools({
    config: Type.Object({}),
    setup: ({ register }) => void register(make('look', 'read'), make('change', 'write'), make('execute', 'exec')),
  })
}
