/** Which events of a session are durable. Discord is told only of those, so that it gives all others again. */
export interface Sequence {
  /** An event came. Call the answer when it is durable. */
  begin(seq: number): () => void
  /** Everything up to here is durable. */
  readonly durable: number
}

/** Begins after `durable`. Events may settle in any order. */
export function countSequence(durable: number): Sequence {
  const open = new Set<number>()
  let last = durable
  return {
    begin(seq) {
      last = Math.max(last, seq)
      open.add(seq)
      return () => void open.delete(seq)
    },
    get durable() {
      // A set keeps its order, and events come in theirs: the first is the least that is not durable yet.
      const [first] = open
      return first === undefined ? last : first - 1
    },
  }
}
