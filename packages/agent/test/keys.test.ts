import type { Provider } from '@openclaw/sdk'
import { fail, say, scriptedProvider, type Act } from '@openclaw/testing'
import { describe, expect, it } from 'vitest'
import { openCooldowns } from '../src/cooldowns.ts'
import { poolOf } from '../src/keys.ts'
import { testClock } from './clock.ts'
import { startAgent, type Configured } from './gateway.ts'

describe('a pool of keys', () => {
  it.each([
    [{ a: 1 }, [{ a: 1 }]],
    [{ key: 'k1' }, [{ key: 'k1' }]],
    [
      { key: 'k1', keys: ['k2', 'k1', 'k3'], a: 1 },
      [
        { key: 'k1', a: 1 },
        { key: 'k2', a: 1 },
        { key: 'k3', a: 1 },
      ],
    ],
    [{ keys: ['k2'] }, [{ key: 'k2' }]],
    // A reference that could not be filled in leaves a hole.
    [{ key: 'k1', keys: [undefined] }, [{ key: 'k1' }]],
    [{ keys: [] }, [{}]],
    [undefined, [undefined]],
  ])('of %j is %j', (config, pool) => {
    expect(poolOf(config)).toEqual(pool)
  })
})

describe('cooldowns', () => {
  it('are of a key, a model and a reason: the longest counts, and none touches another key or model', () => {
    const clock = testClock()
    const cooldowns = openCooldowns(clock)
    cooldowns.add('a/m', 0, 'rate_limited', 5000)
    cooldowns.add('a/m', 0, 'unauthorized', 2000)
    expect([cooldowns.left('a/m', 0), cooldowns.left('a/m', 1), cooldowns.left('a/n', 0)]).toEqual([5000, 0, 0])
    // What the provider says anew counts, also when it is shorter.
    cooldowns.add('a/m', 0, 'rate_limited', 1000)
    expect(cooldowns.left('a/m', 0)).toBe(2000)
    cooldowns.add('a/m', 'all', 'overload', 9000)
    expect([cooldowns.left('a/m', 0), cooldowns.left('a/m', 7)]).toEqual([9000, 9000])
    clock.advance(9000)
    expect(cooldowns.left('a/m', 7)).toBe(0)
    cooldowns.add('a/m', 1, 'rate_limited', 1000)
    cooldowns.clear('a/m', 1)
    expect(cooldowns.left('a/m', 1)).toBe(0)
  })
})

/** A provider with three keys, each of which plays a script of its own; `asked` are the keys in the order of their use. */
function keyed(scripts: Readonly<Record<string, readonly Act[]>>): Configured & { readonly asked: readonly string[] } {
  const id = 'keyed'
  const asked: string[] = []
  const keys = Object.keys(scripts)
  const provider = scriptedProvider([], { id }).provider
  const players = new Map(keys.map((key) => [key, scriptedProvider([...scripts[key]!], { id })]))
  const connected: Provider = {
    ...provider,
    async connect(setup) {
      const { key } = setup.config as { key: string }
      const models = await players.get(key)!.provider.connect(setup)
      return {
        ...models,
        stream: (request, signal) => (asked.push(key), models.stream(request, signal)),
      }
    },
  }
  return {
    asked,
    provider: connected,
    load: async () => ({ default: connected }),
    model: `${id}/model`,
    config: { key: keys[0], keys: keys.slice(1) },
  }
}

describe('rotation', () => {
  it('takes the next key when one must wait, and comes back to the first when its time is over, not before', async () => {
    const clock = testClock()
    const model = keyed({
      k1: [fail('rate_limited', { retryAfterMs: 60_000 }), say('one again')],
      k2: [say('two'), say('two again')],
    })
    await using gateway = await startAgent([model], [], { clock })
    expect(await gateway.ask('s', 'a')).toMatchObject({ text: 'two' })
    clock.advance(59_999)
    expect(await gateway.ask('s', 'b')).toMatchObject({ text: 'two again' })
    clock.advance(1)
    expect(await gateway.ask('s', 'c')).toMatchObject({ text: 'one again' })
    expect(model.asked).toEqual(['k1', 'k2', 'k2', 'k1'])
  })

  it.each([
    ['was refused', fail('unauthorized')],
    ['has no credit left', fail('forbidden')],
  ])('passes over a key that %s, and says so only when all are', async (_, refusal) => {
    const clock = testClock()
    const model = keyed({ k1: [refusal, refusal], k2: [say('two'), say('again'), refusal] })
    await using gateway = await startAgent([model], [], { clock })
    expect(await gateway.ask('s', 'a')).toMatchObject({ text: 'two' })
    expect(await gateway.ask('s', 'b')).toMatchObject({ text: 'again' })
    clock.advance(300_000)
    expect(await gateway.ask('s', 'c')).toMatchObject({ outcome: 'failed' })
    expect(model.asked).toEqual(['k1', 'k2', 'k2', 'k1', 'k2'])
  })

  it('waits for a key that is good again soon, rather than fail with one that is refused', async () => {
    const clock = testClock()
    const model = keyed({
      k1: [fail('rate_limited', { retryAfterMs: 10_000 }), say('one')],
      k2: [fail('unauthorized')],
    })
    await using gateway = await startAgent([model], [], { clock })
    const answer = gateway.ask('s', 'a')
    await expect.poll(() => model.asked).toEqual(['k1', 'k2'])
    await new Promise((resolve) => setTimeout(resolve, 20))
    clock.advance(10_000)
    expect(await answer).toMatchObject({ text: 'one' })
  })

  it('tries no other key when the vendor is overloaded or refuses the content: that is the same for all', async () => {
    const clock = testClock()
    const busy = fail('unavailable', { retryAfterMs: 120_000, reason: 'overload' })
    const model = keyed({ k1: [busy, fail('forbidden', { reason: 'refused' })], k2: [say('never')] })
    await using gateway = await startAgent([model], [], { clock })
    expect(await gateway.ask('s', 'a')).toMatchObject({ outcome: 'failed' })
    clock.advance(120_000)
    expect(await gateway.ask('s', 'b')).toMatchObject({ outcome: 'failed' })
    expect(model.asked).toEqual(['k1', 'k1'])
  })

  it('asks the fallback when every key must wait, and waits for the key that is free first when there is none', async () => {
    const clock = testClock()
    const limited = (retryAfterMs: number) => fail('rate_limited', { retryAfterMs })
    const model = keyed({ k1: [limited(20_000), say('one')], k2: [limited(10_000), say('two')] })
    const other = scriptedProvider([say('the other')], { id: 'other' })
    await using gateway = await startAgent([model, other], [], { clock })
    expect(await gateway.ask('s', 'a')).toMatchObject({ text: 'the other' })
    const answer = gateway.ask('s', 'b', { models: ['keyed/model'] })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(model.asked).toEqual(['k1', 'k2'])
    clock.advance(10_000)
    expect(await answer).toMatchObject({ text: 'two' })
    expect(model.asked).toEqual(['k1', 'k2', 'k2'])
  })
})
