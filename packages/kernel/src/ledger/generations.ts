/** How long a key is known at least, unless so many others came after it. */
export const windowMs = 7 * 24 * 3_600_000
export const windowKeys = 100_000

/** One of the two halves of a map that forgets. */
export interface Generation<V> {
  readonly sinceMs: number
  readonly entries: ReadonlyMap<string, V>
}

/** A map that forgets: its entries live in two generations, and the older one is dropped when the younger is full. */
export interface Generations<V> {
  get(key: string): V | undefined
  set(key: string, value: V, atMs: number): void
  /** The older generation first. */
  readonly generations: readonly [Generation<V>, Generation<V>]
  /** Goes on with what another process knew: entries of one generation, set since then. */
  restore(age: 'old' | 'young', sinceMs: number, entries: Iterable<readonly [string, V]>): void
}

/** Keeps each key for the window after it was set, and never more than twice the window's keys. */
export function createGenerations<V>(): Generations<V> {
  let young = new Map<string, V>()
  let old = new Map<string, V>()
  let sinceMs = 0
  let oldSinceMs = 0
  return {
    get: (key) => young.get(key) ?? old.get(key),
    set(key, value, atMs) {
      if (young.size === 0) sinceMs = atMs
      else if (young.size >= windowKeys || atMs - sinceMs >= windowMs) {
        old = young
        oldSinceMs = sinceMs
        young = new Map()
        sinceMs = atMs
      }
      young.set(key, value)
    },
    get generations() {
      return [
        { sinceMs: oldSinceMs, entries: old },
        { sinceMs, entries: young },
      ] as const
    },
    restore(age, since, entries) {
      const target = age === 'old' ? old : young
      if (age === 'old') oldSinceMs = since
      else sinceMs = since
      for (const [key, value] of entries) target.set(key, value)
    },
  }
}
