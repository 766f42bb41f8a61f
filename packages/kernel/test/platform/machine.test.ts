import { once } from 'node:events'
import { expect, test } from 'vitest'
import { realClock } from '../../src/platform/clock.ts'
import { realProcesses } from '../../src/platform/processes.ts'
import { randomFrom, realRandom } from '../../src/platform/random.ts'

test('ids are short, unique, and rise in the order in which they were made', () => {
  const random = realRandom(() => Date.now())
  const ids = Array.from({ length: 100_000 }, () => random.id())
  expect(new Set(ids).size).toBe(ids.length)
  expect([...ids].sort()).toEqual(ids)
  expect(ids.every((id) => /^[0-9a-z]{26}$/.test(id))).toBe(true)
})

test('ids rise when the clock goes back, and when one millisecond has more of them than there are numbers', () => {
  let now = 1_000_000
  const random = randomFrom(
    () => now,
    (target) => void target.fill(255),
  )
  const first = random.id()
  now = 5
  const later = random.id()
  expect(later > first).toBe(true)
  let last = later
  for (let made = 0; made < 2 ** 20; made++) {
    const id = random.id()
    if (id <= last) expect.fail(`${id} came after ${last}`)
    last = id
  }
})

test('numbers are in [0, 1) at both ends of the randomness', () => {
  const highest = randomFrom(
    () => 0,
    (target) => void target.fill(255),
  ).number()
  const lowest = randomFrom(
    () => 0,
    (target) => void target.fill(0),
  ).number()
  expect(lowest).toBe(0)
  expect(highest).toBeLessThan(1)
  expect(highest).toBeGreaterThan(0.999_999)
})

test('bytes are not repeated', () => {
  const random = realRandom(() => 0)
  const seen = new Set(Array.from({ length: 1_000 }, () => Buffer.from(random.bytes(16)).toString('hex')))
  expect(seen.size).toBe(1_000)
  expect(random.bytes(100_000)).toHaveLength(100_000)
})

test('a disposed timer does not call, and an aborted sleep rejects with its reason', async () => {
  const clock = realClock()
  let called = false
  clock.after(0, () => (called = true))[Symbol.dispose]()
  const stop = new AbortController()
  const sleeping = clock.sleep(60_000, stop.signal)
  stop.abort(new Error('enough'))
  await expect(sleeping).rejects.toThrow('enough')
  await expect(clock.sleep(60_000, stop.signal)).rejects.toThrow('enough')
  // A later timer of the same length has run, so the disposed one would have.
  await clock.sleep(2)
  expect(called).toBe(false)
})

test('a program gets its arguments as they are and only the environment that it is given', async () => {
  const { spawn } = realProcesses()
  const script = 'process.stdout.write(JSON.stringify([process.argv.slice(1), Object.keys(process.env)]))'
  const child = spawn([process.execPath, '-e', script, '$HOME; "x"'], { env: { ONLY: '1' } })
  let output = ''
  child.stdout.on('data', (text) => (output += text))
  await once(child.stdout, 'end')
  expect(await child.exited).toEqual({ code: 0, signal: null })
  const [args, names] = JSON.parse(output)
  expect(args).toEqual(['$HOME; "x"'])
  expect(names.filter((name: string) => !name.startsWith('__'))).toEqual(['ONLY'])
})

test('a killed program says by which signal it ended, and writing to it afterwards is no error', async () => {
  const child = realProcesses().spawn([process.execPath, '-e', 'setInterval(() => {}, 1000)'], { env: {} })
  child.kill('SIGKILL')
  expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' })
  child.stdin.write('x')
})

test('a program that is not there is not_found, with its name', () => {
  const { spawn } = realProcesses()
  expect(() => spawn(['/no/such/program'], { env: {} })).toThrow(/cannot start \/no\/such\/program/)
})
