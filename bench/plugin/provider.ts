import { once } from 'node:events'
import { defineProvider, type ModelEvent } from '@openclaw/sdk'
import Type from 'typebox'

/** Models in the agent process itself: `instant` answers at once, `silent` never, until it is stopped. */
export default defineProvider({
  id: 'bench',
  config: Type.Object({}),
  connect: () => ({
    models: async () => ['instant', 'silent'].map((id) => ({ id, contextTokens: 1_000_000 })),
    async *stream({ model }, signal): AsyncGenerator<ModelEvent> {
      if (model === 'silent') {
        if (!signal.aborted) await once(signal, 'abort')
        yield { type: 'failed', failure: { code: 'aborted', message: 'bench/silent: the request was stopped' } }
        return
      }
      yield { type: 'text', delta: 'hello' }
      yield { type: 'done', stop: 'end', usage: { input: 1, cached: 0, output: 1 } }
    },
  }),
})
