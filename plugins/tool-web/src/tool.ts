import { defineTools } from '@openclaw/sdk'
import { config } from './config.ts'
import { webFetch } from './fetch.ts'
import { chooseEngine } from './search/engine.ts'
import { webSearch } from './search.ts'

/** `web_fetch` reads addresses; `web_search` finds them. */
export default defineTools({
  config,
  setup({
    config: { search = {}, maxOutput = 30_000, maxBytes = 10_000_000, timeoutMs = 30_000, allowPrivate = [] },
    fetch,
    register,
  }) {
    register(
      webFetch({ maxOutput, maxBytes, timeoutMs, allowPrivate, fetch }),
      webSearch(chooseEngine(search), timeoutMs),
    )
  },
})
