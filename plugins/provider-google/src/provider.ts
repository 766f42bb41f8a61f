import { connectVendor, openAccount } from '@openclaw/provider-kit'
import { defineProvider } from '@openclaw/sdk'
import { askGoogle } from './ask.ts'
import { config } from './config.ts'
import { listModels } from './models.ts'

const vendor = {
  id: 'google',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  variables: { GEMINI_API_KEY: 'Gemini', GOOGLE_API_KEY: 'Gemini' },
}

/** Gemini, through Google's own API. */
export default defineProvider({
  id: vendor.id,
  config,
  connect(setup) {
    const account = openAccount(vendor, setup)
    return connectVendor({
      ...account,
      ...askGoogle(account),
      list: (signal) => listModels(account, signal),
    })
  },
})
