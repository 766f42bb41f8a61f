import { report, simulate } from '@openclaw/testing/simulator'
import { expect, test } from 'vitest'
import { named } from './named.ts'

test.each(named)('$name (seed $seed)', async ({ seed, change }) => {
  const simulated = await simulate(seed, change ? { change } : {})
  expect(simulated.broken, report(simulated)).toEqual([])
})
