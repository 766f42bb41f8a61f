import {
  defineProvider,
  type ErrorCode,
  type Model,
  type ModelEvent,
  type ModelRequest,
  type Provider,
} from '@openclaw/sdk'
import type { Usage } from '@openclaw/protocol'
import Type from 'typebox'

/** A part of what a scripted model does in one call. */
export type Act =
  | { readonly act: 'events'; readonly events: readonly ModelEvent[]; readonly stop?: 'end' | 'tool' | 'length' }
  | { readonly act: 'fail'; readonly failure: Extract<ModelEvent, { type: 'failed' }>['failure'] }
  | { readonly act: 'throw'; readonly thrown: unknown }
  | { readonly act: 'hang'; readonly heed: boolean }
  | { readonly act: 'endless'; readonly delta: string }
  | { readonly act: 'break' }
  | { readonly act: 'wait'; readonly ms: number }
  | { readonly act: 'hold'; readonly until: PromiseLike<unknown> }

/** Says a text, in pieces of a few words. */
export function say(text: string): Act {
  const deltas = text.match(/\S+\s*|\s+/g) ?? []
  return { act: 'events', events: deltas.map((delta) => ({ type: 'text', delta })) }
}
/** Thinks aloud before what follows. */
export function think(text: string): Act {
  return { act: 'events', events: [{ type: 'thinking', delta: text, keep: { signature: text.length } }] }
}
/** Calls a tool; the id is made from the call's place when absent. */
export function callTool(name: string, input: unknown, id?: string): Act {
  return { act: 'events', events: [{ type: 'call', id: id ?? '', name, input }], stop: 'tool' }
}
/** Says a text and stops because the longest output is reached. */
export function cut(text: string): Act {
  return { act: 'events', events: [{ type: 'text', delta: text }], stop: 'length' }
}
/** Fails with a code. */
export function fail(
  code: ErrorCode,
  more: { message?: string; retryAfterMs?: number; reason?: 'overflow' | 'overload' | 'refused' } = {},
): Act {
  return { act: 'fail', failure: { code, ...more, message: more.message ?? `scripted failure: ${code}` } }
}
/** Throws, which a provider must not do; the runtime must bear it. */
export function crash(thrown: unknown = new Error('scripted crash')): Act {
  return { act: 'throw', thrown }
}
/** Never answers. Without `heed` it does not even heed the signal. */
export function hang({ heed = false }: { heed?: boolean } = {}): Act {
  return { act: 'hang', heed }
}
/** Repeats a piece of text without ever ending, heeding nothing. */
export function endless(delta = 'and on '): Act {
  return { act: 'endless', delta }
}
/** Ends without `done`. */
export function breakOff(): Act {
  return { act: 'break' }
}
/** Waits before what follows; ends early with the signal. */
export function wait(ms: number): Act {
  return { act: 'wait', ms }
}

/** Waits before what follows until something has come true; ends early with the signal. */
export function hold(until: PromiseLike<unknown>): Act {
  return { act: 'hold', until }
}

/** One element is one model call; a list of acts is one call that does them in order. */
export type Script = readonly (Act | readonly Act[])[] | ((request: ModelRequest, call: number) => Act | readonly Act[])

/** A provider that follows a script, and what it was asked. */
export interface Scripted {
  /** The entry; give it as `bundled: { 'scripted/provider': scripted.load }`. */
  readonly provider: Provider
  readonly load: () => Promise<{ default: Provider }>
  /** Every request so far, oldest first. Not kept with `record: false`. */
  readonly requests: readonly ModelRequest[]
  /** Resolves with the nth request, counted from 1, once it is made. */
  asked(nth: number): Promise<ModelRequest>
  /** The model's full id. */
  readonly model: string
}

export interface ScriptedOptions {
  /** Provider id, `scripted` when absent. Its model is `<id>/model`. */
  readonly id?: string
  readonly usage?: Usage
  /** Keep requests for later looks; true when absent. */
  readonly record?: boolean
  /** What its provider says of the model's size; a window of 200,000 tokens when absent. */
  readonly limits?: Pick<Model, 'contextTokens' | 'outputTokens'>
}

/** What a script does after its last element: it fails, so that a test which asks too often sees it. */
const overMessage = 'the script is over: the model was asked more often than the test foresaw'

/** Makes a provider that plays a script: `scriptedProvider([say('hi'), callTool('bash', { command: 'ls' }), fail('rate_limited')])`. */
export function scriptedProvider(script: Script, options: ScriptedOptions = {}): Scripted {
  const { id = 'scripted', usage = { input: 10, cached: 0, output: 5 }, record = true } = options
  const { limits = { contextTokens: 200_000 } } = options
  const requests: ModelRequest[] = []
  const waiting: { nth: number; resolve(request: ModelRequest): void }[] = []
  let count = 0

  async function* play(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    const call = count++
    if (record) requests.push(request)
    for (const one of waiting) if (one.nth === count) one.resolve(request)
    const next = typeof script === 'function' ? script(request, call) : script[call]
    const acts: readonly Act[] =
      next === undefined ? [fail('internal', { message: overMessage })] : 'act' in next ? [next] : next
    let stop: 'end' | 'tool' | 'length' = 'end'
    let calls = 0
    for (const act of acts) {
      if (act.act === 'events') {
        if (act.stop) stop = act.stop
        for (const event of act.events)
          yield event.type === 'call' && event.id === '' ? { ...event, id: `call_${call}_${calls++}` } : event
      } else if (act.act === 'fail') {
        yield { type: 'failed', failure: act.failure }
        return
      } else if (act.act === 'throw') throw act.thrown
      else if (act.act === 'break') return
      else if (act.act === 'endless') for (;;) yield { type: 'text', delta: act.delta }
      else {
        await pauseFor(act, signal)
        if (signal.aborted) {
          yield { type: 'failed', failure: { code: 'aborted', message: 'the scripted call was stopped' } }
          return
        }
      }
    }
    yield { type: 'done', stop, usage }
  }

  const provider = defineProvider({
    id,
    config: Type.Object({}),
    connect: () => ({ models: async () => [{ id: 'model', ...limits, images: true }], stream: play }),
  })
  return {
    provider,
    load: async () => ({ default: provider }),
    requests,
    asked(nth) {
      const made = requests[nth - 1]
      if (made) return Promise.resolve(made)
      const { promise, resolve } = Promise.withResolvers<ModelRequest>()
      waiting.push({ nth, resolve })
      return promise
    },
    model: `${id}/model`,
  }
}

function pauseFor(act: Extract<Act, { act: 'hang' | 'wait' | 'hold' }>, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (act.act === 'wait') setTimeout(resolve, act.ms)
  if (act.act === 'hold') void act.until.then(() => resolve())
  const heeds = act.act !== 'hang' || act.heed
  if (heeds) signal.addEventListener('abort', () => resolve(), { once: true })
  if (signal.aborted && heeds) resolve()
  return promise
}
