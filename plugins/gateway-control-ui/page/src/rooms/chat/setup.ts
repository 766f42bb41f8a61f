import type { Failure } from '@openclaw/protocol'
import type { Gateway } from '../../connection/gateway.ts'
import type { Offer } from './models.ts'

/** A provider whose address people would have to look up. Source: each provider's own API reference. */
export interface Known {
  readonly label: string
  readonly baseUrl: string
}

/** Providers that speak the OpenAI chat shape; the last lets one type the address. */
export const knownProviders: readonly Known[] = [
  { label: 'OpenAI', baseUrl: 'https://api.openai.com/v1' },
  { label: 'OpenRouter', baseUrl: 'https://openrouter.ai/api/v1' },
  { label: 'Google Gemini', baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai' },
  { label: 'Mistral', baseUrl: 'https://api.mistral.ai/v1' },
  { label: 'Groq', baseUrl: 'https://api.groq.com/openai/v1' },
  { label: 'DeepSeek', baseUrl: 'https://api.deepseek.com/v1' },
  { label: 'Another address', baseUrl: '' },
]

/** Where a model shall come from: something noticed on the gateway's machine, or an address with a key. */
export type Source = { readonly offer: Offer } | { readonly baseUrl: string; readonly key: string }

/** Stores what the source needs and answers with the models that it has, for choosing. Rejects with words for a person. */
export async function connectSource(
  gateway: Gateway,
  source: Source,
): Promise<{ readonly provider: string; readonly models: readonly string[] }> {
  const provider = 'offer' in source ? source.offer.provider : 'openai'
  if ('offer' in source) await gateway.call('models.auth', { provider, config: source.offer.config })
  else
    await gateway.call('models.auth', {
      provider,
      config: { baseUrl: checkAddress(source.baseUrl) },
      ...(source.key ? { secrets: { key: source.key } } : {}),
    })
  const found = await gateway.call('models.list', { provider })
  const models = found.models.map((one) => one.id).filter((id) => id.startsWith(`${provider}/`))
  const problem = found.problems.find((one) => one.provider === provider)
  if (problem && models.length === 0 && !('offer' in source && source.offer.models.length))
    throw new Error(problem.message)
  if (models.length > 0) return { provider, models }
  return { provider, models: 'offer' in source ? source.offer.models.map((name) => `${provider}/${name}`) : [] }
}

/** Asks the model for one word, for real, and makes it the default when it answers. */
export async function useModel(
  gateway: Gateway,
  model: string,
): Promise<{ readonly ms: number; readonly text: string }> {
  const tested = await gateway.call('models.test', { model })
  if (!tested.ok) throw new Error(tested.message ?? `${model} did not answer; choose another model or check the key`)
  await gateway.call('models.set', { model })
  return { ms: tested.ms, text: tested.text ?? '' }
}

/** The words of anything that was thrown. */
export function sayFailure(thrown: unknown): string {
  const { message } = thrown as Partial<Failure>
  return message ?? 'It did not work, and nothing says why; `openclaw logs` may know more.'
}

function checkAddress(text: string): string {
  const address = text.trim().replace(/\/+$/, '')
  if (!/^https?:\/\/[^\s?#]+$/.test(address))
    throw new Error('The address begins with https:// (or http:// on your own network) and has no ? or # in it.')
  return address
}
