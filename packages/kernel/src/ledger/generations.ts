/** How long a key is known at least, unless so many others came after it. */
export const windowMs = 7 * 24 * 3_600_000
export const windowKeys = 100_000

/** A map that forgets: its entries live in two generations, and the older one is dropped when the younger is full. */
export interface Generations<V> {
  get(key: string): V | undefined
  set(key: string, value: V, atMs: number): void
}

/** Keeps each key for the window after it was set, and never more than twice the window's keys. */
export function createGenerations<V>(): Generations<V> {
  let young = new Map<string, V>()
  let old = new Map<string, V>()
  let sinceMs = 0
  return {
    get: (key) => young.get(key) ?? old.get(key),
    set(key, value, atMs) {
      if (young.size === 0) sinceMs = atMs
      else if (young.size >= windowKeys || atMs - sinceMs >= windowMs) {
        old = young
        young = new Map()
        sinceMs = atMs
      }
      young.set(key, value)
    },
  }
}
