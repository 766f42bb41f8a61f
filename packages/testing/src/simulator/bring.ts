import type { Account } from '@openclaw/sdk'
import type { Outdoors } from './channel.ts'
import type { Place, Said } from './people.ts'

/**
 * Gives what people said to an account: peer by peer in its order, and again until it is acknowledged. Call what it
 * answers whenever there may be something to give.
 */
export function bring(
  place: Place,
  account: Account,
  signal: AbortSignal,
  { life, draws, oracle, rough }: Outdoors,
): () => void {
  const { id, pipelined } = place.manners
  const busy = new Set<Said>()

  async function give(said: Said): Promise<void> {
    const { event } = said.event
    try {
      await life.outside(`${id} gives ${event}`, () => oracle.gives(place, said), { signal })
      const times = draws.chance(rough) ? draws.between(2, 4) : 1
      await Promise.all(Array.from({ length: times }, () => account.receive(said.event)))
      oracle.acknowledges(place, said)
      const arrived = !draws.chance(rough)
      // Only what arrives there is known there.
      await life.outside(`${id} hears of ${event}`, () => void (said.acknowledged ||= arrived), { signal })
    } catch {
      if (!signal.aborted) await life.outside(`${id} waits`, () => {}, { fromMs: 100, uptoMs: 500, signal })
    }
  }

  const isNext = (said: Said, at: number): boolean => {
    if (said.acknowledged || busy.has(said)) return false
    const open = place.said.slice(0, at).filter((one) => one.event.peer.id === said.event.peer.id && !one.acknowledged)
    return pipelined ? open.every((one) => busy.has(one)) : open.length === 0
  }

  const wake = (): void => {
    if (signal.aborted) return
    for (const [at, said] of place.said.entries()) {
      if (!isNext(said, at)) continue
      busy.add(said)
      give(said)
        .catch(() => {})
        .finally(() => {
          busy.delete(said)
          wake()
        })
    }
  }
  return wake
}
