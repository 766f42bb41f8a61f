import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Whether a secret or a signature that was given is the right one, in a time that tells nothing of either, their lengths
 * included. What is missing is never right, nor is an empty secret.
 */
export function same(given: string | null | undefined, secret: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given ?? ''), digest(secret)) && secret !== ''
}

/** What is signed: a text, bytes, or several of them one after the other. */
type Signed = string | Uint8Array | readonly (string | Uint8Array)[]

/** The signature of a body as platforms send it in a header; compare it with {@link same}. */
export function hmac(of: {
  readonly algorithm: 'sha1' | 'sha256' | 'sha512'
  readonly secret: string | Uint8Array
  readonly body: Signed
  readonly encoding: 'hex' | 'base64' | 'base64url'
}): string {
  const sum = createHmac(of.algorithm, of.secret)
  for (const part of typeof of.body === 'string' || of.body instanceof Uint8Array ? [of.body] : of.body)
    sum.update(part)
  return sum.digest(of.encoding)
}

/**
 * Whether a signed time is within a window around now, on both sides, so that an old request cannot be played again. A
 * time that is no number is not.
 */
export function isFresh(timestampMs: number, nowMs: number, windowMs: number): boolean {
  return Math.abs(nowMs - timestampMs) <= windowMs
}
