import type { Offer, ProviderSetup } from '@openclaw/sdk'
import { addressOf, warnOfPlainHttp } from './endpoint.ts'
import { offersOfKeys } from './offers.ts'
import type { Vendor } from './vendor.ts'

/** What the configuration of a vendor with accounts has. */
type Config = Vendor['config'] & { readonly baseUrl?: string; readonly key?: string }

/** An account with a vendor: where it is asked, and with which key. Goes into `connectVendor` as it is. */
export interface Account {
  readonly id: string
  readonly config: Vendor['config']
  /** Without a slash at the end. */
  readonly baseUrl: string
  /** Empty while there is none; then nobody is asked. */
  readonly key: string
  readonly fetch: typeof fetch
  readonly unset: string | undefined
  discover(): Promise<readonly Offer[]>
}

/** Opens the account of a configuration; `variables` are those in which people keep a key, with the vendor's name. */
export function openAccount(
  vendor: { readonly id: string; readonly baseUrl: string; readonly variables: Readonly<Record<string, string>> },
  { config, env, fetch, log }: Pick<ProviderSetup<Config>, 'config' | 'env' | 'fetch' | 'log'>,
): Account {
  const { id } = vendor
  const { key = '' } = config
  const baseUrl = addressOf(id, config.baseUrl ?? vendor.baseUrl)
  warnOfPlainHttp(id, baseUrl, key, log)
  const variables = Object.entries(vendor.variables).map(([name, label]) => [name, { label }])
  return {
    id,
    config,
    baseUrl,
    key,
    fetch,
    unset: key ? undefined : `${id}: there is no key; set one with \`openclaw models auth ${id}\``,
    discover: async () => offersOfKeys(Object.fromEntries(variables), env),
  }
}
