import { defineTools, takeTurns } from '@openclaw/sdk'
import { config } from './config.ts'
import { forget } from './forget.ts'
import { read } from './read.ts'
import { search } from './search.ts'
import { write } from './write.ts'

/** Notes of the session's own place: written, found, read and forgotten. */
export default defineTools({
  config,
  setup({ config: { embeddings, maxNotes = 1000 }, store, log, now, register }) {
    const turns = takeTurns()
    register(search({ embeddings, maxNotes, store, log }), read(store), write(turns, store, now), forget(turns, store))
  },
})
