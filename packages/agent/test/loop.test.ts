import { defineTool } from '@openclaw/sdk'
import { callTool, say, scriptedProvider, think } from '@openclaw/testing'
import Type from 'typebox'
import { expect, test } from 'vitest'
import { startAgent } from './gateway.ts'

const echo = defineTool({
  name: 'echo',
  description: 'Says it again.',
  input: Type.Object({ text: Type.String() }),
  effect: 'read',
  run: async ({ text }) => ({ content: [{ type: 'text', text: `echo: ${text}` }] }),
})

test('a simple run makes no commit of its own: its lines come back for the settlement', async () => {
  const model = scriptedProvider([say('hello there')])
  await using gateway = await startAgent([model])
  const result = await gateway.ask('s', 'hi')
  expect(result).toMatchObject({ outcome: 'answered', text: 'hello there' })
  expect(result.lines.map(({ kind }) => kind)).toEqual(['run', 'system', 'assistant'])
  expect(gateway.commits).toEqual([])
  expect(gateway.notices.filter(({ event }) => event === 'agent.text').map(({ payload }) => (payload as { delta: string }).delta).join('')).toBe('hello there')
})

test('parallel calls run side by side and their results stand in source order', async () => {
  const order: string[] = []
  const gates = { slow: Promise.withResolvers<void>(), quick: Promise.withResolvers<void>() }
  const wait = defineTool({
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
  const model = scriptedProvider([[think('hm'), say('let me see '), callTool('wait', { for: 'slow' }), callTool('wait', { for: 'quick' })], say('done')])
  await using gateway = await startAgent([model], [wait])
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
