import { addressOf, connectVendor, offersOfKeys, warnOfPlainHttp } from '@openclaw/provider-kit'
import { defineProvider } from '@openclaw/sdk'
import { askAnthropic } from './ask.ts'
import { config } from './config.ts'
import { listModels } from './models.ts'

/** Claude, through Anthropic's Messages API. */
export default defineProvider({
  id: 'anthropic',
  config,
  connect({ config, env, fetch, log }) {
    const baseUrl = addressOf('anthropic', config.baseUrl ?? 'https://api.anthropic.com/v1')
    const { key = '' } = config
    warnOfPlainHttp('anthropic', baseUrl, key, log)
    return connectVendor({
      id: 'anthropic',
      config,
      unset: key ? undefined : 'anthropic: there is no key; set one with `openclaw models auth anthropic`',
      ...askAnthropic(baseUrl, key, fetch),
      list: (signal) => listModels(baseUrl, key, fetch, signal),
      discover: async () => offersOfKeys({ ANTHROPIC_API_KEY: { label: 'Anthropic' } }, env),
    })
  },
})
