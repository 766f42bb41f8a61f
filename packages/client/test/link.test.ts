import { failure, method, rpcNumbers, type ResponseFrame } from '@openclaw/protocol'
import fc from 'fast-check'
import Type from 'typebox'
import { describe, expect, test } from 'vitest'
import { link, linkedPair, raw, type LinkOptions, type Transport } from '../src/index.ts'

const adding = { add: method('read', 'Sum.', Type.Object({ a: Type.Number(), b: Type.Number() }), Type.Number()) }
type Adding = { calls: typeof adding; serves: typeof adding }

function pair(left: LinkOptions = {}, right: LinkOptions = {}) {
  const [a, b] = linkedPair()
  return { left: link(a, left), right: link(b, right), raw: a }
}

/** One side as bare text: what a foreign program would send and see. */
function foreign(options: LinkOptions = {}) {
  const [a, b] = linkedPair()
  const wire = link(b, options)
  const seen: ResponseFrame[] = []
  const next = (): Promise<ResponseFrame> =>
    new Promise((resolve) => {
      a.onMessage((text) => resolve(JSON.parse(text) as ResponseFrame))
    })
  return { wire, seen, transport: a, ask: (text: string) => (void a.send(text), next()) }
}

/** Timers that fire when told to. */
function handTimers() {
  const set = new Set<{ ms: number; call: () => void }>()
  return {
    after(ms: number, call: () => void): Disposable {
      const timer = { ms, call }
      set.add(timer)
      return { [Symbol.dispose]: () => void set.delete(timer) }
    },
    fire(): void {
      for (const timer of set) timer.call()
    },
    get count() {
      return set.size
    },
  }
}

describe('calls', () => {
  test('both sides call and serve at once, each answer finds its request', async () => {
    const [a, b] = linkedPair()
    const left = link<Adding>(a, { handlers: { add: ({ a, b }) => a + b } })
    const right = link<Adding>(b, { handlers: { add: async ({ a, b }) => a - b } })
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.integer(), fc.integer()), { maxLength: 50 }), async (sums) => {
        const ours = sums.map(([x, y]) => left.call('add', { a: x, b: y }))
        const theirs = sums.map(([x, y]) => right.call('add', { a: x, b: y }))
        expect(await Promise.all(ours)).toEqual(sums.map(([x, y]) => x - y))
        expect(await Promise.all(theirs)).toEqual(sums.map(([x, y]) => x + y))
      }),
      { numRuns: 50 },
    )
  })

  test('answers come back in any order', async () => {
    const gates = new Map<number, () => void>()
    const { left } = pair(
      {},
      { handlers: { wait: (id) => new Promise((resolve) => gates.set(id as number, () => resolve(id))) } },
    )
    const first = left.call('wait', 1)
    const second = left.call('wait', 2)
    await Promise.resolve()
    gates.get(2)!()
    expect(await second).toBe(2)
    gates.get(1)!()
    expect(await first).toBe(1)
  })

  test('a failure keeps its code, its delay and its problems; a plain throw is internal', async () => {
    const problems = [{ path: 'a.b', message: 'is not a number' }]
    const { left } = pair(
      {},
      {
        handlers: {
          refuse: () => {
            throw failure('rate_limited', 'asked too often; wait', { retryAfterMs: 12, problems })
          },
          break: async () => {
            throw new TypeError('oops')
          },
        },
      },
    )
    await expect(left.call('refuse', {})).rejects.toMatchObject({
      code: 'rate_limited',
      message: 'asked too often; wait',
      retryAfterMs: 12,
      problems,
    })
    await expect(left.call('break', {})).rejects.toMatchObject({ code: 'internal', message: 'oops' })
  })

  test('an unknown method is -32601, also when it is a name that every object has', async () => {
    const { ask } = foreign({ handlers: {} })
    for (const name of ['nothing', 'toString', '__proto__', 'constructor']) {
      expect(await ask(JSON.stringify({ jsonrpc: '2.0', id: 1, method: name }))).toMatchObject({
        id: 1,
        error: { code: rpcNumbers.method, data: { code: 'not_found' } },
      })
    }
  })

  test('a result that is JSON text already goes out as it is', async () => {
    const { left } = pair({}, { handlers: { lines: () => raw('{"lines":[1,2,3]}') } })
    expect(await left.call('lines', {})).toEqual({ lines: [1, 2, 3] })
  })

  test('a result that JSON cannot say fails that call only', async () => {
    const { left } = pair({}, { handlers: { big: () => 10n, fine: () => 'ok', nothing: () => undefined } })
    await expect(left.call('big', {})).rejects.toMatchObject({ code: 'internal' })
    expect(await left.call('fine', {})).toBe('ok')
    expect(await left.call('nothing', {})).toBe(null)
  })
})

describe('giving up', () => {
  test('an aborted call rejects with the reason, and the handler over there is told', async () => {
    const told = Promise.withResolvers<unknown>()
    const begun = Promise.withResolvers<void>()
    const { left } = pair(
      {},
      {
        handlers: {
          work: (_, { signal }) => {
            signal.addEventListener('abort', () => told.resolve(signal.reason))
            begun.resolve()
            return new Promise(() => {})
          },
        },
      },
    )
    const control = new AbortController()
    const call = left.call('work', {}, { signal: control.signal })
    await begun.promise
    control.abort(failure('aborted', 'enough'))
    await expect(call).rejects.toMatchObject({ code: 'aborted', message: 'enough' })
    expect(await told.promise).toMatchObject({ code: 'aborted' })
  })

  test('a handler that asks for its signal late still learns that the caller gave up', async () => {
    const late = Promise.withResolvers<void>()
    const seen = Promise.withResolvers<boolean>()
    const { left, right } = pair(
      {},
      {
        handlers: {
          async work(_, incoming) {
            await late.promise
            seen.resolve(incoming.signal.aborted)
          },
          echo: (value) => value,
        },
      },
    )
    const control = new AbortController()
    const call = left.call('work', {}, { signal: control.signal })
    control.abort(failure('aborted', 'enough'))
    await expect(call).rejects.toMatchObject({ code: 'aborted' })
    expect(await left.call('echo', 1)).toBe(1)
    late.resolve()
    expect(await seen.promise).toBe(true)
    right.close()
  })

  test('a call that is aborted already is never sent', async () => {
    let calls = 0
    const { left } = pair({}, { handlers: { work: () => ++calls } })
    await expect(left.call('work', {}, { signal: AbortSignal.abort(failure('aborted', 'no')) })).rejects.toMatchObject({
      message: 'no',
    })
    expect(await left.call('work', {})).toBe(1)
  })

  test('a timeout fails the call as aborted; timers of answered calls are gone', async () => {
    const timers = handTimers()
    const { left } = pair(
      { after: timers.after },
      { handlers: { hang: () => new Promise(() => {}), echo: (value) => value } },
    )
    await left.call('echo', 1, { timeoutMs: 100 })
    expect(timers.count).toBe(0)
    const call = left.call('hang', {}, { timeoutMs: 100 })
    timers.fire()
    await expect(call).rejects.toMatchObject({ code: 'aborted', message: 'hang was not answered within 100 ms' })
    expect(timers.count).toBe(0)
  })

  test('closing fails what waits, aborts what works, and later calls fail at once', async () => {
    const aborted = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    const { left, right } = pair(
      {},
      {
        handlers: {
          work: (_, { signal }) => {
            signal.addEventListener('abort', () => aborted.resolve())
            begun.resolve()
            return new Promise(() => {})
          },
        },
      },
    )
    const call = left.call('work', {})
    await begun.promise
    left.close()
    await expect(call).rejects.toMatchObject({ code: 'unavailable' })
    await aborted.promise
    await right.closed
    await expect(right.call('x', {})).rejects.toMatchObject({ code: 'unavailable' })
    expect(left.notify('x', {})).toBeUndefined()
  })
})

describe('bounds', () => {
  test('more waiting calls than allowed fail with rate_limited and are not sent', async () => {
    let calls = 0
    const gate = Promise.withResolvers<void>()
    const { left } = pair({ maxPending: 2 }, { handlers: { wait: async () => (calls++, gate.promise) } })
    const first = [left.call('wait', {}), left.call('wait', {})]
    await expect(left.call('wait', {})).rejects.toMatchObject({ code: 'rate_limited' })
    gate.resolve()
    await Promise.all(first)
    await left.call('wait', {})
    expect(calls).toBe(3)
  })

  test('more requests than can be worked on are answered with rate_limited', async () => {
    const gate = Promise.withResolvers<void>()
    const { left } = pair({}, { maxIncoming: 1, handlers: { wait: () => gate.promise } })
    const first = left.call('wait', {})
    await expect(left.call('wait', {})).rejects.toMatchObject({ code: 'rate_limited' })
    gate.resolve()
    await first
    await left.call('wait', {})
  })

  test('an id that is still being answered is refused, and its first request goes on', async () => {
    const gate = Promise.withResolvers<string>()
    const { ask, transport } = foreign({ handlers: { wait: () => gate.promise } })
    void transport.send('{"jsonrpc":"2.0","id":7,"method":"wait"}')
    expect(await ask('{"jsonrpc":"2.0","id":7,"method":"wait"}')).toMatchObject({
      id: 7,
      error: { data: { code: 'conflict' } },
    })
    const answer = new Promise((resolve) => transport.onMessage((text) => resolve(JSON.parse(text))))
    gate.resolve('done')
    expect(await answer).toEqual({ jsonrpc: '2.0', id: 7, result: 'done' })
  })
})

describe('malformed frames', () => {
  test.each([
    ['not JSON', '{"jsonrpc":', rpcNumbers.parse, null],
    ['nothing', '', rpcNumbers.parse, null],
    ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"echo"}]', rpcNumbers.request, null],
    ['a number', '1', rpcNumbers.request, null],
    ['null', 'null', rpcNumbers.request, null],
    ['no version', '{"id":4,"method":"echo"}', rpcNumbers.request, 4],
    ['another version', '{"jsonrpc":"1.0","id":"a","method":"echo"}', rpcNumbers.request, 'a'],
    ['a fraction as id', '{"jsonrpc":"2.0","id":1.5,"method":"echo"}', rpcNumbers.request, null],
    ['a null id', '{"jsonrpc":"2.0","id":null,"method":"echo"}', rpcNumbers.request, null],
    ['a method that is no text', '{"jsonrpc":"2.0","id":9,"method":5}', rpcNumbers.request, 9],
  ])('%s is answered as JSON-RPC says, and the wire stays up', async (_, text, number, id) => {
    const { ask } = foreign({ handlers: { echo: (value) => value } })
    expect(await ask(text)).toMatchObject({ jsonrpc: '2.0', id, error: { code: number } })
    expect(await ask('{"jsonrpc":"2.0","id":1,"method":"echo","params":{"a":1}}')).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: { a: 1 },
    })
  })

  test('any text at all leaves both sides working and never loops', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.json(),
            fc.jsonValue().map((value) => JSON.stringify({ jsonrpc: '2.0', ...(value as object) })),
          ),
        ),
        async (texts) => {
          const [a, b] = linkedPair()
          let answers = 0
          const counted: Transport = { ...b, send: (text) => (answers++, b.send(text)) }
          link(counted, { handlers: { echo: (value) => value } })
          const left = link(a)
          for (const text of texts) void a.send(text)
          expect(await left.call('echo', 'still here')).toBe('still here')
          expect(answers).toBeLessThanOrEqual(texts.length + 1)
        },
      ),
      { numRuns: 200 },
    )
  })

  test('an answer that nobody waits for is passed over', async () => {
    const { ask, transport } = foreign({ handlers: { echo: (value) => value } })
    void transport.send('{"jsonrpc":"2.0","id":99,"result":1}')
    void transport.send('{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"?"}}')
    expect(await ask('{"jsonrpc":"2.0","id":1,"method":"echo","params":1}')).toMatchObject({ result: 1 })
  })
})

describe('notifications', () => {
  test('arrive in order; a throwing listener is reported and the wire stays up', async () => {
    const heard: unknown[] = []
    const errors: unknown[] = []
    const { left } = pair(
      {},
      {
        onNotification: (event, payload) => {
          heard.push([event, payload])
          if (payload === 2) throw new Error('two')
        },
        onError: (thrown) => errors.push(thrown),
        handlers: { echo: (value) => value },
      },
    )
    for (const n of [1, 2, 3]) void left.notify('tick', n)
    await left.call('echo', 0)
    expect(heard).toEqual([
      ['tick', 1],
      ['tick', 2],
      ['tick', 3],
    ])
    expect(errors).toMatchObject([{ message: 'two' }])
  })

  test('what arrived before the first listener is kept, and the close comes after it', async () => {
    const [a, b] = linkedPair()
    void a.send('1')
    void a.send('2')
    a.close()
    await new Promise(setImmediate)
    const log: string[] = []
    b.onClose(() => log.push('closed'))
    expect(log).toEqual([])
    b.onMessage((text) => log.push(text))
    expect(log).toEqual(['1', '2', 'closed'])
  })
})
