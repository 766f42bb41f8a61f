import { failure, type Clock } from '@openclaw/sdk'
import type { Flood } from './flood.ts'
import type { Timing } from './timing.ts'
import type { Wire } from './wire.ts'

/** What the server knows of a nick at this moment. */
export interface Known {
  /** `user@host`. */
  readonly mask: string
  /** Null for nobody's. */
  readonly account: string | null
}

/** Asks the server who has a nick now; undefined when nobody has. Rejects with `unavailable` when no answer comes. */
export type Whois = (nick: string) => Promise<Known | undefined>

/** RPL_WHOISACCOUNT (330) is how a server without IRCv3 tells accounts: https://modern.ircdocs.horse/#rplwhoisaccount-330 */
export function openWhois(wire: Wire, flood: Flood, clock: Clock, { whoisMs }: Timing): Whois {
  const asked = new Map<string, ((known: Known | undefined) => void)[]>()
  wire.client.on('whois', ({ nick, ident, hostname, account, error }) => {
    // A server answers in order, so the oldest question is the one.
    const answer = asked.get(wire.fold(nick))?.shift()
    answer?.(error || !hostname ? undefined : { mask: `${ident}@${hostname}`, account: account ?? null })
  })

  return async (nick) => {
    const key = wire.fold(nick)
    const limit = new AbortController()
    using _late = clock.after(whoisMs, () =>
      limit.abort(failure('unavailable', `${wire.name}: the server did not say who ${nick} is`)),
    )
    await flood.take(limit.signal, true)
    const { promise, resolve, reject } = Promise.withResolvers<Known | undefined>()
    limit.signal.addEventListener('abort', () => reject(limit.signal.reason))
    asked.set(key, [...(asked.get(key) ?? []), resolve])
    try {
      wire.write(`WHOIS ${nick}`)
      return await promise
    } finally {
      const left = asked.get(key)?.filter((one) => one !== resolve) ?? []
      if (left.length > 0) asked.set(key, left)
      else asked.delete(key)
    }
  }
}
