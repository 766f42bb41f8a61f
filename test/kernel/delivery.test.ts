import type { Platform } from '@openclaw/kernel'
import { failure } from '@openclaw/protocol'
import { fakeChannel, say, testKernel, wait } from '@openclaw/testing'
import { describe, expect, it } from 'vitest'

const config = {
  channels: { fake: { dm: { policy: 'open' }, groups: { policy: 'open', mention: false }, accounts: { default: {} } } },
}
const to = (id: string) => ({ channel: 'fake', account: 'default', peer: { kind: 'direct' as const, id } })

/** A disk that is full for some of what is appended. */
function refuseAppends(platform: Platform, refuses: (text: string) => boolean): Platform {
  return {
    ...platform,
    files: {
      ...platform.files,
      async open(path, mode) {
        const handle = await platform.files.open(path, mode)
        return {
          ...handle,
          append: async (bytes) => {
            if (refuses(Buffer.from(bytes).toString())) throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
            await handle.append(bytes)
          },
        }
      },
    },
  }
}

describe('delivery', () => {
  it("A25: cuts a long answer within the channel's limit, in order, and nothing is lost", async () => {
    const fake = fakeChannel({ traits: { maxText: 100 } })
    const long = Array.from({ length: 60 }, (_, at) => `word${at}`).join(' ')
    await using house = await testKernel({ plugins: [fake.plugin], config, script: [say(long)] })
    await fake.connected()
    await fake.say('go')
    await house.hear('delivery.changed', ({ state }) => state === 'sent')
    expect(fake.sent.every(({ text }) => text.length <= 100)).toBe(true)
    expect(fake.sent.map(({ text }) => text).join('')).toBe(long)
  })

  it('waits as long as the platform asks, and sends once', async () => {
    const fake = fakeChannel()
    await using house = await testKernel({ plugins: [fake.plugin], config })
    await fake.connected()
    fake.failSends(failure('rate_limited', 'slow down', { retryAfterMs: 5000 }))
    await house.call('send', { to: to('u'), message: 'hello', idempotencyKey: '1' })
    await house.platform.clock.advance(4000)
    expect(fake.sent).toEqual([])
    await house.platform.clock.advance(2000)
    expect((await fake.waitSent(1)).text).toBe('hello')
    await house.platform.clock.advance(60_000)
    expect(fake.sent.length).toBe(1)
  })

  it('gives up what can never be sent, keeps it for the owner, and sends it on a retry', async () => {
    const fake = fakeChannel()
    await using house = await testKernel({ plugins: [fake.plugin], config })
    await fake.connected()
    fake.failSends(failure('forbidden', 'the peer has blocked us'))
    const { delivery } = await house.call('send', { to: to('u'), message: 'hello', idempotencyKey: '1' })
    await house.hear('delivery.changed', ({ state }) => state === 'dead')
    expect((await house.call('deliveries.list', { state: 'dead' })).deliveries).toMatchObject([
      { id: delivery, failure: { code: 'forbidden' } },
    ])
    await house.call('deliveries.retry', { id: delivery })
    expect((await fake.waitSent(1)).text).toBe('hello')
    await house.hear('delivery.changed', ({ id, state }) => id === delivery && state === 'sent')
    expect((await house.call('deliveries.list', {})).deliveries).toEqual([])
  })

  it('does not hold up one peer for another', async () => {
    const fake = fakeChannel()
    await using house = await testKernel({ plugins: [fake.plugin], config })
    await fake.connected()
    fake.failSends(failure('rate_limited', 'slow down', { retryAfterMs: 60_000 }))
    await house.call('send', { to: to('slow'), message: 'one', idempotencyKey: '1' })
    await house.call('send', { to: to('quick'), message: 'two', idempotencyKey: '2' })
    expect((await fake.waitSent(1)).peer.id).toBe('quick')
  })

  it('R8: asks the platform before it sends again what may have arrived', async () => {
    const fake = fakeChannel({ canFind: true })
    await using house = await testKernel({ plugins: [fake.plugin], config })
    await fake.connected()
    fake.loseReceipts(failure('unavailable', 'the connection broke'))
    await house.call('send', { to: to('u'), message: 'once', idempotencyKey: '1' })
    await fake.waitSent(1)
    await house.platform.clock.advance(60_000)
    await house.hear('delivery.changed', ({ state }) => state === 'sent')
    expect(fake.sent.map(({ text }) => text)).toEqual(['once'])
  })

  it('R8: where the platform cannot say, at most that one chunk repeats', async () => {
    const fake = fakeChannel({ traits: { maxText: 10 } })
    await using house = await testKernel({ plugins: [fake.plugin], config })
    await fake.connected()
    fake.loseReceipts(failure('unavailable', 'the connection broke'))
    await house.call('send', { to: to('u'), message: 'first one second one third one', idempotencyKey: '1' })
    await fake.waitSent(1)
    await house.platform.clock.advance(60_000)
    await house.hear('delivery.changed', ({ state }) => state === 'sent')
    const texts = fake.sent.map(({ text }) => text)
    expect(texts[1]).toBe(texts[0])
    expect(texts.slice(1).join('')).toBe('first one second one third one')
  })

  it('R6 R8: sends nothing again, and gives nothing up, because the disk refuses the receipt for minutes', async () => {
    const fake = fakeChannel()
    let full = true
    await using house = await testKernel({
      plugins: [fake.plugin],
      config,
      platform: (platform) => refuseAppends(platform, (text) => full && text.includes('"type":"sent"')),
    })
    await fake.connected()
    await house.call('send', { to: to('u'), message: 'once', idempotencyKey: '1' })
    await fake.waitSent(1)
    for (let minute = 0; minute < 10; minute++) await house.platform.clock.advance(60_000)
    expect((await house.call('deliveries.list', {})).deliveries).toMatchObject([{ state: 'sending' }])
    full = false
    await house.platform.clock.advance(10_000)
    await house.hear('delivery.changed', ({ state }) => state === 'sent')
    expect(fake.sent.map(({ text }) => text)).toEqual(['once'])
    expect((await house.call('status', {})).owed.deliveries).toBe(0)
  })

  it('keeps what is owed through a restart, and sends it once the channel is there', async () => {
    const fake = fakeChannel()
    await using house = await testKernel({ plugins: [fake.plugin], config })
    await fake.connected()
    const release = fake.holdSends()
    await house.call('send', { to: to('u'), message: 'owed', idempotencyKey: '1' })
    const restarting = house.restart()
    await house.platform.clock.advance(6000)
    await using again = await restarting
    release()
    expect((await fake.waitSent(1)).text).toBe('owed')
    expect((await again.call('deliveries.list', {})).deliveries.length).toBeLessThanOrEqual(1)
  })

  it('R3: the same event, ten times over and after a restart, counts once', async () => {
    const fake = fakeChannel()
    await using house = await testKernel({ plugins: [fake.plugin], config, script: () => say('heard') })
    await fake.connected()
    await Promise.all(Array.from({ length: 10 }, () => fake.say('hello', { event: 'm1' })))
    await fake.waitSent(1)
    await house.hear('delivery.changed', ({ state }) => state === 'sent')
    await Promise.all(
      Array.from({ length: 5 }, () => fake.say('hello!', { event: 'm1.0', kind: 'edit', message: 'm1' })),
    )
    const { lines } = await house.call('chat.history', { session: 'agent:main:fake:default:user1' })
    expect(lines.filter(({ kind }) => kind === 'revision').length).toBe(1)
    await using again = await house.restart()
    await fake.connected()
    await fake.say('hello', { event: 'm1' })
    await fake.say('hello again', { event: 'm1.1', kind: 'edit', message: 'm1' })
    await fake.say('another', { event: 'm2' })
    await fake.waitSent(2)
    expect(house.model.requests.length + again.model.requests.length).toBe(2)
  })

  it('R4: a reply goes only where its message came from: canary words of 50 senders', async () => {
    const fake = fakeChannel()
    await using house = await testKernel({
      plugins: [fake.plugin],
      config,
      script: ({ turns }) => say(`I heard ${JSON.stringify(turns)}`),
    })
    await fake.connected()
    const senders = Array.from({ length: 50 }, (_, at) => `sender${at}`)
    for (const round of [1, 2, 3]) {
      await Promise.all(senders.map((sender) => fake.say(`canary-${sender}-x round ${round}`, { sender })))
      await fake.waitSent(50 * round)
      if (round === 2) await house.call('sessions.reset', { session: 'agent:main:fake:default:sender7' })
    }
    for (const { peer, text } of fake.sent) {
      const canaries = new Set(text.match(/canary-sender\d+-x/g))
      expect([...canaries]).toEqual([`canary-${peer.id}-x`])
    }
  })

  it('L5: keeps at most one link per account, through losses and stops', async () => {
    const fake = fakeChannel()
    await using house = await testKernel({ plugins: [fake.plugin], config })
    await fake.connected()
    for (let round = 0; round < 5; round++) {
      fake.drop('default')
      await house.hear('channel.state', ({ state }) => state === 'offline')
      expect(fake.live).toBeLessThanOrEqual(1)
      await house.platform.clock.advance(120_000)
      await fake.connected()
      expect(fake.live).toBe(1)
    }
    await house.call('channels.stop', { channel: 'fake' })
    expect(fake.live).toBe(0)
    expect((await house.call('channels.status', {})).accounts).toMatchObject([{ state: 'stopped' }])
    await house.call('channels.start', { channel: 'fake' })
    await fake.connected()
    expect(fake.live).toBe(1)
  })

  it('A64 A65: tells who is there, and shows that somebody is typing while a run works', async () => {
    const fake = fakeChannel()
    await using house = await testKernel({ plugins: [fake.plugin], config, script: [[wait(9000), say('at last')]] })
    await fake.connected()
    fake.presence('anna', 'online')
    expect((await house.hear('presence')).payload).toMatchObject({ channel: 'fake', sender: 'anna', state: 'online' })
    await fake.say('go')
    await house.model.asked(1)
    await house.platform.clock.advance(8500)
    expect(fake.typed).toBe(3)
    await house.platform.clock.advance(1000)
    await fake.waitSent(1)
    const typed = fake.typed
    await house.platform.clock.advance(20_000)
    expect(fake.typed).toBe(typed)
  })

  it('A7 L2: status and events tell the same state', async () => {
    const fake = fakeChannel()
    await using house = await testKernel({ plugins: [fake.plugin], config })
    await fake.connected()
    fake.drop('default', 'the cable was pulled')
    await house.hear('channel.state', ({ state }) => state === 'offline')
    const told = house.heard.filter(({ event }) => event === 'channel.state').at(-1)!.payload
    const { accounts } = await house.call('channels.status', {})
    expect(accounts[0]).toEqual(told)
    expect(accounts[0]).toMatchObject({ state: 'offline', detail: 'the cable was pulled' })
  })
})
