import type { AnyLine } from '@openclaw/protocol'
import {
  callTool,
  endless,
  fail,
  fakeChannel,
  hang,
  say,
  scriptedProvider,
  testKernel,
  think,
  wait,
  type TestKernel,
} from '@openclaw/testing'
import { describe, expect, it } from 'vitest'
import { gate } from './gate.ts'

const session = 'agent:main:local:default:owner'

async function lines(house: TestKernel, key = session): Promise<AnyLine[]> {
  return (await house.call('chat.history', { session: key, limit: 1000 })).lines as AnyLine[]
}

describe('a run', () => {
  it('A31 A34 A35: stands in the journal as run, system, assistant lines with whole checksums', async () => {
    await using house = await testKernel({ script: [say('hello')] })
    await house.ask('hi')
    expect((await lines(house)).map(({ kind }) => kind)).toEqual(['session', 'user', 'run', 'system', 'assistant'])
    expect((await house.call('sessions.verify', {})).whole).toBe(true)
  })

  it('A40 A60 A62 A63 A65: streams text and tool events before it ends, in order', async () => {
    const { plugin, open } = gate()
    open()
    await using house = await testKernel({ plugins: [plugin], script: [callTool('gate', {}), say('done')] })
    await house.ask('go')
    const seen = house.heard.filter(({ event }) => event.startsWith('agent.')).map(({ event }) => event)
    expect(seen).toEqual(['agent.start', 'agent.tool.start', 'agent.tool.result', 'agent.text', 'agent.end'])
    const typing = house.heard.filter(({ event }) => event === 'typing').map(({ payload }) => payload)
    expect(typing).toEqual([{ on: true }, { on: false }])
  })

  it('A61: streams what the model thinks', async () => {
    await using house = await testKernel({ script: [[think('let me see'), say('seen')]] })
    await house.ask('go')
    expect((await house.hear('agent.thinking')).payload.delta).toBe('let me see')
  })

  it('answers messages that came meanwhile together, in the next run', async () => {
    const { plugin, entered, open } = gate()
    await using house = await testKernel({ plugins: [plugin], script: [callTool('gate', {}), say('one'), say('both')] })
    const first = house.ask('first')
    await entered
    const others = [house.ask('second'), house.ask('third')]
    await house.hear('session.line', ({ line }) => (line.body as { text?: string } | undefined)?.text === 'third')
    open()
    expect((await first).text).toBe('one')
    expect((await Promise.all(others)).map(({ text }) => text)).toEqual(['both', 'both'])
    expect(house.model.requests.length).toBe(3)
  })

  it('takes a message in while it works, when the session steers', async () => {
    const { plugin, entered, open } = gate()
    await using house = await testKernel({
      plugins: [plugin],
      config: { agents: { main: { queue: 'steer' } } },
      script: [callTool('gate', {}), say('seen')],
    })
    const first = house.ask('first')
    await entered
    const second = house.ask('by the way')
    await house.hear('session.line', ({ line }) => (line.body as { text?: string } | undefined)?.text === 'by the way')
    // The steering message is on its way to the agent; it is taken at the next step.
    await new Promise((resolve) => setTimeout(resolve, 50))
    open()
    expect((await first).text).toBe('seen')
    expect((await second).text).toBe('seen')
    expect(house.model.requests.length).toBe(2)
    expect(JSON.stringify(house.model.requests[1]!.turns)).toContain('by the way')
  })

  it('stops for a newer message, when the session interrupts', async () => {
    await using house = await testKernel({
      config: { agents: { main: { queue: 'interrupt' } } },
      script: [hang({ heed: true }), say('the newer answer')],
    })
    const first = house.ask('first')
    await house.model.asked(1)
    const second = house.ask('second')
    expect((await first).status).toBe('interrupted')
    expect((await second).text).toBe('the newer answer')
  })

  it('answers one by one, when the session follows up', async () => {
    const { plugin, entered, open } = gate()
    await using house = await testKernel({
      plugins: [plugin],
      script: [say('set'), callTool('gate', {}), say('1'), say('2'), say('3')],
    })
    await house.ask('begin')
    await house.call('sessions.patch', { session, queue: 'followup' })
    const first = house.ask('first')
    await entered
    const [second, third] = [house.ask('second'), house.ask('third')]
    await house.hear('session.line', ({ line }) => (line.body as { text?: string } | undefined)?.text === 'third')
    open()
    expect([(await first).text, (await second).text, (await third).text]).toEqual(['1', '2', '3'])
  })

  it('L4: is stopped by its person within two seconds, even when the model ignores it', async () => {
    await using house = await testKernel({ script: [hang(), say('after')] })
    const stuck = house.ask('go')
    await house.model.asked(1)
    const began = Date.now()
    const stopping = house.call('chat.abort', { session })
    await house.platform.clock.advance(2000)
    await stopping
    expect((await stuck).status).toBe('aborted')
    expect(Date.now() - began).toBeLessThan(2000)
    expect((await house.ask('still there?')).text).toBe('after')
  })

  it('L4: ends at its deadline when the model never does', async () => {
    await using house = await testKernel({
      config: { agents: { main: { limits: { wallMs: 1000 } } } },
      script: [[wait(3_600_000)], say('after')],
    })
    const stuck = house.ask('go')
    await house.model.asked(1)
    await house.platform.clock.advance(12_000)
    expect(['failed', 'aborted']).toContain((await stuck).status)
    expect((await house.ask('next')).text).toBe('after')
  })

  it('L7: ends when the same call comes again and again, and the person is told', async () => {
    const { plugin, open } = gate()
    open()
    await using house = await testKernel({ plugins: [plugin], script: () => callTool('gate', {}) })
    const answer = await house.ask('loop')
    expect(answer.status).toBe('failed')
    expect(answer.failure!.message.length).toBeGreaterThan(0)
    expect(house.model.requests.length).toBeLessThanOrEqual(10)
  })

  it('says why when the model fails, and goes on with the next message', async () => {
    await using house = await testKernel({
      script: [fail('unauthorized', { message: 'the key was refused' }), say('fine')],
    })
    const answer = await house.ask('go')
    expect(answer.status).toBe('failed')
    expect(answer.failure!.message).toContain('the key was refused')
    expect((await lines(house)).at(-1)!.kind).toBe('end')
    expect((await house.ask('again')).text).toBe('fine')
  })

  it('A43: goes to the next model when the first cannot answer', async () => {
    const second = scriptedProvider([say('from the second')], { id: 'second' })
    await using house = await testKernel({
      plugins: [
        {
          package: {
            name: '@openclaw/provider-second',
            version: '0.0.0',
            openclaw: { id: 'second', label: 'second', api: 1, hooks: { provider: './provider' } },
          },
          load: { provider: second.load },
        },
      ],
      config: { agents: { main: { model: 'scripted/model', fallbacks: ['second/model'] } } },
      script: [fail('unauthorized')],
    })
    expect((await house.ask('go')).text).toBe('from the second')
  })

  it("stays within the day's limits", async () => {
    await using house = await testKernel({ config: { limits: { perDay: { tokens: 10 } } } })
    expect((await house.ask('one')).status).toBe('answered')
    const second = await house.ask('two')
    expect(second.status).toBe('failed')
    expect(second.failure!.message).toContain('limits.perDay.tokens')
  })

  it('does not let an endless model fill the memory or the journal', async () => {
    await using house = await testKernel({
      config: { agents: { main: { limits: { wallMs: 500 } } } },
      script: [endless('more '), say('after')],
    })
    const stuck = house.ask('go')
    await house.hear('agent.text')
    await house.platform.clock.advance(8000)
    expect(['failed', 'aborted']).toContain((await stuck).status)
    expect((await house.ask('next')).text).toBe('after')
  })

  it('A24 A26 A28 A29: isolates senders, and shares a group', async () => {
    const fake = fakeChannel()
    await using house = await testKernel({
      plugins: [fake.plugin],
      config: {
        channels: {
          fake: { dm: { policy: 'open' }, groups: { policy: 'open', mention: false }, accounts: { default: {} } },
        },
      },
      script: ({ turns }) => say(JSON.stringify(turns)),
    })
    await fake.connected()
    await fake.say('I am anna', { sender: 'anna' })
    await fake.say('I am bert', { sender: 'bert' })
    await fake.waitSent(2)
    await fake.say('group word', { sender: 'anna', peer: { kind: 'group', id: 'g1' } })
    const third = await fake.waitSent(3)
    await fake.say('and now?', { sender: 'bert', peer: { kind: 'group', id: 'g1' } })
    const fourth = await fake.waitSent(4)
    const toBert = fake.sent.find(({ peer }) => peer.id === 'bert')!
    expect(toBert.text).not.toContain('anna')
    expect(third.text).not.toContain('I am anna')
    expect(fourth.text).toContain('group word')
    const { sessions } = await house.call('sessions.list', {})
    expect(sessions.map(({ key }) => key).toSorted()).toEqual([
      'agent:main:fake:default:anna',
      'agent:main:fake:default:bert',
      'agent:main:fake:default:group:g1',
    ])
  })

  it('says "pending" when nobody answers in time', async () => {
    await using house = await testKernel({ script: [hang({ heed: true })] })
    const { run } = await house.call('chat.send', { message: 'go', idempotencyKey: 'k' })
    await house.model.asked(1)
    expect((await house.call('agent.wait', { run, timeoutMs: 0 })).status).toBe('pending')
    await house.call('chat.abort', { session })
  })
})
