import { connectVendor, warnOfPlainHttp } from '@openclaw/provider-kit'
import { defineProvider } from '@openclaw/sdk'
import { askChat, askResponses } from './ask.ts'
import { config } from './config.ts'
import { discover } from './discover.ts'
import { endpointOf } from './endpoint.ts'
import { listModels } from './models.ts'

/** Models of any endpoint that speaks an OpenAI shape: OpenAI itself, a router, or a server of one's own. */
export default defineProvider({
  id: 'openai',
  config,
  connect({ config, env, fetch, log }) {
    const endpoint = endpointOf(config)
    warnOfPlainHttp('openai', endpoint.baseUrl, config.key, log)
    const needsKey = endpoint.vendor === 'openai' && config.key === undefined && config.headers === undefined
    return connectVendor({
      id: 'openai',
      catalog: endpoint.vendor,
      config,
      unset: needsKey
        ? 'openai: there is no key; set one with `openclaw models auth openai`, or the address of another endpoint'
        : undefined,
      ...(endpoint.api === 'responses'
        ? askResponses(endpoint, fetch)
        : askChat(endpoint, fetch, config.replayThinking ?? false)),
      list: (signal) => listModels(endpoint, fetch, signal),
      discover: (signal) => discover({ fetch, env }, signal),
    })
  },
})
