/** What was fetched a short while ago, bounded by age and by size; the oldest goes first. */
export interface Cache<T> {
  get(key: string): T | undefined
  set(key: string, value: T): void
}

/** Opens one. `now` is in milliseconds since some moment. What is larger than all of it is not kept. */
export function openCache<T>(bounds: {
  readonly maxAgeMs: number
  readonly maxSize: number
  readonly sizeOf: (value: T) => number
  readonly now?: () => number
}): Cache<T> {
  const { maxAgeMs, maxSize, sizeOf, now = () => performance.now() } = bounds
  const kept = new Map<string, { readonly value: T; readonly at: number }>()
  let size = 0
  const drop = (key: string) => {
    const old = kept.get(key)
    if (old && kept.delete(key)) size -= sizeOf(old.value)
  }
  return {
    get(key) {
      const found = kept.get(key)
      if (found && now() - found.at > maxAgeMs) drop(key)
      return kept.get(key)?.value
    },
    set(key, value) {
      drop(key)
      if (sizeOf(value) > maxSize) return
      kept.set(key, { value, at: now() })
      size += sizeOf(value)
      for (const [oldest, { at }] of kept) {
        if (size <= maxSize && now() - at <= maxAgeMs) break
        drop(oldest)
      }
    },
  }
}
