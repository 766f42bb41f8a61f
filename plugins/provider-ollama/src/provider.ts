import { addressOf, connectVendor, offerOfServer, warnOfPlainHttp } from '@openclaw/provider-kit'
import { defineProvider } from '@openclaw/sdk'
import { config } from './config.ts'
import { listModels, type Server } from './models.ts'

/** Models that run on this machine, in an Ollama. */
export default defineProvider({
  id: 'ollama',
  config,
  connect({ config, fetch, log }) {
    const baseUrl = addressOf('ollama', config.baseUrl ?? 'http://127.0.0.1:11434')
    const headers: Server['headers'] = config.key === undefined ? {} : { authorization: `Bearer ${config.key}` }
    const server: Server = { baseUrl, headers, contextTokens: config.contextTokens ?? 16_384, fetch }
    warnOfPlainHttp('ollama', baseUrl, config.key, log)
    return connectVendor({
      id: 'ollama',
      config,
      load: async () => (await import('./chat.ts')).openChat(server),
      options: () => ({ accepts: (mime) => mime.startsWith('image/'), replayThinking: true }),
      list: (signal) => listModels(server, signal),
      discover: (signal) =>
        offerOfServer({ label: 'Ollama', config: { baseUrl } }, (stop) => listModels(server, stop), signal),
    })
  },
})
