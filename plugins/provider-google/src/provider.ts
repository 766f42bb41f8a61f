import { addressOf, connectVendor, offersOfKeys, warnOfPlainHttp } from '@openclaw/provider-kit'
import { defineProvider } from '@openclaw/sdk'
import { askGoogle } from './ask.ts'
import { config } from './config.ts'
import { listModels } from './models.ts'

/** Gemini, through Google's own API. */
export default defineProvider({
  id: 'google',
  config,
  connect({ config, env, fetch, log }) {
    const baseUrl = addressOf('google', config.baseUrl ?? 'https://generativelanguage.googleapis.com/v1beta')
    const { key = '' } = config
    warnOfPlainHttp('google', baseUrl, key, log)
    return connectVendor({
      id: 'google',
      config,
      unset: key ? undefined : 'google: there is no key; set one with `openclaw models auth google`',
      ...askGoogle(baseUrl, key, fetch),
      list: (signal) => listModels(baseUrl, key, fetch, signal),
      discover: async () =>
        offersOfKeys({ GEMINI_API_KEY: { label: 'Gemini' }, GOOGLE_API_KEY: { label: 'Gemini' } }, env),
    })
  },
})
