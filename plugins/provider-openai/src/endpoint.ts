import { addressOf } from '@openclaw/provider-kit'
import type { Static } from 'typebox'
import type { config } from './config.ts'

type Config = Static<typeof config>

/** Where requests go, and with what. */
export interface Endpoint {
  /** Without a slash at the end. */
  readonly baseUrl: string
  readonly headers: Readonly<Record<string, string>>
  /** OpenAI's own service, which takes some parameters under other names than its followers. */
  readonly vendor: 'openai' | 'other'
  readonly api: 'responses' | 'chat'
}

/** The endpoint of a configuration. Throws `invalid_config` for an address that cannot be one. */
export function endpointOf({
  baseUrl = 'https://api.openai.com/v1',
  api,
  key,
  keyHeader,
  headers = {},
}: Config): Endpoint {
  const address = addressOf('openai', baseUrl)
  const vendor = new URL(address).hostname === 'api.openai.com' ? 'openai' : 'other'
  const auth = key === undefined ? {} : keyHeader ? { [keyHeader]: key } : { authorization: `Bearer ${key}` }
  return {
    baseUrl: address,
    headers: { ...headers, ...auth },
    vendor,
    api: api ?? (vendor === 'openai' ? 'responses' : 'chat'),
  }
}
