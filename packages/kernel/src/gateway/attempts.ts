import { failure } from '@openclaw/protocol'
import type { Clock } from '../platform.ts'

/** Bounds how often one address may be wrong. */
export interface Attempts {
  /** Milliseconds until this address may try again; 0 when it may now. */
  lockedMs(address: string): number
  failed(address: string): void
  /** A right credential clears what was counted. */
  passed(address: string): void
}

interface Count {
  failures: number
  since: number
  lockedUntil: number
}

/** Addresses remembered at most: an attacker with many of them must not fill the memory. */
const maxAddresses = 10_000

/** Counts wrong credentials per address in a window; too many lock the address out. Forgets the oldest when full. */
export function openAttempts(
  clock: Clock,
  limits: {
    readonly attempts?: number | undefined
    readonly windowMs?: number | undefined
    readonly lockoutMs?: number | undefined
  } = {},
): Attempts {
  const { attempts = 10, windowMs = 60_000, lockoutMs = 300_000 } = limits
  const counts = new Map<string, Count>()
  return {
    lockedMs: (address) => Math.max(0, (counts.get(address)?.lockedUntil ?? 0) - clock.now()),
    failed(address) {
      const now = clock.now()
      let count = counts.get(address)
      if (!count || (now - count.since > windowMs && count.lockedUntil <= now))
        count = { failures: 0, since: now, lockedUntil: 0 }
      count.failures++
      if (count.failures >= attempts) {
        count.lockedUntil = now + lockoutMs
        count.failures = 0
        count.since = now
      }
      counts.delete(address)
      counts.set(address, count)
      if (counts.size > maxAddresses) counts.delete(counts.keys().next().value!)
    },
    passed: (address) => void counts.delete(address),
  }
}

/** What an address that is locked out is told. */
export function lockedOut(retryAfterMs: number): Error {
  return failure(
    'rate_limited',
    `too many wrong credentials from your address; try again in ${Math.ceil(retryAfterMs / 1000)} s`,
    { retryAfterMs },
  )
}
