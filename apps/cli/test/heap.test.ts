import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const MB = 1024 * 1024

/** Makes garbage of which much lives for a while, and says how large the young generation became at most. */
const program = (before: string) => `
  import { getHeapSpaceStatistics } from 'node:v8'
  ${before}
  const live = []
  let most = 0
  for (let round = 0; round < 400; round++) {
    for (let count = 0; count < 2000; count++) live.push({ round, text: 'x'.repeat(20) + count, more: [count, round] })
    if (live.length > 60_000) live.splice(0, 20_000)
    await new Promise((turn) => setImmediate(turn))
    most = Math.max(most, getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space').space_size)
  }
  console.log(most)
`

async function youngest(before = ''): Promise<number> {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program(before)])
  return Number(stdout)
}

test('P7: the young generation stops where a gateway wants it, which V8 by itself would not', async () => {
  const module = new URL('../src/heap.ts', import.meta.url).href
  const [ours, without] = await Promise.all([
    youngest(`import { keepHeapSmall } from ${JSON.stringify(module)}\nkeepHeapSmall()`),
    youngest(),
  ])
  expect(ours).toBeLessThan(50 * MB)
  expect(without).toBeGreaterThan(ours)
})
