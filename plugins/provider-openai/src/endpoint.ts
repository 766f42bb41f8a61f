import { failure } from '@openclaw/sdk'
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
  /** On this machine or its network: a key that travels there in the clear is nobody else's to read. */
  readonly private: boolean
}

/** The endpoint of a configuration. Throws `invalid_config` for an address that cannot be one. */
export function endpointOf({ baseUrl = 'https://api.openai.com/v1', key, keyHeader, headers = {} }: Config): Endpoint {
  const url = URL.parse(baseUrl)
  if (!url || !/^https?:$/.test(url.protocol))
    throw failure(
      'invalid_config',
      `openai: baseUrl "${baseUrl}" is not an address; write it like https://api.openai.com/v1`,
    )
  if (url.username || url.password)
    throw failure('invalid_config', 'openai: baseUrl holds a password; put it into `key`')
  const auth = key === undefined ? {} : keyHeader ? { [keyHeader]: key } : { authorization: `Bearer ${key}` }
  return {
    baseUrl: url.href.replace(/\/+$/, ''),
    headers: { ...headers, ...auth },
    vendor: url.hostname === 'api.openai.com' ? 'openai' : 'other',
    private: url.protocol === 'https:' || isPrivate(url.hostname),
  }
}

/** Loopback, private ranges (RFC 1918, RFC 4193, link-local) and names that only a local network knows. */
function isPrivate(host: string): boolean {
  return /^(localhost|.*\.(localhost|local|internal|lan)|[^.:]+|127\..*|10\..*|192\.168\..*|172\.(1[6-9]|2\d|3[01])\..*|169\.254\..*|\[::1\]|\[f[cd].*\]|\[fe80.*\])$/.test(
    host,
  )
}
