import { report, simulate } from '@openclaw/testing/simulator'
import { expect, test } from 'vitest'
import { failSyncs, refuseEach } from './faults.ts'

const limit = { timeout: 300_000 }
const operations = 200
const killed = [
  { afterSteps: 100, how: 'kill' },
  { afterSteps: 100, how: 'power' },
] as const

test('R6: the disk refuses the k-th operation once, for every k', limit, async () => {
  expect(await refuseEach({ inLife: 1, ends: [], forEver: false }, operations)).toBe(operations)
})

test('R6: it refuses everything from the k-th operation on until it is mended, for every k', limit, async () => {
  expect(await refuseEach({ inLife: 1, ends: [], forEver: true }, operations)).toBe(operations)
})

test('R6: it refuses the k-th operation after two deaths, once', limit, async () => {
  expect(await refuseEach({ inLife: 3, ends: killed, forEver: false }, operations)).toBeGreaterThan(100)
})

test('R6: it refuses everything from there on, until it is mended', limit, async () => {
  expect(await refuseEach({ inLife: 3, ends: killed, forEver: true }, operations)).toBeGreaterThan(100)
})

test('R2 R5 R6: syncs fail now and then, and what they lost goes with the power, in 100 plans', limit, async () => {
  for (let seed = 1; seed <= 100; seed++) {
    const simulated = await simulate(seed, { change: (plan) => failSyncs(plan, seed) })
    expect(simulated.broken, report(simulated)).toEqual([])
  }
})
