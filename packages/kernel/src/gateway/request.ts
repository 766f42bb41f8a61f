import type { IncomingHttpHeaders } from 'node:http'

/** What we look at before anybody is believed: the head of a request and both ends of its connection. */
export interface Asked {
  readonly headers: IncomingHttpHeaders
  /** Names and values in turn, doubles included. */
  readonly rawHeaders: readonly string[]
  readonly remote: string
  readonly local: string
}

/** All values of a header, as they were sent. */
export function valuesOf(asked: Pick<Asked, 'rawHeaders'>, name: string): string[] {
  const values: string[] = []
  for (let at = 0; at < asked.rawHeaders.length; at += 2) {
    if (asked.rawHeaders[at]!.toLowerCase() === name) values.push(asked.rawHeaders[at + 1] ?? '')
  }
  return values
}

const forwarding = new Set([
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-original-host',
  'x-original-url',
  'true-client-ip',
  'cf-connecting-ip',
  'fly-client-ip',
  'fastly-client-ip',
])

/** The first header that only a proxy sends; undefined for a request that came straight. */
export function forwardingHeader(asked: Pick<Asked, 'headers'>): string | undefined {
  return Object.keys(asked.headers).find((name) => forwarding.has(name) || name.startsWith('x-forwarded'))
}
