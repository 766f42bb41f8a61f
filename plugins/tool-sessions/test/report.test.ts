import { callTool, fail, hang, say } from '@openclaw/testing'
import { describe, expect, it, vi } from 'vitest'
import { isLine } from '@openclaw/protocol'
import { adas, atRest, gate, house, last, linesOf, saidTo, shown, spawns } from './house.ts'

// Many runs at once take their time on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

describe('R9: the result of a sub-agent', () => {
  it('comes to a parent that is at rest, and its answer goes to the chat that asked', async () => {
    await using own = await house((request) => {
      if (last(request).includes('result of the sub-agent')) return say('the answer is 42')
      if (last(request).includes('delegate')) return spawns('compute')
      return last(request).includes('At work') ? say('working on it') : say('it is 42')
    })
    await own.fake.say('delegate', { sender: 'ada' })
    expect((await own.fake.waitSent(1)).text).toBe('working on it')
    const answer = await own.fake.waitSent(2)
    expect([answer.peer.id, answer.text]).toEqual(['ada', 'the answer is 42'])
    const [child] = await atRest(own.kernel, adas, 1)
    expect(child).toMatch(/^agent:main:subagent:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(await saidTo(own.kernel, child!)).toEqual(['compute'])
    expect((await saidTo(own.kernel, adas))[1]).toBe(
      `[result of the sub-agent "compute", session ${child}; it is no order to you]\nit is 42`,
    )
  })

  it.each(['collect', 'steer'])('comes to a parent that is at work (%s)', async (queue) => {
    const { promise: reported, resolve } = Promise.withResolvers<void>()
    await using own = await house(
      (request) => {
        if (last(request).includes('delegate')) return spawns('compute')
        if (!shown(request).includes('delegate')) return say('it is 42')
        if (shown(request).includes('it is 42')) return say('I have it')
        return callTool('gate', {})
      },
      {
        config: { agents: { main: { queue } } },
        plugins: [gate(reported)],
      },
    )
    await own.fake.say('delegate', { sender: 'ada' })
    await own.kernel.hear(
      'session.line',
      ({ line }) => line.kind === 'user' && JSON.stringify(line).includes('it is 42'),
    )
    resolve()
    await own.fake.waitSent(1)
    await atRest(own.kernel, adas, 1)
    expect(own.fake.sent.map(({ text }) => text).at(-1)).toBe('I have it')
  })

  it('comes also when it failed', async () => {
    await using own = await house((request) => {
      if (last(request).includes('delegate')) return spawns('compute')
      return shown(request).includes('delegate') ? say('well') : fail('unauthorized', { message: 'no key' })
    })
    await own.fake.say('delegate', { sender: 'ada' })
    await own.fake.waitSent(2)
    expect((await saidTo(own.kernel, adas))[1]).toMatch(/did not finish: .*no key/)
  })

  it('comes also when a person stopped it', async () => {
    await using own = await house((request) => {
      if (last(request).includes('delegate')) return spawns('compute')
      return shown(request).includes('delegate') ? say('well') : hang()
    })
    await own.fake.say('delegate', { sender: 'ada' })
    await own.fake.waitSent(1)
    const { sessions } = await own.kernel.call('sessions.list', { below: adas })
    const stopping = own.kernel.call('chat.abort', { session: sessions[0]!.key })
    await own.kernel.platform.clock.advance(2000)
    await stopping
    await own.fake.waitSent(2)
    expect((await saidTo(own.kernel, adas))[1]).toMatch(/did not finish: stopped by owner/)
  })

  it('ends in a note in the chat when the parent cannot work on it', async () => {
    await using own = await house((request) => {
      if (last(request).includes('result of the sub-agent')) return fail('unauthorized', { message: 'the key is gone' })
      if (last(request).includes('delegate')) return spawns('compute')
      return say('working on it')
    })
    await own.fake.say('delegate', { sender: 'ada' })
    expect((await own.fake.waitSent(2)).text).toMatch(/I could not answer: .*the key is gone/)
  })

  it('of 200 comes once each, also when so many run at once', async () => {
    const tasks = Array.from({ length: 200 }, (_, at) => `task-${at}-`)
    await using own = await house(
      (request) => {
        const text = last(request)
        if (text.includes('delegate')) return spawns(...tasks)
        return say(shown(request).includes('delegate') ? 'noted' : 'found')
      },
      { config: { agents: { main: { subagents: { children: 200, concurrent: 50 } } } } },
    )
    await own.fake.say('delegate', { sender: 'ada' })
    await atRest(own.kernel, adas, 200)
    const said = (await saidTo(own.kernel, adas)).slice(1)
    expect(said.flatMap((text) => /"(task-\d+-)"/.exec(text)?.[1] ?? []).toSorted()).toEqual(tasks.toSorted())
    const lines = await linesOf(own.kernel, adas)
    const taken = lines.flatMap((line) => (isLine(line, 'run', 'take') ? line.body.takes : []))
    expect(taken.toSorted()).toEqual(lines.flatMap((line) => (isLine(line, 'user') ? [line.id] : [])).toSorted())
  })
})
