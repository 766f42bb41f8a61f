import { defineProvider, type ModelEvent, type ModelRequest } from '@openclaw/sdk'
import { config } from './config.ts'

/** The model `example/parrot` repeats what it was told, word by word. */
export default defineProvider({
  id: 'example',
  config,
  connect: () => ({
    models: async () => [{ id: 'parrot', contextTokens: 100_000 }],
    async *stream(request, signal): AsyncGenerator<ModelEvent> {
      const words = lastWords(request)
      for (const delta of words) {
        if (signal.aborted) {
          yield { type: 'failed', failure: { code: 'aborted', message: 'example/parrot: it was told to stop' } }
          return
        }
        yield { type: 'text', delta }
      }
      yield { type: 'done', stop: 'end', usage: { input: words.length, cached: 0, output: words.length } }
    },
  }),
})

function lastWords({ turns }: ModelRequest): string[] {
  const said = turns.findLast((turn) => turn.role === 'user')?.content.at(-1)
  return (said?.type === 'text' ? said.text : '').match(/\s*\S+/g) ?? []
}
