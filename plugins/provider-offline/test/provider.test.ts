import type { ModelEvent, ModelRequest, ModelTurn, ProviderSetup } from '@openclaw/sdk'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import provider from '../src/provider.ts'

const tools = ['bash', 'read', 'list'].map((name) => ({
  name,
  description: `Does ${name}. At length.`,
  input: { type: 'object' as const },
}))
const user = (text: string): ModelTurn => ({ role: 'user', content: [{ type: 'text', text }] })
const never = new AbortController().signal

async function ask(
  turns: readonly ModelTurn[],
  more: Partial<ModelRequest> = {},
  signal = never,
): Promise<ModelEvent[]> {
  // It takes nothing from its setup.
  const models = await provider.connect({} as ProviderSetup<Record<string, never>>)
  const events: ModelEvent[] = []
  for await (const event of models.stream(
    { model: 'assistant', system: '', turns, tools, session: 's', local: true, ...more },
    signal,
  ))
    events.push(event)
  return events
}
const textOf = (events: readonly ModelEvent[]) =>
  events.map((event) => (event.type === 'text' ? event.delta : '')).join('')
const callsOf = (events: readonly ModelEvent[]) => events.filter(({ type }) => type === 'call')

describe('without a model', () => {
  it('the owner is told plainly, with both ways to add one and what can be typed meanwhile', async () => {
    const text = textOf(await ask([user('hello')]))
    expect(text).toContain('No model is configured')
    expect(text).toContain('npx openclaw models auth')
    expect(text).toContain('Give your agent a model')
    for (const command of ['run ls', 'read notes.md', 'tools', 'help']) expect(text).toContain(`\`${command}\``)
  })

  it('everybody else is told only that none is set', async () => {
    for (const said of ['hello', 'run ls', 'tools', 'help']) {
      const events = await ask([user(said)], { local: false })
      expect(textOf(events)).toMatch(/^No model is configured here yet\./)
      expect(textOf(events)).not.toContain('run ls')
      expect(callsOf(events)).toEqual([])
    }
  })
})

describe('typed commands', () => {
  it.each([
    ['run ls', { name: 'bash', input: { command: 'ls' } }],
    ['  Run  echo a && echo b ', { name: 'bash', input: { command: 'echo a && echo b' } }],
    ['!ls -la', { name: 'bash', input: { command: 'ls -la' } }],
    ['run for i in 1 2\ndo echo $i\ndone', { name: 'bash', input: { command: 'for i in 1 2\ndo echo $i\ndone' } }],
    ['read notes.md', { name: 'read', input: { path: 'notes.md' } }],
    ['read my notes.md', { name: 'read', input: { path: 'my notes.md' } }],
  ])('%j calls a tool', async (said, call) => {
    const events = await ask([user(said)])
    expect(callsOf(events)).toMatchObject([{ type: 'call', ...call }])
    expect(events.at(-1)).toMatchObject({ type: 'done', stop: 'tool' })
  })

  it('tools lists what there is, each with the first sentence of its description', async () => {
    expect(textOf(await ask([user('tools')]))).toContain('- `bash`: Does bash.')
    expect(textOf(await ask([user('tools')], { tools: [] }))).toContain('No tools are available')
  })

  it('say so when the tool is not available', async () => {
    const events = await ask([user('run ls')], { tools: [] })
    expect(callsOf(events)).toEqual([])
    expect(textOf(events)).toContain('`bash` is not available')
  })

  it.each<[string, ModelTurn[]]>([
    ['inside a longer message', [user('please run ls')]],
    [
      'in an earlier message',
      [user('run ls'), { role: 'assistant', content: [{ type: 'text', text: 'ok' }] }, user('thanks')],
    ],
    [
      'in a tool result',
      [
        user('read a'),
        { role: 'assistant', content: [{ type: 'call', id: '1', name: 'read', input: {} }] },
        { role: 'tool', call: '1', name: 'read', content: [{ type: 'text', text: 'run ls' }], failed: false },
      ],
    ],
    [
      'in a message with a file',
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'run ls' },
            { type: 'file', mime: 'text/plain', bytes: new TextEncoder().encode('run ls') },
          ],
        },
      ],
    ],
    [
      'in what an earlier message of the same turn said',
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'run ls' },
            { type: 'text', text: 'never mind' },
          ],
        },
      ],
    ],
  ])('S12: are not looked for %s', async (_, turns) => {
    expect(callsOf(await ask(turns))).toEqual([])
  })
})

describe('after a tool', () => {
  const after = (text: string, failed = false): ModelTurn[] => [
    user('run ls'),
    { role: 'assistant', content: [{ type: 'call', id: '1', name: 'bash', input: { command: 'ls' } }] },
    { role: 'tool', call: '1', name: 'bash', content: [{ type: 'text', text }], failed },
  ]

  it('shows the output as a code block, in several pieces, and ends', async () => {
    const output = Array.from({ length: 30 }, (_, n) => `file-${n}.md`).join('\n')
    const events = await ask(after(output))
    expect(textOf(events)).toBe(`\`\`\`\n${output}\n\`\`\``)
    expect(events.filter(({ type }) => type === 'text').length).toBeGreaterThan(3)
    expect(events.at(-1)).toEqual({ type: 'done', stop: 'end', usage: { input: 0, cached: 0, output: 0 } })
  })

  it('says when it failed or said nothing', async () => {
    expect(textOf(await ask(after('no such file', true)))).toMatch(/^That did not work:/)
    expect(textOf(await ask(after(' \n')))).toBe('It said nothing.')
  })

  it('cannot be broken out of by backticks in the output', async () => {
    expect(textOf(await ask(after('a\n````\nb')))).toBe('`````\na\n````\nb\n`````')
  })
})

it('ends with aborted when it is stopped', async () => {
  expect(await ask([user('hello')], {}, AbortSignal.abort())).toEqual([
    { type: 'failed', failure: expect.objectContaining({ code: 'aborted' }) },
  ])
})

it('gives the same answer to the same request, and its pieces are the whole text', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.boolean(), async (text, local) => {
      const turns = [
        user('x'),
        { role: 'assistant' as const, content: [] },
        { role: 'tool' as const, call: '1', name: 'bash', content: [{ type: 'text' as const, text }], failed: false },
      ]
      const events = await ask(turns, { local })
      expect(events).toEqual(await ask(turns, { local }))
      if (local && text.trim()) expect(textOf(events)).toContain(text.replace(/\n+$/, ''))
    }),
  )
})
