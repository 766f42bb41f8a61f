import { defineProvider, type ModelEvent } from '@openclaw/sdk'
import { answer } from './answer.ts'
import { config } from './config.ts'

/** Letters in one piece of the streamed answer. */
const pieceLength = 48

/**
 * The embedded provider: it answers while no model is configured, says how to add one, and turns a few typed
 * commands into tool calls, so that every layer works on a fresh machine. Deterministic; touches nothing.
 */
export default defineProvider({
  id: 'offline',
  config,
  connect: () => ({
    // It reads nothing of a long conversation, so there is no reason to ever make one shorter.
    models: async () => [{ id: 'assistant', contextTokens: 1_000_000 }],
    async *stream(request, signal): AsyncGenerator<ModelEvent> {
      const { text, call } = answer(request)
      for (const delta of pieces(text)) {
        if (signal.aborted) break
        yield { type: 'text', delta }
      }
      if (signal.aborted) {
        yield { type: 'failed', failure: { code: 'aborted', message: 'offline/assistant: the request was stopped' } }
        return
      }
      if (call) yield call
      yield { type: 'done', stop: call ? 'tool' : 'end', usage: { input: 0, cached: 0, output: 0 } }
    },
  }),
})

/** Cuts at spaces and line ends where there are some; joined they are the text. */
function* pieces(text: string): Generator<string> {
  const letters = [...text]
  for (let start = 0; start < letters.length;) {
    let end = Math.min(start + pieceLength, letters.length)
    for (let at = end; at > start && end < letters.length; at--) {
      if (/\s/.test(letters[at - 1] ?? '')) {
        end = at
        break
      }
    }
    yield letters.slice(start, end).join('')
    start = end
  }
}
