import { keptFor, type Account, type Vendor } from '@openclaw/provider-kit'
import type { ModelRequest } from '@openclaw/sdk'

/** How Anthropic is asked: its library, with what it shall cache. */
export function askAnthropic({ baseUrl, key, fetch }: Account): Required<Pick<Vendor, 'load' | 'options'>> {
  return {
    async load() {
      const { createAnthropic } = await import('@ai-sdk/anthropic')
      const vendor = createAnthropic({ baseURL: baseUrl, apiKey: key, fetch })
      return (id) => vendor.languageModel(id)
    },
    options: (request) => ({
      resultFiles: 'result',
      cacheMark: { anthropic: { cacheControl: { type: 'ephemeral' } } },
      ...(inForeignStep(request) ? { providerOptions: { anthropic: { thinking: { type: 'disabled' } } } } : {}),
    }),
  }
}

/**
 * Whether the last step called tools without thinking of this model before it: another one began it, or it was begun
 * without thinking. With thinking on, the vendor would refuse to go on with it.
 * https://platform.claude.com/docs/en/build-with-claude/extended-thinking#toggling-thinking-modes-in-conversations
 */
function inForeignStep({ model, turns }: ModelRequest): boolean {
  const step = turns.findLast(({ role }) => role === 'assistant')
  if (step?.role !== 'assistant' || !step.content.some(({ type }) => type === 'call')) return false
  const [first] = step.content
  return first?.type !== 'thinking' || keptFor(model, first.keep) === undefined
}
