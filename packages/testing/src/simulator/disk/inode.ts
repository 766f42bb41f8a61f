import type { Draws } from '../draws.ts'

/** What a name leads to: bytes, of which the disk has some for certain. Files only grow at their end. */
export interface Inode {
  readonly bytes: Buffer
  append(bytes: Uint8Array): void
  /** All of them do, but for what a failed sync lost. */
  sync(): void
  /**
   * A sync failed: what it was to write stays readable, counts as written from now on, and is not on the disk, as on
   * Linux (https://lwn.net/Articles/752063/).
   */
  lose(): void
  /** The bytes that are there for certain. */
  safe(): Buffer
  /** What a loss of power leaves. */
  survive(draws: Draws): Inode
}

/** A file with durable content. */
export function inodeOf(content: Uint8Array = new Uint8Array()): Inode {
  let room = Buffer.from(content)
  let length = content.length
  let durable = length
  /** Where each unsynced append begins. */
  let starts: number[] = []
  const lost: { readonly from: number; readonly upto: number }[] = []
  const withoutLost = (bytes: Buffer): Buffer => {
    const left = Buffer.from(bytes)
    for (const { from, upto } of lost) left.fill(0, Math.min(from, left.length), Math.min(upto, left.length))
    return left
  }

  return {
    get bytes() {
      return room.subarray(0, length)
    },
    append(bytes) {
      starts.push(length)
      if (length + bytes.length > room.length)
        room = Buffer.concat([room.subarray(0, length)], 2 * (length + bytes.length))
      room.set(bytes, length)
      length += bytes.length
    },
    sync() {
      durable = length
      starts = []
    },
    lose() {
      if (durable < length) lost.push({ from: durable, upto: length })
      durable = length
      starts = []
    },
    safe: () => withoutLost(room.subarray(0, durable)),
    survive(draws) {
      if (durable === length) return inodeOf(withoutLost(room.subarray(0, length)))
      // The length and each append's bytes reach the disk by themselves and in any order.
      const end = draws.pick([durable, length, draws.between(durable, length)])
      const left = withoutLost(room.subarray(0, end))
      for (const [at, start] of starts.entries()) {
        if (start < end && draws.chance(0.25)) left.fill(0, start, Math.min(end, starts[at + 1] ?? end))
      }
      return inodeOf(left)
    },
  }
}
