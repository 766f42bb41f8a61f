import { failure } from '@openclaw/protocol'
import { defineTool } from '@openclaw/sdk'
import {
  breakOff,
  callTool,
  crash,
  cut,
  endless,
  fail,
  hang,
  say,
  scriptedProvider,
  think,
  type Script,
} from '@openclaw/testing'
import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import { limits, startAgent } from './gateway.ts'
import { broken, counting, deaf, echo } from './tools.ts'
import { testClock } from './clock.ts'

const tools = ['echo', 'deaf', 'broken', 'count']

/** Runs a script to its end with all the tools. */
async function play(script: Script, more: Parameters<typeof startAgent>[2] = {}, bounds: Partial<typeof limits> = {}) {
  const model = scriptedProvider(script)
  await using gateway = await startAgent([model], [echo, deaf, broken, counting()], more)
  const result = await gateway.ask('s', 'go', { tools, limits: { ...limits, ...bounds } })
  return { result, model, journal: gateway.journal('s') }
}

describe('L7: a loop ends within 10 repeats, and the person is told', () => {
  const loops: Record<string, Script> = {
    'the same call': () => callTool('echo', { text: 'again' }),
    'the same call with another result each time': () => callTool('count', {}),
    'ping-pong': (_, n) => callTool('echo', { text: n % 2 ? 'ping' : 'pong' }),
    'empty arguments': () => callTool('echo', {}),
    'a tool that always throws, with other arguments each time': (_, n) => callTool('broken', { n }),
    'a tool that is not there': () => callTool('teleport', { n: 1 }),
    'the same call with its keys in another order': (_, n) =>
      callTool('teleport', n % 2 ? { a: 1, b: 2 } : { b: 2, a: 1 }),
  }
  for (const [name, script] of Object.entries(loops)) {
    it(name, async () => {
      const { result, model } = await play(script)
      expect(result).toMatchObject({
        outcome: 'failed',
        failure: { code: 'aborted', message: expect.stringContaining('the run was ended') },
      })
      expect(model.requests.length).toBeLessThanOrEqual(10)
    })
  }

  it('different calls go on until the limit of model calls', async () => {
    const { result, model } = await play((_, n) => callTool('echo', { text: String(n) }), {}, { modelCalls: 17 })
    expect(model.requests).toHaveLength(17)
    expect(result.failure?.message).toContain('limits.modelCalls')
  })

  it('tokens and money end a run before the next model call', async () => {
    const usage = { input: 600, cached: 0, output: 400, costUsd: 1 }
    for (const [bounds, word] of [
      [{ tokens: 2500 }, 'limits.tokens'],
      [{ costUsd: 2.5 }, 'limits.costUsd'],
    ] as const) {
      const model = scriptedProvider((_, n) => callTool('echo', { text: String(n) }), { usage })
      await using gateway = await startAgent([model], [echo])
      const result = await gateway.ask('s', 'go', { tools, limits: { ...limits, ...bounds } })
      expect(model.requests).toHaveLength(3)
      expect(result).toMatchObject({
        failure: { message: expect.stringContaining(word) },
        usage: { input: 1800, output: 1200, costUsd: 3 },
      })
    }
  })
})

describe('L4: every run ends', () => {
  const states: Record<string, Script> = {
    'while a model hangs': [hang()],
    'while a model goes on for ever': [endless()],
    'while a tool hangs that heeds nothing': [callTool('deaf', {})],
    'while a model hangs after some text': [[say('so far '), hang()]],
  }
  for (const [name, script] of Object.entries(states)) {
    it(`/stop within a second, ${name}`, async () => {
      const model = scriptedProvider(script, { record: false })
      await using gateway = await startAgent([model], [deaf])
      const { id } = gateway.accept('s', 'go')
      const request = gateway.request('s', [id], { tools })
      const answer = gateway.run(request)
      await model.asked(1).catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, 20))
      const began = performance.now()
      await gateway.wire.call('run.abort', { run: request.run, reason: 'stopped by the person' })
      const result = await answer
      expect(performance.now() - began).toBeLessThan(1000)
      expect(result).toMatchObject({
        outcome: 'aborted',
        failure: { code: 'aborted', message: 'stopped by the person' },
      })
    })

    it(`at its deadline, ${name}`, async () => {
      const began = performance.now()
      const { result } = await play(script, {}, { wallMs: 100 })
      expect(performance.now() - began).toBeLessThan(2000)
      expect(result).toMatchObject({
        outcome: 'failed',
        failure: { message: expect.stringContaining('limits.wallMs') },
      })
    })
  }

  it('an aborted run keeps what was said, and closes its calls', async () => {
    const model = scriptedProvider([[say('so far '), hang()]])
    await using gateway = await startAgent([model], [])
    const { id } = gateway.accept('s', 'go')
    const request = gateway.request('s', [id])
    const answer = gateway.run(request)
    await gateway.heard('agent.text')
    await gateway.wire.call('run.abort', { run: request.run, reason: 'stop' })
    expect((await answer).lines.map((line) => line.kind)).toEqual(['run', 'system', 'assistant'])
    expect(gateway.journal('s').findLast(({ kind }) => kind === 'assistant')?.body).toMatchObject({
      stop: 'aborted',
      content: [{ type: 'text', text: 'so far ' }],
    })
  })

  it('while the gateway does not answer a question about a call', async () => {
    const model = scriptedProvider([callTool('echo', { text: 'x' })])
    await using gateway = await startAgent([model], [echo])
    gateway.begin = () => new Promise(() => {})
    const request = gateway.request('s', [gateway.accept('s', 'go').id], { tools })
    const answer = gateway.run(request)
    await gateway.heard('agent.tool.start')
    await gateway.wire.call('run.abort', { run: request.run, reason: 'stop' })
    const result = await answer
    expect(result.outcome).toBe('aborted')
    expect(result.lines.at(-1)).toMatchObject({ kind: 'tool', body: { failed: true } })
  })

  it('a hundred runs with broken models and tools at once all end', { timeout: 20_000 }, async () => {
    const acts = [
      hang(),
      endless(),
      crash(),
      breakOff(),
      fail('unavailable'),
      callTool('deaf', {}),
      callTool('broken', {}),
      say('fine'),
    ]
    const model = scriptedProvider((_, n) => acts[n % acts.length]!, { record: false })
    await using gateway = await startAgent([model], [echo, deaf, broken])
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, n) => gateway.ask(`s${n}`, 'go', { tools, limits: { ...limits, wallMs: 1500 } })),
    )
    for (const { outcome } of results) expect(['answered', 'failed']).toContain(outcome)
  })
})

describe('a model that does not behave', () => {
  it('is silent: the call is given up after the idle time', async () => {
    const clock = testClock()
    const model = scriptedProvider([hang(), hang(), hang()])
    await using gateway = await startAgent([model], [], { clock, idleMs: 120_000 })
    const answer = gateway.ask('s', 'go', { limits: { ...limits, wallMs: 0 } })
    for (let attempt = 1; attempt <= 3; attempt++) {
      await model.asked(attempt)
      clock.advance(119_000)
      expect(model.requests).toHaveLength(attempt)
      clock.advance(1000)
      await new Promise((resolve) => setTimeout(resolve, 5))
      clock.advance(5000)
    }
    expect(await answer).toMatchObject({
      outcome: 'failed',
      failure: { code: 'unavailable', message: expect.stringContaining('said nothing for 120 s') },
    })
  })

  it('throws, breaks off, says nothing: clear failures that name it', async () => {
    const cases: [Script, string][] = [
      [() => crash(), 'scripted/model: the provider failed: scripted crash'],
      [() => breakOff(), 'scripted/model: the answer broke off'],
      [() => say(' '), 'scripted/model: the model answered with nothing'],
      [() => think('only thought'), 'scripted/model: the model answered with nothing'],
      [() => fail('unauthorized', { message: 'the key was refused' }), 'the key was refused'],
      [() => fail('invalid_params', { message: 'too long', reason: 'overflow' }), 'begin anew with /new'],
    ]
    for (const [script, message] of cases) {
      const { result } = await play(script)
      expect(result).toMatchObject({ outcome: 'failed', failure: { message: expect.stringContaining(message) } })
    }
  }, 20_000)

  it('stops at its longest output: the person is told', async () => {
    const { result, journal } = await play([cut('and so')])
    expect(result.text).toMatch(/^and so\n\n\[The answer ends here/)
    expect(journal.at(-1)?.body).toMatchObject({ stop: 'length', content: [{ type: 'text', text: 'and so' }] })
  })

  it('speaks after the end: nothing more is heard', async () => {
    const model = scriptedProvider([say('enough')])
    const connect = model.provider.connect
    Object.assign(model.provider, {
      connect: async (setup: Parameters<typeof connect>[0]) => {
        const models = await connect(setup)
        return {
          ...models,
          async *stream(...args: Parameters<typeof models.stream>) {
            yield* models.stream(...args)
            yield { type: 'text', delta: ' and more' } as const
          },
        }
      },
    })
    await using gateway = await startAgent([model])
    expect(await gateway.ask('s', 'go')).toMatchObject({ outcome: 'answered', text: 'enough' })
  })

  it('gives call ids twice, empty, or in no alphabet: results still find their calls', async () => {
    const model = scriptedProvider([
      [
        callTool('echo', { text: '1' }, 'x'),
        callTool('echo', { text: '2' }, 'x'),
        callTool('echo', { text: '3' }, 'ÿ|'),
      ],
      say('ok'),
    ])
    await using gateway = await startAgent([model], [echo])
    expect(await gateway.ask('s', 'go', { tools })).toMatchObject({ outcome: 'answered' })
    const results = model.requests[1]!.turns.filter((turn) => turn.role === 'tool')
    expect(results.map(({ content }) => content)).toEqual(
      ['1', '2', '3'].map((n) => [{ type: 'text', text: `echo: ${n}` }]),
    )
    expect(new Set(results.map(({ call }) => call)).size).toBe(3)
  })
})

describe('fallbacks', () => {
  it('a busy model is asked again, after as long as it asked for', async () => {
    const clock = testClock()
    const model = scriptedProvider([fail('rate_limited', { retryAfterMs: 1500 }), say('at last')])
    await using gateway = await startAgent([model], [], { clock })
    const answer = gateway.ask('s', 'go')
    await model.asked(1)
    await new Promise((resolve) => setTimeout(resolve, 20))
    clock.advance(1499)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(model.requests).toHaveLength(1)
    clock.advance(1)
    expect(await answer).toMatchObject({ outcome: 'answered', text: 'at last' })
  })

  it('another model answers when the first cannot, and the first is asked again once its time is over', async () => {
    const clock = testClock()
    const first = scriptedProvider([fail('rate_limited', { retryAfterMs: 10_000 }), say('first again')], { id: 'one' })
    const second = scriptedProvider([say('second'), say('second again')], { id: 'two' })
    await using gateway = await startAgent([first, second], [], { clock })
    expect(await gateway.ask('s', 'a')).toMatchObject({ text: 'second' })
    expect(gateway.journal('s').at(-1)?.body).toMatchObject({ model: 'two/model' })
    expect(await gateway.ask('s', 'b')).toMatchObject({ text: 'second again' })
    expect(first.requests).toHaveLength(1)
    clock.advance(10_000)
    expect(await gateway.ask('s', 'c')).toMatchObject({ text: 'first again' })
  })

  it("when none can answer, the failure is the first one's and names the others", async () => {
    const first = scriptedProvider(() => fail('unauthorized', { message: 'one: the key was refused' }), { id: 'one' })
    const second = scriptedProvider(() => fail('internal', { message: 'two is broken' }), { id: 'two' })
    await using gateway = await startAgent([first, second])
    const { failure: why } = await gateway.ask('s', 'go')
    expect(why).toMatchObject({
      code: 'unauthorized',
      message: expect.stringMatching(/one: the key was refused.*two\/model: .*two is broken/),
    })
  })

  it('a model that is not there fails with what is there', async () => {
    const model = scriptedProvider([])
    await using gateway = await startAgent([model])
    const { failure: why } = await gateway.ask('s', 'go', { models: ['nobody/x'] })
    expect(why).toMatchObject({ code: 'not_found', message: expect.stringContaining('there is: scripted') })
  })
})

describe('the gateway says no', () => {
  it('to a call: the model is told why, and nothing runs', async () => {
    let ran = false
    const tool = defineTool({
      name: 'rm',
      description: 'Removes.',
      input: Type.Object({}),
      effect: 'write',
      run: async () => ((ran = true), { content: [] }),
    })
    const model = scriptedProvider([callTool('rm', {}), say('I may not')])
    await using gateway = await startAgent([model], [tool])
    gateway.begin = () => ({ verdict: 'deny', reason: 'the owner said no' })
    expect(await gateway.ask('s', 'go', { tools: ['rm'] })).toMatchObject({ outcome: 'answered' })
    expect(ran).toBe(false)
    expect(JSON.stringify(model.requests[1]!.turns.at(-1))).toContain('not allowed: the owner said no')
  })

  it('S12: a tool that the session may not use is absent from the request, and refused when called all the same', async () => {
    const model = scriptedProvider([callTool('deaf', {}), say('ok')])
    await using gateway = await startAgent([model], [echo, deaf])
    let asked = 0
    gateway.begin = () => (asked++, { verdict: 'allow' })
    await gateway.ask('s', 'go', { tools: ['echo'] })
    expect(model.requests[0]!.tools.map(({ name }) => name)).toEqual(['echo'])
    expect(asked).toBe(0)
  })

  it('to an input that an interceptor made unfit: nothing runs', async () => {
    const model = scriptedProvider([callTool('echo', { text: 'x' }), say('ok')])
    await using gateway = await startAgent([model], [echo])
    gateway.begin = () => ({ verdict: 'allow', input: { text: 5 } })
    await gateway.ask('s', 'go', { tools })
    expect(JSON.stringify(model.requests[1]!.turns.at(-1))).toContain('does not fit')
  })

  it('to a commit, because the disk is full: no tool runs, and nothing is lost', async () => {
    let ran = false
    const tool = defineTool({
      name: 'send',
      description: 'Sends.',
      input: Type.Object({}),
      effect: 'write',
      run: async () => ((ran = true), { content: [] }),
    })
    const model = scriptedProvider([[say('I send it'), callTool('send', {})]])
    await using gateway = await startAgent([model], [tool])
    gateway.disk = () => {
      throw failure('unavailable', 'the disk is full')
    }
    const result = await gateway.ask('s', 'go', { tools: ['send'] })
    expect(result).toMatchObject({ outcome: 'failed', failure: { code: 'unavailable', message: 'the disk is full' } })
    expect(result.lines.map((line) => line.kind)).toEqual(['run', 'system', 'assistant'])
    expect(ran).toBe(false)
  })
})
