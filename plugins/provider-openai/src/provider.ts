import { defineProvider } from '@openclaw/sdk'
import { ask } from './ask.ts'
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
    return {
      models: async (signal) => config.models ?? (await listModels(endpoint, fetch, signal)),
      stream: (request, signal) =>
        ask({ endpoint, fetch, replayThinking: config.replayThinking ?? false }, request, signal),
      discover: (signal) => discover({ fetch, env }, signal),
    }
  },
})
