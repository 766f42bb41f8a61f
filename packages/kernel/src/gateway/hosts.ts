import { isIPv6 } from 'node:net'
import { isLoopback, plainAddress } from './address.ts'
import { valuesOf, type Asked } from './request.ts'

/** The names under which this gateway is reached, and the pages that may talk to it. */
export interface Hosts {
  /** Why a request is refused for its `Host`; undefined when it is one of ours. */
  refuseHost(asked: Asked): string | undefined
  /** Why a request is refused for its `Origin`; undefined without one (no browser) and for one of ours. */
  refuseOrigin(asked: Asked): string | undefined
}

/**
 * Exact lists, against pages of other sites and names that are rebound to this machine. Ours are: `localhost` and the
 * loopback addresses where the connection is local, the address the connection came in on, and what the configuration
 * names (`hosts`, with our own port, the default port, or the port that is written there; `origins`).
 */
export function openHosts(options: {
  readonly port: number
  readonly tls: boolean
  readonly hosts: readonly string[]
  readonly origins: readonly string[]
}): Hosts {
  const { port, tls } = options
  const own = tls ? 'https:' : 'http:'
  const named = new Set(options.hosts.map((host) => host.toLowerCase()))
  const origins = new Set(options.origins.map((origin) => origin.toLowerCase().replace(/\/$/, '')))

  function isOurs(host: string, scheme: string, local: string): boolean {
    const [, name = '', written] = /^(\[[0-9a-f:.]+\]|[^:[\]/?#@\\\s]+)(?::(\d{1,5}))?$/.exec(host) ?? []
    if (!name) return false
    const standard = scheme === 'https:' ? 443 : 80
    if (
      named.has(host) ||
      (named.has(name) && (written === undefined || Number(written) === port || Number(written) === standard))
    )
      return true
    if (Number(written ?? standard) !== port) return false
    const address = plainAddress(local)
    if (isLoopback(address) && (name === 'localhost' || name === '127.0.0.1' || name === '[::1]')) return true
    return name === (isIPv6(address) ? `[${address}]` : address)
  }

  return {
    refuseHost(asked) {
      const values = valuesOf(asked, 'host')
      const host = values[0]?.toLowerCase()
      if (values.length === 1 && host && isOurs(host, own, asked.local)) return undefined
      return `the Host header names no address of this gateway; add the name to gateway.hosts in openclaw.json`
    },
    refuseOrigin(asked) {
      const values = valuesOf(asked, 'origin')
      if (values.length === 0) return undefined
      const origin = values[0]!.toLowerCase()
      if (values.length === 1 && origins.has(origin)) return undefined
      const [, scheme, host] = /^(https?:)\/\/([^/]+)$/.exec(origin) ?? []
      // A proxy may speak https for us, so a name of ours is ours under both schemes when we speak http.
      if (
        values.length === 1 &&
        scheme &&
        host &&
        (scheme === own || scheme === 'https:') &&
        isOurs(host, scheme, asked.local)
      )
        return undefined
      return `this page may not talk to the gateway; add its origin to gateway.origins in openclaw.json`
    },
  }
}
