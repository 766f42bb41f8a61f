import { expect, it } from 'vitest'
import type { Connection } from '../src/connect.ts'
import { keepConnection } from '../src/keep.ts'

/** A connection that ends when it is told to. */
function fake() {
  const { promise: closed, resolve: end } = Promise.withResolvers<void>()
  const connection: Connection = {
    closed,
    list: async () => [],
    call: async () => ({ content: [] }),
    [Symbol.asyncDispose]: async () => end(),
  }
  return { connection, end }
}

it('opens one connection for all who ask, and another one after it ended', async () => {
  const made: ReturnType<typeof fake>[] = []
  await using kept = keepConnection('s', async () => {
    made.push(fake())
    return made.at(-1)!.connection
  })
  const [one, same] = await Promise.all([kept.get(), kept.get()])
  expect(one).toBe(same)
  made[0]!.end()
  await one.closed
  await Promise.resolve()
  expect(await kept.get()).toBe(made[1]!.connection)
  kept.praise()
  kept.drop(made[1]!.connection)
  const third = await kept.get()
  expect(third).toBe(made[2]!.connection)
  // Another call of the one before it finds out later.
  kept.drop(made[1]!.connection)
  expect(await kept.get()).toBe(third)
})

it('tries again at once after the first failure, then after 2, 4, … 60 seconds, and forgets that when it works', async () => {
  let now = 0
  let works = false
  const open = () => (works ? Promise.resolve(fake().connection) : Promise.reject(new Error('it does not')))
  await using kept = keepConnection('s', open, () => now)
  await expect(kept.get()).rejects.toThrow('it does not')
  for (const seconds of [2, 4, 8, 16, 32, 60, 60]) {
    await expect(kept.get()).rejects.toThrow('it does not')
    now += seconds * 1000 - 1
    await expect(kept.get()).rejects.toMatchObject({ code: 'unavailable', retryAfterMs: 1 })
    now += 1
  }
  works = true
  const connection = await kept.get()
  kept.praise()
  kept.drop(connection)
  works = false
  await expect(kept.get()).rejects.toThrow('it does not')
  await expect(kept.get()).rejects.toMatchObject({ retryAfterMs: 2000 })
})

it('ends what it opened, also what is being opened, and opens nothing any more', async () => {
  const { promise, resolve } = Promise.withResolvers<Connection>()
  const one = fake()
  const kept = keepConnection('s', () => promise)
  const opening = kept.get()
  const closing = kept[Symbol.asyncDispose]()
  resolve(one.connection)
  await opening
  await closing
  await one.connection.closed
  await kept[Symbol.asyncDispose]()
  await expect(kept.get()).rejects.toMatchObject({ code: 'aborted' })
})
