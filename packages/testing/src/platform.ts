import { randomFrom, realPlatform, type Platform } from '@openclaw/kernel'
import { fakeClock, type FakeClock } from './clock.ts'

/** The real disk and processes, with time that stands still and randomness that repeats. */
export interface TestPlatform extends Platform {
  readonly clock: FakeClock
}

let made = 0

/**
 * A platform whose programs see `home` as their OPENCLAW_HOME. Two of the same seed give the same bytes and ids; without
 * one, each of a test file's platforms has its own, so that a home that is opened again gets new ids.
 */
export function testPlatform(home: string, options: { now?: number; seed?: number } = {}): TestPlatform {
  const clock = fakeClock(options)
  const { files, processes, env } = realPlatform()
  const random = randomFrom(() => clock.now(), seededBytes(options.seed ?? ++made))
  return { clock, files, random, processes, env: { ...env, OPENCLAW_HOME: home } }
}

/** Marsaglia's xorshift, 32 bits (https://www.jstatsoft.org/article/view/v008i14). */
function seededBytes(seed: number): (target: Uint8Array) => void {
  // A state of zero stays zero.
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x6d2b79f5) | 0 || 1
  return (target) => {
    for (let at = 0; at < target.length; at++) {
      state ^= state << 13
      state ^= state >>> 17
      state ^= state << 5
      target[at] = state >>> 24
    }
  }
}
