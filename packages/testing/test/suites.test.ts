import { defineTool, defineTools } from '@openclaw/sdk'
import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import {
  breakOff,
  callTool,
  eventProblems,
  fail,
  hang,
  providerConformance,
  requestProblems,
  say,
  scriptedProvider,
  toolConformance,
  type Act,
  type Situation,
} from '../src/index.ts'

const answers: Record<Exclude<Situation, 'signs' | 'caches' | 'overloaded' | 'overflows'>, Act | readonly Act[]> = {
  answers: say('hello there'),
  calls: callTool('look', { place: 'here' }),
  hangs: hang({ heed: true }),
  stalls: [say('hel'), hang({ heed: true })],
  limited: fail('rate_limited', { retryAfterMs: 1000 }),
  unauthorized: fail('unauthorized'),
  fails: fail('unavailable'),
  breaks: [say('hel'), fail('unavailable')],
  garbles: fail('unavailable'),
}
let now: keyof typeof answers = 'answers'
const scripted = scriptedProvider((_request, _call) => answers[now])
providerConformance({
  name: 'scripted',
  provider: { ...scripted.provider, connect: (setup) => guarded(scripted.provider.connect(setup)) },
  // It keeps nothing, and its failures have no reason.
  without: ['signs', 'caches', 'overloaded', 'overflows'],
  make(situation) {
    now = situation as keyof typeof answers
    return { config: {}, model: 'model' }
  },
})

/** The scripted provider plays its script whatever the signal says; a real one asks nothing then. */
async function guarded(connected: ReturnType<typeof scripted.provider.connect>) {
  const models = await connected
  return {
    ...models,
    async *stream(...[request, signal]: Parameters<typeof models.stream>) {
      if (signal.aborted) yield { type: 'failed' as const, failure: { code: 'aborted' as const, message: 'not asked' } }
      else yield* models.stream(request, signal)
    },
  }
}

toolConformance({
  name: 'a shell and a note',
  tools: defineTools({
    config: Type.Object({}),
    setup({ register }) {
      register(
        defineTool({
          name: 'list',
          description: 'Lists the workspace.',
          input: Type.Object({}),
          effect: 'exec',
          subject: () => 'ls',
          async run(_input, { workspace, signal }) {
            let out = ''
            for await (const piece of workspace.exec(['ls', '-a'], { timeoutMs: 5000, signal }))
              if ('bytes' in piece) out += Buffer.from(piece.bytes).toString()
            return { content: [{ type: 'text', text: out }] }
          },
        }),
        defineTool({
          name: 'note',
          description: 'Reads a note.',
          input: Type.Object({ name: Type.String() }),
          effect: 'read',
          run: async ({ name }, { workspace }) => ({
            content: [{ type: 'text', text: Buffer.from(await workspace.read(name)).toString() }],
          }),
        }),
      )
    },
  }),
  cases: [
    { tool: 'list', input: {} },
    { tool: 'note', input: { name: 'a.md' }, prepare: (bench) => bench.workspace.write('a.md', Buffer.from('hello')) },
  ],
})

describe('what the suites refuse', () => {
  it('streams without an end, with two, and with calls that do not fit the stop', () => {
    const done = { type: 'done', stop: 'end', usage: { input: 1, cached: 0, output: 1 } } as const
    expect(eventProblems([])).not.toEqual([])
    expect(eventProblems([done, done])).not.toEqual([])
    expect(eventProblems([done, { type: 'text', delta: 'late' }])).not.toEqual([])
    expect(eventProblems([{ type: 'call', id: 'a', name: 'x', input: {} }, done])).not.toEqual([])
    expect(eventProblems([{ ...done, usage: { input: Number.NaN, cached: 0, output: 0 } }])).not.toEqual([])
    expect(eventProblems([{ type: 'text', delta: 'x' }, done])).toEqual([])
  })

  it('requests that some provider would refuse', () => {
    const text = (said: string) => [{ type: 'text' as const, text: said }]
    const user = { role: 'user' as const, content: text('hi') }
    const call = { role: 'assistant' as const, content: [{ type: 'call' as const, id: 'a', name: 'x', input: {} }] }
    const result = { role: 'tool' as const, call: 'a', name: 'x', content: text('ok'), failed: false }
    const problems = (...turns: Parameters<typeof requestProblems>[0]['turns']) => requestProblems({ turns, tools: [] })
    expect(problems(user, call, result)).toEqual([])
    for (const wrong of [
      [],
      [call, result],
      [user, call],
      [user, user],
      [user, result],
      [user, call, user],
      [user, call, result, result],
      [user, call, result, call, result],
      [{ ...user, content: text(' ') }],
    ]) {
      expect(problems(...wrong)).not.toEqual([])
    }
  })

  it('a script that is asked too often, which then fails', async () => {
    const { provider } = scriptedProvider([breakOff()])
    const models = await provider.connect({} as never)
    const ask = async () => Array.fromAsync(models.stream({} as never, new AbortController().signal))
    expect(await ask()).toEqual([])
    expect(await ask()).toMatchObject([{ type: 'failed', failure: { code: 'internal' } }])
  })
})
