import { fakeClock } from '@openclaw/testing'
import { expect, test } from 'vitest'
import { deadline, firstOf } from '../../src/deadline.ts'

test('a deadline aborts with what was being done, or with another signal, whichever is first', async () => {
  const clock = fakeClock()
  using late = deadline(clock, 2000, 'asking')
  await clock.advance(2000)
  expect(late.signal.reason).toMatchObject({ code: 'aborted', message: 'asking: no answer within 2 s' })
  const other = new AbortController()
  using early = deadline(clock, 2000, 'asking', new AbortController().signal, other.signal)
  other.abort(new Error('enough'))
  await clock.advance(2000)
  expect(early.signal.reason).toMatchObject({ message: 'enough' })
  using before = deadline(clock, 2000, 'asking', AbortSignal.abort(new Error('before')))
  expect(before.signal.reason).toMatchObject({ message: 'before' })
})

test('once it is disposed it aborts no more', async () => {
  const clock = fakeClock()
  const other = new AbortController()
  const limits = [deadline(clock, 2000, 'asking', other.signal), firstOf(other.signal)]
  for (const limit of limits) limit[Symbol.dispose]()
  await clock.advance(2000)
  other.abort()
  expect(limits.map(({ signal }) => signal.aborted)).toEqual([false, false])
})
