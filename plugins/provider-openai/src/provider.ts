import { defineProvider, type ModelEvent } from '@openclaw/sdk'
import { openAsk } from './ask.ts'
import { config } from './config.ts'
import { discover } from './discover.ts'
import { endpointOf } from './endpoint.ts'
import { listModels } from './models.ts'

/** Models of any endpoint that speaks the OpenAI chat shape: OpenAI itself, a router, or a server of one's own. */
export default defineProvider({
  id: 'openai',
  config,
  connect({ config, env, fetch, log }) {
    const endpoint = endpointOf(config)
    if (config.key && !endpoint.private)
      log.warn('openai: the key travels over plain http; use an https address', { baseUrl: endpoint.baseUrl })
    // Nothing is configured yet, so nobody is asked: a fresh machine talks to no vendor.
    const unset = endpoint.vendor === 'openai' && config.key === undefined && config.headers === undefined
    return {
      async models(signal) {
        if (config.models) return config.models
        return unset ? [] : await listModels(endpoint, fetch, signal)
      },
      stream: unset ? refuse : openAsk({ endpoint, fetch, replayThinking: config.replayThinking ?? false }),
      discover: (signal) => discover({ fetch, env }, signal),
    }
  },
})

async function* refuse(): AsyncGenerator<ModelEvent> {
  const message =
    'openai: there is no key; set one with `openclaw models auth openai`, or the address of another endpoint'
  yield { type: 'failed', failure: { code: 'unauthorized', message } }
}
