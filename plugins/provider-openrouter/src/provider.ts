import { addressOf, connectVendor, offersOfKeys, warnOfPlainHttp } from '@openclaw/provider-kit'
import { defineProvider } from '@openclaw/sdk'
import { askOpenRouter } from './ask.ts'
import { config } from './config.ts'
import { listModels } from './models.ts'

/** The models of all vendors with one key, through OpenRouter. */
export default defineProvider({
  id: 'openrouter',
  config,
  connect({ config, env, fetch, log }) {
    const baseUrl = addressOf('openrouter', config.baseUrl ?? 'https://openrouter.ai/api/v1')
    const { key = '' } = config
    warnOfPlainHttp('openrouter', baseUrl, key, log)
    return connectVendor({
      id: 'openrouter',
      config,
      unset: key ? undefined : 'openrouter: there is no key; set one with `openclaw models auth openrouter`',
      ...askOpenRouter(baseUrl, key, fetch),
      list: (signal) => listModels(baseUrl, key, fetch, signal),
      discover: async () => offersOfKeys({ OPENROUTER_API_KEY: { label: 'OpenRouter' } }, env),
    })
  },
})
