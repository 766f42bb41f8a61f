import type { Counterpart, Seen } from '@openclaw/testing'

/** People who talk to somebody on a platform, each waiting for their answer. */
export interface Conversation extends Disposable {
  /** Says something and resolves with how long the answer took, in milliseconds. */
  exchange(person: string, text: string): Promise<number>
  /** Says something to many at once; resolves with how long it took until all were answered. */
  burst(people: readonly string[], text: string): Promise<number>
  /** Exchanges a second of so many people, each saying the next thing when answered, for so long. */
  perSecond(people: readonly string[], ms: number): Promise<number>
  /** Resolves when so many more messages have come from us. */
  seen(count: number): Promise<void>
}

/** An answer that takes longer is none. */
const patienceMs = 30_000

/** Watches what comes from us on a counterpart, in order, and tells who waits for it. */
export function converse(counterpart: Counterpart): Conversation {
  const waiting = new Map<string, (() => void)[]>()
  const counting = new Set<{ left: number; done: () => void }>()
  let over = false
  let count = counterpart.sees().length
  const told = ({ peer }: Seen) => {
    waiting.get(peer.id)?.shift()?.()
    for (const one of counting) if (--one.left === 0 && counting.delete(one)) one.done()
  }
  void (async () => {
    while (!over) told(await counterpart.waitSeen(++count))
  })()

  const answered = (person: string) =>
    new Promise<void>((resolve, reject) => {
      const peer = counterpart.direct(person).id
      const late = setTimeout(
        () => reject(new Error(`${person} was not answered in ${patienceMs / 1000} s`)),
        patienceMs,
      )
      waiting.set(peer, [
        ...(waiting.get(peer) ?? []),
        () => {
          clearTimeout(late)
          resolve()
        },
      ])
    })
  const exchange = async (person: string, text: string) => {
    const done = answered(person)
    const began = performance.now()
    await counterpart.says(text, { from: person })
    await done
    return performance.now() - began
  }

  return {
    exchange,
    async burst(people, text) {
      const began = performance.now()
      await Promise.all(people.map((person) => exchange(person, text)))
      return performance.now() - began
    },
    async perSecond(people, ms) {
      const began = performance.now()
      let done = 0
      await Promise.all(
        people.map(async (person) => {
          for (let turn = 0; performance.now() - began < ms; turn++) {
            await exchange(person, `turn ${turn}`)
            done++
          }
        }),
      )
      return done / ((performance.now() - began) / 1000)
    },
    seen: (left) => new Promise((done) => counting.add({ left, done })),
    [Symbol.dispose]: () => void (over = true),
  }
}
