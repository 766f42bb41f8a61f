import { fakeClock } from '@openclaw/testing'
import { expect, it } from 'vitest'
import { floodLimit } from '../src/flood.ts'

const never = new AbortController().signal

it('lets a burst go at once, then one line at a time, and urgent ones first', async () => {
  const clock = fakeClock()
  const flood = floodLimit(clock, { burst: 2, everyMs: 1000 })
  const gone: string[] = []
  const take = (name: string, urgent = false) => void flood.take(never, urgent).then(() => gone.push(name))
  for (const name of ['a', 'b', 'c', 'd']) take(name)
  take('!', true)
  await clock.advance(0)
  expect(gone).toEqual(['a', 'b'])
  await clock.advance(999)
  expect(gone).toEqual(['a', 'b'])
  await clock.advance(1)
  expect(gone).toEqual(['a', 'b', '!'])
  await clock.advance(2000)
  expect(gone).toEqual(['a', 'b', '!', 'c', 'd'])
  expect(flood.spare()).toBe(false)
  await clock.advance(10_000)
  expect([flood.spare(), flood.spare(), flood.spare()]).toEqual([true, true, false])
})

it('leaves the place of who no longer waits to the next', async () => {
  const clock = fakeClock()
  const flood = floodLimit(clock, { burst: 1, everyMs: 1000 })
  await flood.take(never)
  const stop = new AbortController()
  const stopped = flood.take(stop.signal)
  const next = flood.take(never)
  stop.abort(new Error('stopped'))
  await expect(stopped).rejects.toThrow('stopped')
  await clock.advance(1000)
  await next
})

it('never waits without a limit', async () => {
  const flood = floodLimit(fakeClock(), { burst: 1, everyMs: 0 })
  for (let line = 0; line < 100; line++) await flood.take(never)
})
