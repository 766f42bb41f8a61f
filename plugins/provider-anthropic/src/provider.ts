import { connectVendor, openAccount } from '@openclaw/provider-kit'
import { defineProvider } from '@openclaw/sdk'
import { askAnthropic } from './ask.ts'
import { config } from './config.ts'
import { listModels } from './models.ts'

const vendor = {
  id: 'anthropic',
  baseUrl: 'https://api.anthropic.com/v1',
  variables: { ANTHROPIC_API_KEY: 'Anthropic' },
}

/** Claude, through Anthropic's Messages API. */
export default defineProvider({
  id: vendor.id,
  config,
  connect(setup) {
    const account = openAccount(vendor, setup)
    return connectVendor({
      ...account,
      ...askAnthropic(account),
      list: (signal) => listModels(account, signal),
    })
  },
})
