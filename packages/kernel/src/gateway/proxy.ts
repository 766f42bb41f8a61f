import { failure, type Config, type Right, type Role } from '@openclaw/protocol'
import { addressList, contains, isLoopback } from './address.ts'
import { valuesOf, type Asked } from './request.ts'
import type { Identity } from './rights.ts'
import type { GatewaySecrets } from './secrets.ts'

type ProxyConfig = NonNullable<NonNullable<NonNullable<Config['gateway']>['auth']>['proxy']>

/** A reverse proxy that tells who somebody is. */
export interface Proxy {
  /** True for a connection that comes from one of the proxy's addresses. */
  isFrom(asked: Asked): boolean
  /** Who the proxy says it is, with the rights of our record. Undefined when it says nothing; throws when it may not. */
  identify(asked: Asked): Promise<Identity | undefined>
  /** The record of a user by name. */
  user(name: string): Identity | undefined
}

/** Trusts the configured addresses and no other; on loopback, where every program is, only with the shared secret. */
export function openProxy(config: ProxyConfig, secrets: GatewaySecrets): Proxy {
  const addresses = addressList(config.addresses)
  const userHeader = config.userHeader.toLowerCase()
  const secretHeader = config.secretHeader?.toLowerCase()

  function user(name: string): Identity | undefined {
    const record: { readonly rights: readonly Right[]; readonly role?: Role } | undefined = Object.hasOwn(
      config.users,
      name,
    )
      ? config.users[name]
      : undefined
    return record && { principal: `user:${name}`, role: record.role ?? 'member', rights: record.rights }
  }
  const isFrom = (asked: Asked) => contains(addresses, asked.remote)

  return {
    isFrom,
    user,
    async identify(asked) {
      const users = valuesOf(asked, userHeader)
      if (users.length === 0) return undefined
      if (!isFrom(asked))
        throw failure(
          'unauthorized',
          `${userHeader} came from an address that is no proxy of ours; see gateway.auth.proxy.addresses`,
        )
      if (users.length > 1 || !users[0])
        throw failure(
          'unauthorized',
          `${userHeader} was sent ${users.length > 1 ? 'more than once' : 'empty'}; let the proxy drop what clients send`,
        )
      const shown = secretHeader ? valuesOf(asked, secretHeader) : []
      if (secretHeader ? shown.length !== 1 || !(await secrets.isProxySecret(shown[0]!)) : isLoopback(asked.remote)) {
        throw failure(
          'unauthorized',
          'the proxy did not show its secret; set gateway.auth.proxy.secretHeader, and the secret with `openclaw config secret gateway.proxy`',
        )
      }
      const found = user(users[0])
      if (!found) throw failure('forbidden', 'this user has no record here; add them to gateway.auth.proxy.users')
      return found
    },
  }
}
