import type { EventEnvelope, Right, Role } from '@openclaw/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openEvents, type Told } from '../../src/gateway/events.ts'
import { realRandom } from '../../src/platform/random.ts'
import { openHouse, type Answer, type Talk } from './house.ts'

const random = realRandom(Date.now)
const envelopes = (talk: Talk) =>
  talk.heard
    .filter(({ method }) => method)
    .map(({ method, params }) => ({ event: method, ...(params as object) })) as EventEnvelope[]

describe('who is told', () => {
  test('session events go to the owner and to whose session it is; others to those with the right', async () => {
    await using house = await openHouse()
    const make = async (role: Role, rights: Right[]) => {
      const { token, info } = await house.tokens.create({ name: role, role, rights })
      return { talk: await house.connect({ token }), key: `agent:main:local:default:token%3A${info.id}` }
    }
    const owner = { talk: await house.connect() }
    const anna = await make('member', ['write'])
    const ben = await make('guest', ['read'])
    const door = await make('member', ['pairing'])
    const delta = { run: 'r', delta: 'secret of anna' }
    house.events.emit('agent.text', delta, anna.key)
    house.events.emit('typing', { on: true }, ben.key)
    house.events.emit('pairing.resolved', { channel: 'c', code: 'C' })
    house.events.emit('config.changed', { hash: 'h', applied: 'now' })
    house.events.emit('sessions.changed', { key: 'k', deleted: false })
    for (const { talk } of [owner, anna, ben]) await talk.ask('health', {})
    await door.talk.request('health', {})
    expect(envelopes(owner.talk).map(({ event }) => event)).toEqual([
      'agent.text',
      'typing',
      'pairing.resolved',
      'config.changed',
      'sessions.changed',
    ])
    expect(envelopes(anna.talk).map(({ event }) => event)).toEqual(['agent.text', 'sessions.changed'])
    expect(envelopes(ben.talk).map(({ event }) => event)).toEqual(['typing', 'sessions.changed'])
    expect(envelopes(door.talk).map(({ event }) => event)).toEqual(['pairing.resolved'])
    expect(envelopes(owner.talk)[0]).toEqual({
      event: 'agent.text',
      epoch: house.events.epoch,
      seq: 1,
      session: anna.key,
      payload: delta,
    })

    const since = (talk: Talk, session?: string) =>
      talk.request('events.since', { epoch: house.events.epoch, seq: 0, ...(session ? { session } : {}) })
    expect(await since(ben.talk, anna.key)).toMatchObject({ error: { data: { code: 'not_found' } } })
    expect((await since(anna.talk, anna.key)).result).toEqual({
      events: envelopes(anna.talk).slice(0, 1),
      complete: true,
    })
    expect(((await since(ben.talk)).result as { events: EventEnvelope[] }).events.map(({ event }) => event)).toEqual([
      'sessions.changed',
    ])
  })

  test('a stranger hears nothing before connect', async () => {
    await using house = await openHouse()
    const stranger = house.socket()
    await stranger.opened
    house.events.emit('sessions.changed', { key: 'k', deleted: false })
    expect(await stranger.request('connect', { kind: 'control', client: { name: 'a', version: '1' } })).toHaveProperty(
      'error',
    )
    expect(envelopes(stranger)).toEqual([])
  })
})

describe('the window', () => {
  const everything = () => true

  test('sequences rise by one in each session and in none, and what was missed comes back in order', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', undefined), { maxLength: 60 }), fc.nat(70), (sessions, from) => {
        const events = openEvents({ random })
        const told: Told[] = []
        events.listen((one) => told.push(one))
        for (const session of sessions) events.emit('typing', { on: true }, session)
        for (const session of ['a', 'b', undefined]) {
          const own = told.filter((one) => one.session === session).map(({ envelope }) => envelope)
          expect(own.map(({ seq }) => seq)).toEqual(own.map((_, n) => n + 1))
          const answer = events.since({ epoch: events.epoch, seq: from, ...(session ? { session } : {}) }, everything)
          expect(answer).toEqual(
            from > own.length ? { events: [], complete: false } : { events: own.slice(from), complete: true },
          )
        }
      }),
    )
  })

  test('what fell out of it, or another epoch, is not complete', () => {
    const events = openEvents({ random, maxEvents: 3 })
    for (let n = 0; n < 5; n++) events.emit('typing', { on: true }, 's')
    const since = (seq: number, epoch = events.epoch) => events.since({ session: 's', epoch, seq }, everything)
    expect(since(1)).toMatchObject({ complete: false, events: [{ seq: 3 }, { seq: 4 }, { seq: 5 }] })
    expect(since(2)).toMatchObject({ complete: true, events: [{ seq: 3 }, { seq: 4 }, { seq: 5 }] })
    expect(since(5)).toEqual({ complete: true, events: [] })
    expect(since(2, 'other')).toEqual({ complete: false, events: [] })
  })

  test('it is bounded in bytes, and a session that was forgotten goes on above what its clients saw', () => {
    const events = openEvents({ random, maxBytes: 1_000_000 })
    let frames = 0
    events.listen(({ frame }) => (frames += frame.length))
    for (let n = 0; n < 300; n++) events.emit('agent.text', { run: 'r', delta: 'x'.repeat(10_000) }, 's')
    const kept = events.since({ session: 's', epoch: events.epoch, seq: 250 }, everything)
    expect(kept.complete).toBe(true)
    expect(frames).toBeGreaterThan(3_000_000)
    expect(events.since({ session: 's', epoch: events.epoch, seq: 0 }, everything).events.length).toBeLessThan(100)
    for (let n = 0; n < 10_001; n++) events.emit('typing', { on: true }, `other${n}`)
    let seq = 0
    events.listen(({ envelope }) => (seq = envelope.seq))
    events.emit('typing', { on: true }, 's')
    expect(seq).toBe(301)
    expect(events.since({ session: 's', epoch: events.epoch, seq: 299 }, everything).complete).toBe(false)
  })

  test('a listener that throws is reported and the others are told', () => {
    const warned: unknown[] = []
    const events = openEvents({ random, warn: (...said) => warned.push(said) })
    const heard: string[] = []
    events.listen(() => {
      throw new Error('no')
    })
    const second = events.listen(({ event }) => heard.push(event))
    events.emit('typing', { on: true })
    second[Symbol.dispose]()
    events.emit('typing', { on: false })
    expect(heard).toEqual(['typing'])
    expect(warned).toHaveLength(2)
  })
})

describe('slow clients', () => {
  /** Emits until so many bytes went out. */
  const flood = async (emit: (delta: string) => void, bytes: number) => {
    const delta = 'z'.repeat(100_000)
    for (let sent = 0; sent < bytes; sent += delta.length) {
      emit(delta)
      await new Promise(setImmediate)
    }
  }

  test('one that does not read goes without pieces of streams, gets the rest, and can ask for what it missed', async () => {
    await using house = await openHouse()
    const slow = await house.connect()
    const quick = await house.connect()
    slow.ws.pause()
    await flood((delta) => house.events.emit('agent.text', { run: 'r', delta }, 's'), 30e6)
    house.events.emit('agent.end', { run: 'r', outcome: 'answered' }, 's')
    const isEnd = ({ method }: Answer) => method === 'agent.end'
    const end = await quick.next(isEnd)
    expect((end.params as EventEnvelope).seq).toBe(301)
    expect(envelopes(quick)).toHaveLength(300)
    slow.ws.resume()
    await slow.next(isEnd)
    expect(envelopes(slow).length).toBeLessThan(200)
    expect(envelopes(slow).length).toBeGreaterThan(30)
    const missed = await slow.ask<{ events: EventEnvelope[]; complete: boolean }>('events.since', {
      session: 's',
      epoch: house.events.epoch,
      seq: 295,
    })
    expect(missed.events.map(({ seq }) => seq)).toEqual([296, 297, 298, 299, 300, 301])
  })

  test('one that would need more than 16 MiB kept for it is closed with 1008; memory stays bounded', async () => {
    await using house = await openHouse()
    const slow = await house.connect()
    slow.ws.pause()
    const before = process.memoryUsage().external
    await flood(
      (delta) => house.events.emit('agent.tool.start', { run: 'r', call: 'c', tool: 't', input: delta }),
      60e6,
    )
    expect(house.gateway.connected).toBe(0)
    expect(process.memoryUsage().external - before).toBeLessThan(60e6)
    slow.ws.resume()
    expect((await slow.closed).code).toBeOneOf([1006, 1008])
  })
})
