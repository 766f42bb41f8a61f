import { setImmediate as breath } from 'node:timers/promises'
import type { Serves } from '@openclaw/client'
import { failure } from '@openclaw/protocol'
import type { ModelEvent, Models, Provider } from '@openclaw/sdk'
import { remoteStore, unpackRequest, type EntryMethods } from '@openclaw/sdk/isolation'
import { lightFetch } from '@openclaw/sdk/host'
import type { EntryParts } from './agent.ts'

type Served = Extract<keyof EntryMethods, `provider.${string}`>

/** What a model says, as somebody asks for more of it. */
interface Answer {
  readonly events: AsyncIterator<ModelEvent>
  readonly control: AbortController
  /** The event that is waited for already. */
  coming?: Promise<IteratorResult<ModelEvent>>
}

/** Most events, and characters of them, that go together. */
const maxEvents = 256
const maxChars = 256 * 1024

/** Serves the provider entry of a plugin to the agent. */
export function serveProvider(parts: EntryParts): Pick<Serves<EntryMethods>, Served> {
  const { scope, wire } = parts
  const answers = new Map<number, Answer>()
  let models: Models | undefined
  let next = 0

  function connected(): Models {
    if (!models) throw failure('conflict', 'the provider was not connected yet')
    return models
  }
  function leave(number: number): void {
    const answer = answers.get(number)
    answers.delete(number)
    answer?.control.abort(failure('aborted', 'nobody listens any more'))
    // Not waited for: a generator that hangs never answers to this.
    for (const late of [answer?.events.return?.(), answer?.coming]) late?.catch(() => {})
  }

  return {
    async 'provider.connect'({ module, config, env }) {
      const entry = (await parts.load(module)) as unknown as Provider
      if (typeof entry.connect !== 'function') throw failure('invalid_config', `${module} exports no provider`)
      const store = remoteStore(wire().call)
      models = await entry.connect({ ...scope, config: config as never, store, fetch: lightFetch, env })
      scope.defer(() => [...answers.keys()].forEach(leave), 'answers')
      return { id: entry.id, discovers: models.discover !== undefined }
    },
    'provider.models': async (_, { signal }) => ({ models: [...(await connected().models(signal))] }),
    'provider.discover': async (_, { signal }) => ({ offers: [...((await connected().discover?.(signal)) ?? [])] }),
    'provider.ask'({ request }) {
      const control = new AbortController()
      const events = connected().stream(unpackRequest(request), control.signal)[Symbol.asyncIterator]()
      answers.set(++next, { events, control })
      return { answer: next }
    },
    async 'provider.next'({ answer: number }) {
      const answer = answers.get(number)
      if (!answer) throw failure('not_found', 'this answer is over')
      const { events, over } = await gather(answer)
      if (over) leave(number)
      return { events, over }
    },
    'provider.leave'({ answer }) {
      leave(answer)
      return {}
    },
  }
}

/** Waits for the next event, and takes those with it that are there at once. */
async function gather(answer: Answer): Promise<{ events: ModelEvent[]; over: boolean }> {
  const events: ModelEvent[] = []
  for (let chars = 0; events.length < maxEvents && chars < maxChars;) {
    answer.coming ??= answer.events.next()
    const got = await (events.length === 0 ? answer.coming : Promise.race([answer.coming, breath(undefined)]))
    if (!got) return { events, over: false }
    delete answer.coming
    if (got.done) return { events, over: true }
    events.push(got.value)
    if (got.value.type === 'done' || got.value.type === 'failed') return { events, over: true }
    if ('delta' in got.value) chars += got.value.delta.length
  }
  return { events, over: false }
}
