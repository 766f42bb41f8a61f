import { linkedPair } from '@openclaw/client'
import { fakeClock } from '@openclaw/testing'
import { expect, test } from 'vitest'
import { borrowStream, guard, lendStreams } from '@openclaw/sdk/host'

/** A guarded wire: what got through, and why it was cut. */
function openGuard() {
  const clock = fakeClock()
  const [near, far] = linkedPair()
  const heard: string[] = []
  const why: string[] = []
  const wire = guard(near, clock, (reason) => void why.push(reason))
  wire.onMessage((text) => void heard.push(text))
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  return { clock, wire, far, heard, why, settle }
}
const tell = '{"jsonrpc":"2.0","method":"log"}'

test('frames pass, and a few lines that are none are left out', async () => {
  const { far, heard, why, settle } = openGuard()
  void far.send(tell)
  for (let at = 0; at < 20; at++) void far.send('{"jsonrpc":"1.0"}')
  void far.send(tell)
  await settle()
  expect([heard, why]).toEqual([[tell, tell], []])
})

test('more garbage, an answer that nobody asked for, or a flood of frames cut it, once', async () => {
  for (const [line, times, reason] of [
    ['garbage', 21, 'no frame'],
    ['{"jsonrpc":"2.0","id":1,"result":{}}', 1, 'nobody asked'],
    [tell, 5001, 'more than 5000 things'],
    [`{"jsonrpc":"2.0","method":"log","params":"${'x'.repeat(4_000_000)}"}`, 9, 'MB within a second'],
  ] as const) {
    const { far, heard, why, settle } = openGuard()
    for (let at = 0; at < times + 10; at++) void far.send(line)
    await settle()
    expect(why).toEqual([expect.stringContaining(reason)])
    expect(heard.length).toBe(line === 'garbage' ? 0 : times - 1)
  }
})

test('as much in a day as it likes is no flood', async () => {
  const { clock, wire, far, heard, why, settle } = openGuard()
  for (let second = 0; second < 5; second++) {
    for (let at = 0; at < 2000; at++) void far.send(tell)
    await settle()
    await clock.advance(1000)
  }
  void wire.send('{"jsonrpc":"2.0","id":1,"method":"ping","params":{}}')
  void far.send('{"jsonrpc":"2.0","id":1,"result":{}}')
  await settle()
  expect([heard.length, why]).toEqual([10_001, []])
})

test('a stream is read no faster than it is asked for, and cancelling reaches its source', async () => {
  let pulled = 0
  let cancelled = false
  const lent = lendStreams()
  const stream = await lent.lend(
    new ReadableStream(
      {
        pull: (controller) => controller.enqueue(new Uint8Array(100_000).fill(++pulled)),
        cancel: () => void (cancelled = true),
      },
      { highWaterMark: 0 },
    ),
  )
  const borrowed = borrowStream(stream, {
    read: (number) => lent.read({ stream: number }),
    cancel: (number) => lent.cancel({ stream: number }),
  })
  const reader = borrowed.getReader()
  const sizes = [await reader.read(), await reader.read(), await reader.read()].map(({ value }) => value?.length)
  expect([sizes, pulled]).toEqual([[65_536, 34_464, 65_536], 2])
  await reader.cancel()
  expect(cancelled).toBe(true)
  await expect(lent.read({ stream })).rejects.toMatchObject({ code: 'not_found' })
})
