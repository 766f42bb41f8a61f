import { toFailure } from '@openclaw/protocol'
import type { ModelEvent, ModelRequest, Models, Provider, ProviderSetup } from '@openclaw/sdk'
import { packRequest } from '@openclaw/sdk/isolation'
import Type from 'typebox'
import { connectEntry, type Alive, type IsolatedEntry } from './connect.ts'
import { serveCalls } from './serve.ts'

/** A provider entry that lives in the process of its plugin. Its id is known once it is connected. */
export function isolateProvider(entry: IsolatedEntry): Provider {
  let id = ''
  return {
    get id() {
      return id
    },
    config: Type.Unknown(),
    async connect(given) {
      const connected = await connectProvider(entry, given)
      id = connected.id
      return connected.models
    },
  }
}

async function connectProvider(
  entry: IsolatedEntry,
  { config, store, env, fetch: _, ...scope }: ProviderSetup,
): Promise<{ readonly id: string; readonly models: Models }> {
  const { module } = entry
  let about = { id: '', discovers: false }
  const life = connectEntry({
    ...entry,
    scope,
    handlers: (mine) => serveCalls({ calls: new Map(), store, life: mine }),
    hear: { 'call.progress'() {}, 'tools.changed'() {} },
    async setUp(call) {
      about = await call('provider.connect', { module, config, env: [...env] })
    },
  })
  await life()
  return {
    id: about.id,
    models: {
      models: async (signal) => (await (await life(signal)).call('provider.models', {}, { signal })).models,
      ...(about.discovers
        ? {
            discover: async (signal) => (await (await life(signal)).call('provider.discover', {}, { signal })).offers,
          }
        : {}),
      stream: (request, signal) => stream(life, request, signal),
    },
  }
}

/**
 * The events of one answer. They are fetched as fast as they are read, so that one without end waits. Whatever breaks is
 * its last event: `unavailable` when the process ended, which may be tried again.
 */
async function* stream(
  life: Alive,
  request: ModelRequest,
  signal: AbortSignal,
): AsyncGenerator<ModelEvent, void, undefined> {
  let leave = () => {}
  try {
    const { call } = await life(signal)
    const { answer } = await call('provider.ask', { request: packRequest(request) }, { signal })
    leave = () => void call('provider.leave', { answer }).catch(() => {})
    for (;;) {
      const { events, over } = await call('provider.next', { answer }, { signal })
      if (over) leave = () => {}
      yield* events as readonly ModelEvent[]
      if (over) return
    }
  } catch (thrown) {
    const why = toFailure(thrown)
    yield { type: 'failed', failure: signal.aborted ? { code: 'aborted', message: 'the call was stopped' } : why }
  } finally {
    leave()
  }
}
