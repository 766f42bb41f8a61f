import { linesOf, report, simulate, type Plan } from '@openclaw/testing/simulator'
import { expect, test } from 'vitest'

/** A plan in which the machine loses its power three times. */
const dark = (plan: Plan): Plan => ({
  ...plan,
  ends: [250, 150, 250].map((afterSteps) => ({ afterSteps, how: 'power' as const })),
})

test('the same seed gives the same run, step by step; another seed gives another', async () => {
  // What is imported on first use has to be there for both.
  await simulate(0)
  const digests = new Set<string>()
  for (let seed = 1; seed <= 40; seed++) {
    const [one, other] = [await simulate(seed), await simulate(seed)]
    expect(other.digest, `seed ${seed}`).toBe(one.digest)
    expect(other.steps).toBe(one.steps)
    digests.add(one.digest)
  }
  expect(digests.size).toBe(40)
})

test('R2: a disk that lies about its syncs is found out, and the report says how to run the seed again', async () => {
  const found = []
  for (let seed = 1; seed <= 10; seed++) {
    const simulated = await simulate(seed, {
      refuse: ({ kind, path }) => (kind === 'sync' && path.endsWith('.log') ? 'lie' : undefined),
    })
    found.push(...simulated.broken)
    if (simulated.broken.length > 0) expect(report(simulated)).toContain(`pnpm soak --seeds 1 --from ${seed}`)
  }
  expect(found.join('\n')).toContain('was acknowledged and is not on the disk')
})

test('R1: a recorded session is said again, through three losses of power, and kept whole', async () => {
  const recorded = await simulate(3)
  const journals = [...recorded.disk.names].filter(([path]) => path.endsWith('.jsonl'))
  // Their words belong to where they were said, and here they are said elsewhere.
  const lines = journals
    .flatMap(([, { bytes }]) => linesOf(bytes.toString()))
    .map((line) => ({ ...line, text: `again: ${line.text?.replaceAll('word-', 'said-')}` }))
  expect(lines.length).toBeGreaterThan(2)
  const again = await simulate(5, { change: (plan) => dark({ ...plan, lines }) })
  expect(again.broken).toEqual([])
})
