import { randomFillSync } from 'node:crypto'
import type { Random } from '../platform.ts'

/** Crockford's base 32, lower-case: in the order of its characters' codes, without i, l, o and u. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const bitsOfCounter = 20

/** The machine's own randomness; ids are made from the clock's time and it. */
export function realRandom(now: () => number): Random {
  const pool = new Uint8Array(4096)
  let used = pool.length
  return randomFrom(now, (target) => {
    if (target.length > 64) return void randomFillSync(target)
    if (used + target.length > pool.length) {
      randomFillSync(pool)
      used = 0
    }
    target.set(pool.subarray(used, used + target.length))
    // A byte that was given out does not stay in memory.
    pool.fill(0, used, used + target.length)
    used += target.length
  })
}

/** Randomness over a source of bytes, which a seeded one may be. */
export function randomFrom(now: () => number, fill: (target: Uint8Array) => void): Random {
  const eight = new Uint8Array(8)
  const twelve = new Uint8Array(12)
  let lastMs = 0
  let prefix = ''
  let counter = 0

  const tick = (): void => {
    const ms = Math.max(now(), lastMs)
    if (ms === lastMs && ++counter < 2 ** bitsOfCounter) return
    // A counter that ran over borrows the next millisecond, as a clock that went back keeps the last one: ids only rise.
    lastMs = ms === lastMs ? ms + 1 : ms
    prefix = encode(lastMs, 10)
    fill(eight)
    counter = (eight[0]! | (eight[1]! << 8) | (eight[2]! << 16)) & (2 ** (bitsOfCounter - 1) - 1)
  }

  return {
    bytes(length) {
      const bytes = new Uint8Array(length)
      fill(bytes)
      return bytes
    },
    id() {
      tick()
      fill(twelve)
      let tail = ''
      for (const byte of twelve) tail += alphabet[byte & 31]
      return prefix + encode(counter, 4) + tail
    },
    number() {
      fill(eight)
      const view = new DataView(eight.buffer)
      return (view.getUint32(0) * 2 ** 21 + (view.getUint32(4) >>> 11)) / 2 ** 53
    },
  }
}

function encode(value: number, length: number): string {
  let text = ''
  for (let left = value; text.length < length; left = Math.floor(left / 32)) text = alphabet[left % 32] + text
  return text
}
