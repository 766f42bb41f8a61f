import { connectVendor, openAccount } from '@openclaw/provider-kit'
import { defineProvider } from '@openclaw/sdk'
import { askOpenRouter } from './ask.ts'
import { config } from './config.ts'
import { listModels } from './models.ts'

const vendor = {
  id: 'openrouter',
  baseUrl: 'https://openrouter.ai/api/v1',
  variables: { OPENROUTER_API_KEY: 'OpenRouter' },
}

/** The models of all vendors with one key, through OpenRouter. */
export default defineProvider({
  id: vendor.id,
  config,
  connect(setup) {
    const account = openAccount(vendor, setup)
    return connectVendor({
      ...account,
      ...askOpenRouter(account),
      list: (signal) => listModels(account, signal),
    })
  },
})
