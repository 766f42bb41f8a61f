import { expect, test } from 'vitest'
import { fakeClock } from '../src/clock.ts'
import { testPlatform } from '../src/platform.ts'

test('time stands still until it goes on, and timers run in the order of their moments, each at its own', async () => {
  const clock = fakeClock({ now: 1_000 })
  const ran: [string, number][] = []
  const note = (name: string) => () => void ran.push([name, clock.now()])
  clock.after(30, note('last'))
  clock.after(10, note('first'))
  clock.after(10, note('second'))
  clock.after(20, note('never'))[Symbol.dispose]()
  clock.after(31, note('later'))
  await clock.advance(30)
  expect(ran).toEqual([
    ['first', 1_010],
    ['second', 1_010],
    ['last', 1_030],
  ])
  expect([clock.now(), clock.monotonic()]).toEqual([1_030, 30])
})

test('what a timer sets off settles before the next timer, and new timers run in the same advance', async () => {
  const clock = fakeClock()
  const order: string[] = []
  const loop = async (): Promise<void> => {
    for (let at = 1; at <= 3; at++) {
      await clock.sleep(10)
      await Promise.resolve()
      order.push(`sleep ${at}`)
    }
  }
  const looping = loop()
  clock.after(15, () => order.push('between'))
  await clock.advance(30)
  await looping
  expect(order).toEqual(['sleep 1', 'between', 'sleep 2', 'sleep 3'])
})

test('an aborted sleep rejects with its reason, and its timer is gone', async () => {
  const clock = fakeClock()
  const stop = new AbortController()
  const sleeping = clock.sleep(10, stop.signal)
  stop.abort(new Error('enough'))
  await expect(sleeping).rejects.toThrow('enough')
  await clock.advance(10)
})

test('platforms of one seed give the same ids, those without a seed never', () => {
  const ids = (seed?: number): string[] => {
    const { random } = testPlatform('/nowhere', seed === undefined ? {} : { seed })
    return [random.id(), random.id(), String(random.number())]
  }
  expect(ids(7)).toEqual(ids(7))
  expect(ids(7)).not.toEqual(ids(8))
  expect(ids()).not.toEqual(ids())
  expect(testPlatform('/some/home').env.OPENCLAW_HOME).toBe('/some/home')
})
