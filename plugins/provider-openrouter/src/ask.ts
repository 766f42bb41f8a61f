import { record, type Account, type Vendor } from '@openclaw/provider-kit'

/** How OpenRouter is asked: its library, with the cost of each call, and cache marks where the vendor behind wants them. */
export function askOpenRouter({ baseUrl, key, fetch }: Account): Required<Pick<Vendor, 'load' | 'options' | 'said'>> {
  return {
    async load() {
      const { createOpenRouter } = await import('@openrouter/ai-sdk-provider')
      const vendor = createOpenRouter({ baseURL: baseUrl, apiKey: key, fetch })
      return (id) => vendor.chat(id, { usage: { include: true } })
    },
    options: ({ model }) =>
      model.startsWith('anthropic/') ? { cacheMark: { openrouter: { cacheControl: { type: 'ephemeral' } } } } : {},
    said(raw) {
      const { cost } = record(raw)
      return typeof cost === 'number' && cost >= 0 ? cost : undefined
    },
  }
}
