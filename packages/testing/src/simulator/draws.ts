/** Random decisions that one seed makes. The same calls in the same order draw the same. */
export interface Draws {
  /** In [0, 1). */
  next(): number
  /** A whole number in [from, upto], both included. */
  between(from: number, upto: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
  fill(target: Uint8Array): void
  /** Draws of its own, which what is drawn here later does not disturb. */
  fork(): Draws
}

/** Mulberry32 (https://gist.github.com/tommyettinger/46a874533244883189143505d203312c): small, fast, good enough here. */
export function drawsOf(seed: number): Draws {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 0
  const word = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const next = (): number => word() / 2 ** 32
  return {
    next,
    between: (from, upto) => from + Math.floor(next() * (upto - from + 1)),
    chance: (probability) => next() < probability,
    pick: (items) => items[Math.floor(next() * items.length)]!,
    fill(target) {
      for (let at = 0; at < target.length; at++) target[at] = word()
    },
    fork: () => drawsOf(word()),
  }
}
