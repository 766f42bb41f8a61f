import { defineTool } from '@openclaw/sdk'
import { callTool, say, scriptedProvider, think, wait } from '@openclaw/testing'
import Type from 'typebox'
import { expect, test } from 'vitest'
import { startAgent } from './gateway.ts'
import { echo } from './tools.ts'

test('a simple run makes no commit of its own: its lines come back for the settlement', async () => {
  const model = scriptedProvider([say('hello there')])
  await using gateway = await startAgent([model])
  const result = await gateway.ask('s', 'hi')
  expect(result).toMatchObject({ outcome: 'answered', text: 'hello there' })
  expect(result.lines.map(({ kind }) => kind)).toEqual(['run', 'system', 'assistant'])
  expect(gateway.commits).toEqual([])
  expect(
    gateway.notices
      .filter(({ event }) => event === 'agent.text')
      .map(({ payload }) => (payload as { delta: string }).delta)
      .join(''),
  ).toBe('hello there')
})

test('parallel calls run side by side and their results stand in source order', async () => {
  const order: string[] = []
  const gates = { slow: Promise.withResolvers<void>(), quick: Promise.withResolvers<void>() }
  const waiting = defineTool({
    name: 'wait',
    description: 'Waits.',
    input: Type.Object({ for: Type.Enum(['slow', 'quick']) }),
    effect: 'write',
    async run({ for: which }) {
      await gates[which].promise
      order.push(which)
      return { content: [{ type: 'text', text: which }] }
    },
  })
  const model = scriptedProvider([
    [think('hm'), say('let me see '), callTool('wait', { for: 'slow' }), callTool('wait', { for: 'quick' })],
    say('done'),
  ])
  await using gateway = await startAgent([model], [waiting])
  const answer = gateway.ask('s', 'go', { tools: ['wait'] })
  await gateway.heard('agent.tool.start', ({ call }: { call: string }) => call === 'call_0_1')
  gates.quick.resolve()
  await gateway.heard('agent.tool.result', ({ call }: { call: string }) => call === 'call_0_1')
  gates.slow.resolve()
  expect(await answer).toMatchObject({ outcome: 'answered', text: 'done' })
  expect(order).toEqual(['quick', 'slow'])
  const kinds = gateway.journal('s').map((line) => line.kind)
  expect(kinds).toEqual(['user', 'run', 'system', 'assistant', 'intent', 'intent', 'tool', 'tool', 'assistant'])
  expect(model.requests[1]!.turns.map((turn) => (turn.role === 'tool' ? turn.content : turn.role))).toEqual([
    'user',
    'assistant',
    [{ type: 'text', text: 'slow' }],
    [{ type: 'text', text: 'quick' }],
  ])
})

test('a call says where it reaches, and what strangers wrote is outside in the journal', async () => {
  const page = defineTool({
    name: 'page',
    description: 'Reads a page.',
    input: Type.Object({ url: Type.String() }),
    effect: 'network',
    reaches: ({ url }) => url,
    run: async () => ({ content: [{ type: 'text', text: 'news' }], outside: true }),
  })
  const model = scriptedProvider([callTool('page', { url: 'https://a.example/x' }), say('done')])
  const begun: unknown[] = []
  await using gateway = await startAgent([model], [page])
  gateway.begin = (params) => {
    begun.push(params)
    return { verdict: 'allow' }
  }
  await gateway.ask('s', 'go', { tools: ['page'] })
  expect(begun).toMatchObject([{ tool: 'page', effect: 'network', reaches: 'https://a.example/x' }])
  expect(gateway.journal('s').find(({ kind }) => kind === 'tool')).toMatchObject({ trust: 'outside' })
  expect(JSON.stringify(model.requests[1]!.turns.at(-1))).toContain('[untrusted: from outside')
})

test('bad input goes back to the model with all problems, and nothing runs', async () => {
  const model = scriptedProvider([callTool('echo', { txt: 1 }), callTool('nothing', {}), say('sorry')])
  await using gateway = await startAgent([model], [echo])
  const result = await gateway.ask('s', 'go', { tools: ['echo'] })
  expect(result.outcome).toBe('answered')
  const results = gateway.notices.filter(({ event }) => event === 'agent.tool.result').map(({ payload }) => payload)
  expect(results).toMatchObject([{ failed: true }, { failed: true }])
  expect(JSON.stringify(results[0])).toContain('required')
  expect(JSON.stringify(results[1])).toContain('there is no tool')
})

test('steering: a message that comes while tools run is in the next model call, and its take is durable', async () => {
  const gate = Promise.withResolvers<void>()
  const waiting = defineTool({
    name: 'wait',
    description: 'Waits.',
    input: Type.Object({}),
    effect: 'read',
    async run() {
      await gate.promise
      return { content: [{ type: 'text', text: 'waited' }] }
    },
  })
  const model = scriptedProvider([callTool('wait', {}), say('I see')])
  await using gateway = await startAgent([model], [waiting])
  const first = gateway.accept('s', 'go')
  const request = gateway.request('s', [first.id], { tools: ['wait'] })
  const answer = gateway.run(request)
  await gateway.heard('agent.tool.start')
  const second = gateway.accept('s', 'and also this')
  const steered = gateway.wire.call('run.steer', { run: request.run, takes: [second.id], seq: second.seq })
  gate.resolve()
  expect(await steered).toEqual({ taken: true })
  expect(await answer).toMatchObject({ outcome: 'answered', text: 'I see' })
  expect(model.requests[1]!.turns.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'user'])
  expect(gateway.journal('s').map(({ kind }) => kind)).toEqual([
    'user',
    'run',
    'system',
    'assistant',
    'user',
    'tool',
    'take',
    'assistant',
  ])
})

test('steering: a message that comes after the last step, or to no run, is not taken', async () => {
  const model = scriptedProvider([[say('thinking '), wait(50), say('done')]])
  await using gateway = await startAgent([model])
  const first = gateway.accept('s', 'go')
  const request = gateway.request('s', [first.id])
  const answer = gateway.run(request)
  await gateway.heard('agent.text')
  const second = gateway.accept('s', 'too late')
  expect(await gateway.wire.call('run.steer', { run: request.run, takes: [second.id], seq: second.seq })).toEqual({
    taken: false,
  })
  expect(await answer).toMatchObject({ outcome: 'answered', text: 'thinking done' })
  expect(await gateway.wire.call('run.steer', { run: 'nobody', takes: [second.id], seq: second.seq })).toEqual({
    taken: false,
  })
})

test('a run that a crash interrupted goes on from its last committed step', async () => {
  const model = scriptedProvider([say('where was I')])
  await using gateway = await startAgent([model])
  const { id } = gateway.accept('s', 'go')
  const { begin, ...request } = gateway.request('s', [id])
  gateway.append('s', begin as never, {
    kind: 'assistant',
    body: {
      run: request.run,
      model: 'scripted/model',
      content: [{ type: 'call', id: 'a', name: 'send', input: {} }],
      stop: 'tool',
    },
  })
  gateway.append('s', { kind: 'intent', body: { run: request.run, call: 'a', tool: 'send', input: '' } })
  const result = await gateway.run({ ...request, seq: 4 })
  expect(result.lines.map(({ kind }) => kind)).toEqual(['system', 'assistant'])
  expect(JSON.stringify(model.requests[0]!.turns.at(-1))).toContain('it may have happened')
})

test('a run that is in progress is not started twice', async () => {
  const model = scriptedProvider([[say('x '), wait(50), say('y')]])
  await using gateway = await startAgent([model])
  const request = gateway.request('s', [gateway.accept('s', 'go').id])
  const answer = gateway.run(request)
  await expect(gateway.wire.call('run.start', request)).rejects.toMatchObject({ code: 'conflict' })
  expect(await answer).toMatchObject({ text: 'x y' })
})

test('many small pieces are few frames: the first at once, nothing out of order', async () => {
  const words = Array.from({ length: 5000 }, (_, n) => `w${n}`).join(' ')
  const model = scriptedProvider([[think('let me think'), say(words)]])
  await using gateway = await startAgent([model])
  await gateway.ask('s', 'go')
  const pieces = gateway.notices.filter(({ event }) => event === 'agent.text' || event === 'agent.thinking')
  expect(pieces[0]).toMatchObject({ event: 'agent.thinking', payload: { delta: 'let me think' } })
  const texts = pieces.slice(1).map(({ payload }) => (payload as { delta: string }).delta)
  expect(texts[0]).toBe('w0 ')
  expect(texts.join('')).toBe(words)
  expect(texts.length).toBeLessThan(60)
})

test('progress is shown at most every 100 ms, whatever a tool floods', async () => {
  const flood = defineTool({
    name: 'flood',
    description: 'Floods.',
    input: Type.Object({}),
    effect: 'read',
    async run(_input, call) {
      for (let n = 0; n < 100_000; n++) call.progress([{ type: 'text', text: String(n) }])
      return { content: [{ type: 'text', text: 'x'.repeat(1_000_000) }] }
    },
  })
  const model = scriptedProvider([callTool('flood', {}), say('ok')])
  await using gateway = await startAgent([model], [flood])
  await gateway.ask('s', 'go', { tools: ['flood'] })
  expect(gateway.notices.filter(({ event }) => event === 'agent.tool.progress').length).toBeLessThan(5)
  const [result] = gateway.notices.filter(({ event }) => event === 'agent.tool.result')
  expect(JSON.stringify(result).length).toBeLessThan(101_000)
  expect(JSON.stringify(result)).toContain('characters left out')
})

test('a tool reaches the gateway with its plugin and run, and attaches files that the model then sees', async () => {
  const image = Buffer.from('89504e47', 'hex')
  const shoot = defineTool({
    name: 'shoot',
    description: 'Takes a picture.',
    input: Type.Object({}),
    effect: 'read',
    async run(_input, call) {
      const place = await call.gateway.call('camera.aim', { at: 'door' })
      return {
        content: [{ type: 'text', text: JSON.stringify(place) }, await call.attach(image, 'image/png', 'door.png')],
      }
    },
  })
  const model = scriptedProvider([callTool('shoot', {}), say('a door')])
  await using gateway = await startAgent([model], [shoot])
  gateway.call = ({ plugin, method, params }) => ({ plugin, method, params })
  await gateway.ask('s', 'go', { tools: ['shoot'] })
  const turn = model.requests[1]!.turns.at(-1)!
  expect(turn.content[0]).toEqual({
    type: 'text',
    text: JSON.stringify({ plugin: 'test', method: 'camera.aim', params: { at: 'door' } }),
  })
  expect(turn.content[1]).toMatchObject({ type: 'file', mime: 'image/png', name: 'door.png' })
  expect(Buffer.from((turn.content[1] as { bytes: Uint8Array }).bytes)).toEqual(image)
  const stored = gateway.journal('s').findLast(({ kind }) => kind === 'tool')?.body as { content: unknown[] }
  expect(stored.content[1]).toEqual({
    type: 'file',
    mime: 'image/png',
    name: 'door.png',
    ref: expect.stringMatching(/^media:[0-9a-f]{64}$/),
  })
})

test('a message that the journal does not have any more fails visibly and is never answered blindly', async () => {
  const model = scriptedProvider([say('whatever you say')])
  await using gateway = await startAgent([model])
  const { id } = gateway.accept('s', 'go')
  gateway.append('s', {
    kind: 'checkpoint',
    body: {
      reason: 'reset',
      settings: {},
      notes: [],
      orders: [],
      totals: { lines: 1, usage: { input: 0, cached: 0, output: 0 } },
    },
  })
  expect(await gateway.run(gateway.request('s', [id]))).toMatchObject({
    outcome: 'failed',
    failure: { code: 'not_found', message: expect.stringContaining('send it again') },
  })
  expect(model.requests).toEqual([])
})
