/** How many requests one bucket takes in which time. */
export interface Rate {
  readonly limit: number
  readonly perMs: number
}

/** What the limiter says to one request. */
export interface Verdict {
  readonly headers: Record<string, string>
  /** Set when the request must not be served now. */
  readonly refused?: { readonly retryAfterMs: number; readonly global: boolean }
}

/** Counts requests as https://docs.discord.com/developers/topics/rate-limits says: one bucket for each route and its
 * major parameter, and one for all together. */
export function makeLimiter(now: () => number, route: Rate, global: Rate): (bucket: string) => Verdict {
  const counted = new Map<string, { left: number; resetsAt: number }>()

  function take(bucket: string, { limit, perMs }: Rate) {
    const known = counted.get(bucket)
    const state = known && known.resetsAt > now() ? known : { left: limit, resetsAt: now() + perMs }
    counted.set(bucket, state)
    const allowed = state.left > 0
    if (allowed) state.left--
    return { allowed, left: state.left, waitMs: state.resetsAt - now() }
  }

  return (bucket) => {
    const all = take('', global)
    if (!all.allowed)
      return {
        headers: { ...retry(all.waitMs), 'x-ratelimit-global': 'true', 'x-ratelimit-scope': 'global' },
        refused: { retryAfterMs: all.waitMs, global: true },
      }
    const own = take(bucket, route)
    const headers = {
      'x-ratelimit-limit': String(route.limit),
      'x-ratelimit-remaining': String(own.left),
      'x-ratelimit-reset': String((now() + own.waitMs) / 1000),
      'x-ratelimit-reset-after': String(own.waitMs / 1000),
      'x-ratelimit-bucket': hash(bucket.replace(/\d{17,}/g, '')),
    }
    if (own.allowed) return { headers }
    return {
      headers: { ...headers, ...retry(own.waitMs), 'x-ratelimit-scope': 'user' },
      refused: { retryAfterMs: own.waitMs, global: false },
    }
  }
}

/** The header that says when to come again. */
export function retry(ms: number): Record<string, string> {
  return { 'retry-after': String(ms / 1000) }
}

function hash(text: string): string {
  return Buffer.from(text).toString('hex').padEnd(32, '0').slice(-32)
}
