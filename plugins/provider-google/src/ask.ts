import type { Account, Vendor } from '@openclaw/provider-kit'

/** How Gemini is asked: its library, which is told to show what the model thinks. */
export function askGoogle({ baseUrl, key, fetch }: Account): Required<Pick<Vendor, 'load' | 'options'>> {
  return {
    async load() {
      const { createGoogle } = await import('@ai-sdk/google')
      const vendor = createGoogle({ baseURL: baseUrl, apiKey: key, fetch })
      return (id) => vendor.languageModel(id)
    },
    options: ({ thinking = 'off' }) =>
      thinking === 'off' ? {} : { providerOptions: { google: { thinkingConfig: { includeThoughts: true } } } },
  }
}
