/**
 * One piece of work per key at a time: who comes with the same key meanwhile shares its outcome. The ledger knows a key
 * only once it is durable, and an event may be delivered twice before that.
 */
export function openOnce(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const underway = new Map<string, Promise<unknown>>()
  return <T>(key: string, work: () => Promise<T>) => {
    const twin = underway.get(key)
    if (twin) return twin as Promise<T>
    const own = work()
    underway.set(key, own)
    const leave = (): void => void underway.delete(key)
    own.then(leave, leave)
    return own
  }
}
