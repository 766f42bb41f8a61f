import { connectVendor } from '@openclaw/provider-kit'
import { defineProvider } from '@openclaw/sdk'
import { config } from './config.ts'
import { loadPackage } from './load.ts'

/** Models of any provider package of the AI SDK (https://ai-sdk.dev/providers), which is installed beside this plugin. */
export default defineProvider({
  id: 'ai-sdk',
  config,
  connect({ config, fetch }) {
    const { package: name, factory, options, key } = config
    return connectVendor({
      id: 'ai-sdk',
      config,
      unset: name ? undefined : 'ai-sdk: no package is set; set `package` and `models` under plugins.ai-sdk.config',
      load: () =>
        loadPackage({
          package: name ?? '',
          factory,
          options: { ...options, ...(key === undefined ? {} : { apiKey: key }), fetch },
        }),
      options: () => ({ accepts: (mime) => mime.startsWith('image/') }),
      list: async () => [],
    })
  },
})
