import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { count } from '../scripts/lib/count.mjs'
import { root } from '../scripts/lib/paths.mjs'
import { fingerprint } from '../scripts/lib/stale.mjs'
import { publishable } from '../scripts/lib/workspace.mjs'

const execute = promisify(execFile)
const folder = await mkdtemp(join(tmpdir(), 'openclaw-scripts-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the count of all tests', () => {
  const report = (name: string, value: object) => {
    const file = join(folder, name)
    return writeFile(file, JSON.stringify(value)).then(() => file)
  }
  const ok = { status: 'passed', assertionResults: [{}] }

  test('adds up the reports', async () => {
    const one = await report('one.json', {
      numPassedTests: 5,
      numFailedTests: 1,
      numPendingTests: 2,
      testResults: [ok],
    })
    const two = await report('two.json', {
      numPassedTests: 3,
      numFailedTests: 0,
      numPendingTests: 0,
      numTodoTests: 1,
      testResults: [ok],
    })
    expect(count([one, two])).toEqual({ passed: 8, failed: 1, skipped: 3 })
  })

  test('a file that could not be loaded and a report that is missing are failures', async () => {
    const broken = await report('broken.json', {
      numPassedTests: 4,
      numFailedTests: 0,
      numPendingTests: 0,
      testResults: [ok, { status: 'failed', assertionResults: [] }],
    })
    expect(count([broken, join(folder, 'never-written.json')])).toEqual({ passed: 4, failed: 2, skipped: 0 })
  })
})

test('sources have another fingerprint after a file was changed, added or touched, but not after a build', async () => {
  const place = join(folder, 'sources')
  await mkdir(join(place, 'deep'), { recursive: true })
  await writeFile(join(place, 'deep', 'a.ts'), 'one')
  const print = () => fingerprint([relative(root, place)])
  const seen = [print()]
  await writeFile(join(place, 'deep', 'a.ts'), 'longer')
  seen.push(print())
  await writeFile(join(place, 'b.ts'), '')
  seen.push(print())
  await utimes(join(place, 'b.ts'), 1, 1)
  seen.push(print())
  expect(new Set(seen).size).toBe(4)
  await mkdir(join(place, 'dist'))
  await writeFile(join(place, 'dist', 'main.js'), 'made')
  expect(print()).toBe(seen.at(-1))
})

test('the examples are never released', () => {
  const folders = publishable().map((one) => one.folder)
  expect(folders).toContain('apps/cli')
  expect(folders.filter((one) => one.startsWith('examples/'))).toEqual([])
})

test('two scripts that start at once take turns', async () => {
  const turn = `
    import { alone } from ${JSON.stringify(join(root, 'scripts/lib/alone.mjs'))}
    import { setTimeout as sleep } from 'node:timers/promises'
    await alone(async () => { const from = Date.now(); await sleep(150); console.log(from, Date.now()) })`
  const runs = [1, 2, 3].map(() => execute(process.execPath, ['--input-type=module', '-e', turn]))
  const spans = (await Promise.all(runs)).map(({ stdout }) => stdout.trim().split(' ').map(Number) as [number, number])
  spans.sort((a, b) => a[0] - b[0])
  for (const [index, [from]] of spans.entries())
    if (index > 0) expect(from).toBeGreaterThanOrEqual(spans[index - 1]![1])
})
