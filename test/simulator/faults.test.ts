import { expect, test } from 'vitest'
import { refuseEach } from './faults.ts'

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
