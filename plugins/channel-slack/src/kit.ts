import { createHmac, timingSafeEqual } from 'node:crypto'
export const hmac = (algorithm: string, secret: string, parts: readonly (string | Uint8Array)[]) => {
  const made = createHmac(algorithm, secret)
  for (const part of parts) made.update(part)
  return made.digest('hex')
}
export const same = (a: string, b: string) => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
export const isFresh = (at: number, now: number, max: number) => Math.abs(now - at) <= max
export async function download(
  fetch: typeof globalThis.fetch,
  url: string,
  { headers, trusted, signal }: { headers: Record<string, string>; trusted(url: URL): boolean; signal: AbortSignal },
): Promise<Response> {
  let at = new URL(url)
  for (let hop = 0; hop < 5; hop++) {
    const response = await fetch(at, { redirect: 'manual', signal, headers: trusted(at) ? headers : {} })
    const next = response.headers.get('location')
    if (response.status < 300 || response.status > 399 || !next) return response
    at = new URL(next, at)
  }
  throw new Error('too many redirects')
}
