import { failure, type EventEnvelope, type Failure } from '@openclaw/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  connectGateway,
  link,
  linkedPair,
  type Gap,
  type GatewayState,
  type Handle,
  type Transport,
  type Wire,
} from '../src/index.ts'

const client = { name: 'test', version: '1' }

interface Stage {
  epoch: string
  token: string | undefined
  refuse: (Error & Failure) | undefined
  readonly wires: Wire[]
  readonly shown: unknown[]
  open(): Transport
  tell(seq: number, session?: string): void
}

/** The gateway's side, played by hand over linked pairs: one wire for each connection. */
function stage(more: Readonly<Record<string, Handle>> = {}): Stage {
  const wires: Wire[] = []
  const shown: unknown[] = []
  const own: Stage = {
    epoch: 'e1',
    token: undefined,
    refuse: undefined,
    wires,
    shown,
    open(): Transport {
      const [far, near] = linkedPair()
      wires.push(
        link(far, {
          handlers: {
            connect: (params) => {
              shown.push((params as { auth?: unknown }).auth)
              if (own.refuse) throw own.refuse
              return {
                protocol: 1,
                version: '1',
                epoch: own.epoch,
                principal: 'owner',
                role: 'owner',
                rights: ['read'],
                session: 's',
                maxFrameBytes: 1,
                ...(own.token ? { token: own.token } : {}),
              }
            },
            ...more,
          },
        }),
      )
      return near
    },
    tell(seq: number, session?: string) {
      void wires
        .at(-1)!
        .notify('typing', { epoch: own.epoch, seq, ...(session ? { session } : {}), payload: { on: true } })
    },
  }
  return own
}

/** Timers that fire when told to, shortest first. */
function handTimers() {
  const set = new Set<{ ms: number; call: () => void }>()
  return {
    set,
    after(ms: number, call: () => void): Disposable {
      const timer = { ms, call }
      set.add(timer)
      return { [Symbol.dispose]: () => void set.delete(timer) }
    },
    fire(pick: (ms: number) => boolean = () => true): void {
      for (const timer of [...set].filter(({ ms }) => pick(ms))) {
        set.delete(timer)
        timer.call()
      }
    },
  }
}
const settled = () => new Promise(setImmediate)

describe('connectGateway', () => {
  test('says who it is and can call; events reach their listeners until disposed', async () => {
    const far = stage({ health: () => ({ ready: true }) })
    await using gateway = await connectGateway({ client, auth: { token: 't' }, open: far.open })
    expect(far.shown).toEqual([{ token: 't' }])
    expect(gateway.hello.principal).toBe('owner')
    expect(await gateway.call('health', {})).toEqual({ ready: true })
    const heard: EventEnvelope[] = []
    const listening = gateway.on('typing', (_, envelope) => heard.push(envelope))
    far.tell(1, 'a')
    await settled()
    listening[Symbol.dispose]()
    far.tell(2, 'a')
    await settled()
    expect(heard).toEqual([{ event: 'typing', epoch: 'e1', seq: 1, session: 'a', payload: { on: true } }])
  })

  test('rejects when it is refused, with what the gateway said', async () => {
    const far = stage()
    far.refuse = failure('unauthorized', 'this token is not valid')
    await expect(connectGateway({ client, open: far.open })).rejects.toMatchObject({
      code: 'unauthorized',
      message: 'this token is not valid',
    })
    await expect(connectGateway({ client, url: 'http://127.0.0.1:1' })).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('reconnects with growing delays, shows the token that its link earned, and fails calls meanwhile', async () => {
    const far = stage({ health: () => new Promise(() => {}) })
    const timers = handTimers()
    far.token = 'earned'
    await using gateway = await connectGateway({ client, auth: { link: 'once' }, open: far.open, after: timers.after })
    const states: GatewayState[] = []
    gateway.onState((state) => states.push(state))
    const waiting = gateway.call('health', {})
    far.wires[0]!.close()
    await expect(waiting).rejects.toMatchObject({ code: 'unavailable' })
    await settled()
    await expect(gateway.call('health', {})).rejects.toMatchObject({ code: 'unavailable' })
    far.refuse = failure('unavailable', 'not yet')
    const delays: number[] = []
    for (let n = 0; n < 10; n++) {
      delays.push(...[...timers.set].map(({ ms }) => ms))
      timers.fire()
      await settled()
    }
    expect(delays[0]).toBeGreaterThanOrEqual(125)
    expect(delays[0]).toBeLessThanOrEqual(250)
    expect(Math.max(...delays)).toBeLessThanOrEqual(15_000)
    expect(delays.at(-1)).toBeGreaterThanOrEqual(7500)
    far.refuse = undefined
    timers.fire()
    await settled()
    expect(states).toEqual(['offline', 'online'])
    expect(far.shown[0]).toEqual({ link: 'once' })
    expect(far.shown.at(-1)).toEqual({ token: 'earned' })
  })

  test('a refusal while reconnecting is for good', async () => {
    const far = stage()
    const timers = handTimers()
    await using gateway = await connectGateway({ client, open: far.open, after: timers.after })
    const said = new Promise<Failure | undefined>((resolve) =>
      gateway.onState((state, why) => void (state === 'closed' && resolve(why))),
    )
    far.refuse = failure('unauthorized', 'revoked')
    far.wires[0]!.close()
    await settled()
    timers.fire()
    expect(await said).toMatchObject({ code: 'unauthorized', message: 'revoked' })
    expect(timers.set.size).toBe(0)
  })

  test('closing ends timers, calls and the wire, and nothing is opened again', async () => {
    const far = stage({ health: () => new Promise(() => {}) })
    const timers = handTimers()
    const gateway = await connectGateway({ client, open: far.open, after: timers.after })
    const waiting = gateway.call('health', {})
    gateway.close()
    await expect(waiting).rejects.toMatchObject({ code: 'unavailable' })
    await far.wires[0]!.closed
    await settled()
    expect([gateway.state, timers.set.size, far.wires.length]).toEqual(['closed', 0, 1])
  })
})

describe('events', () => {
  async function watch(since: Handle) {
    const far = stage({ 'events.since': since })
    const timers = handTimers()
    const gateway = await connectGateway({ client, open: far.open, after: timers.after })
    const heard: string[] = []
    const gaps: Gap[] = []
    gateway.on('typing', (_, { session, seq }) => heard.push(`${session ?? ''}${seq}`))
    gateway.onGap((gap) => gaps.push(gap))
    return { far, timers, gateway, heard, gaps }
  }
  const event = (seq: number, session: string): EventEnvelope => ({
    event: 'typing',
    epoch: 'e1',
    seq,
    session,
    payload: {},
  })

  test('what is missing is fetched and delivered in order, other streams go on meanwhile', async () => {
    const gate = Promise.withResolvers<void>()
    const asked: unknown[] = []
    const { far, heard, gaps } = await watch(async (params) => {
      asked.push(params)
      await gate.promise
      return { events: [event(2, 'a'), event(3, 'a')], complete: true }
    })
    far.tell(1, 'a')
    far.tell(4, 'a')
    far.tell(5, 'a')
    far.tell(7, 'b')
    await settled()
    expect(heard).toEqual(['a1', 'b7'])
    gate.resolve()
    await settled()
    expect(heard).toEqual(['a1', 'b7', 'a2', 'a3', 'a4', 'a5'])
    expect(asked).toEqual([{ session: 'a', epoch: 'e1', seq: 1 }])
    expect(gaps).toEqual([])
  })

  test('what the window no longer holds is told as a gap, and the stream goes on', async () => {
    const { far, heard, gaps } = await watch(() => ({ events: [], complete: false }))
    far.tell(1, 'a')
    far.tell(9, 'a')
    await settled()
    far.tell(10, 'a')
    await settled()
    expect(heard).toEqual(['a1', 'a9', 'a10'])
    expect(gaps).toEqual([{ session: 'a', all: false }])
  })

  test('after a reconnect the streams that were heard are asked for; a new epoch is one gap for everything', async () => {
    const asked: unknown[] = []
    const { far, timers, heard, gaps } = await watch((params) => {
      asked.push(params)
      const { session } = params as { session?: string }
      return { events: session ? [event(2, session)] : [], complete: true }
    })
    far.tell(1, 'a')
    far.tell(1)
    await settled()
    far.wires[0]!.close()
    await settled()
    timers.fire((ms) => ms <= 15_000)
    await settled()
    expect(asked).toEqual([
      { epoch: 'e1', seq: 1 },
      { session: 'a', epoch: 'e1', seq: 1 },
    ])
    expect(heard).toEqual(['a1', '1', 'a2'])
    expect(gaps).toEqual([])
    far.epoch = 'e2'
    far.wires[1]!.close()
    await settled()
    timers.fire((ms) => ms <= 15_000)
    await settled()
    expect(gaps).toEqual([{ session: undefined, all: true }])
  })

  test('whatever is lost or doubled on the way, each event is heard once and in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ session: fc.constantFrom('a', 'b'), arrives: fc.integer({ min: 0, max: 2 }) }), {
          minLength: 1,
          maxLength: 40,
        }),
        async (plan) => {
          const all: EventEnvelope[] = []
          const { far, heard, gateway } = await watch((params) => {
            const { session, seq } = params as { session: string; seq: number }
            return { events: all.filter((one) => one.session === session && one.seq > seq), complete: true }
          })
          const counts: Record<string, number> = { a: 0, b: 0 }
          const first: Record<string, number> = {}
          const tell = async ({ session, arrives }: (typeof plan)[number]) => {
            const seq = ++counts[session]!
            all.push(event(seq, session))
            for (let n = 0; n < arrives; n++) far.tell(seq, session)
            if (arrives > 0) first[session] ??= seq
            await settled()
          }
          for (const one of plan) await tell(one)
          for (const session of ['a', 'b'] as const) await tell({ session, arrives: 1 })
          await settled()
          for (const session of ['a', 'b']) {
            const from = first[session]!
            expect(heard.filter((one) => one.startsWith(session))).toEqual(
              Array.from({ length: counts[session]! - from + 1 }, (_, n) => `${session}${from + n}`),
            )
          }
          gateway.close()
        },
      ),
      { numRuns: 100 },
    )
  })
})
