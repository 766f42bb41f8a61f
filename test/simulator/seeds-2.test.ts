import { test } from 'vitest'
import { runSeeds } from './seeds.ts'

test('R1 R2 R3 R4 R5 R6 R8 S12: seeds 501 to 1000 break no promise', { timeout: 300_000 }, () => runSeeds(501, 1000))
