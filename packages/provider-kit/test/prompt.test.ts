import type { ModelTurn } from '@openclaw/sdk'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { writePrompt, writeTools } from '../src/prompt.ts'

const bytes = new Uint8Array([1, 2, 3])
const user = (text: string): ModelTurn => ({ role: 'user', content: [{ type: 'text', text }] })
const call = (id: string): ModelTurn => ({
  role: 'assistant',
  content: [{ type: 'call', id, name: 'read', input: { path: 'a' } }],
})
const result = (id: string, content: Extract<ModelTurn, { role: 'tool' }>['content'], failed = false): ModelTurn => ({
  role: 'tool',
  call: id,
  name: 'read',
  content,
  failed,
})
const write = (turns: readonly ModelTurn[], options = {}) => writePrompt({ model: 'm1', system: '', turns }, options)

describe('a prompt', () => {
  it('begins with the system text, and without one with the first turn', () => {
    expect(writePrompt({ model: 'm1', system: 'Be brief.', turns: [user('hi')] })[0]).toEqual({
      role: 'system',
      content: 'Be brief.',
    })
    expect(write([user('hi')])[0]).toMatchObject({ role: 'user' })
  })

  it('holds files with their bytes, and names those that the model cannot read', () => {
    const [message] = write([
      {
        role: 'user',
        content: [
          { type: 'file', mime: 'image/png', name: 'a.png', bytes },
          { type: 'file', mime: 'application/zip', bytes },
        ],
      },
    ])
    expect(message).toEqual({
      role: 'user',
      content: [
        { type: 'file', mediaType: 'image/png', filename: 'a.png', data: { type: 'data', data: bytes } },
        { type: 'text', text: '[file without a name, application/zip, 3 bytes: this model cannot read it]' },
      ],
    })
  })

  it('holds documents of text as text, whatever the model takes', () => {
    const content = [
      { type: 'file' as const, mime: 'text/markdown', name: 'a.md', bytes: new TextEncoder().encode('# A') },
    ]
    expect(write([{ role: 'user', content }], { accepts: () => false })[0]?.content).toEqual([
      { type: 'text', text: '[file a.md, text/markdown]\n# A' },
    ])
  })

  it('marks for the cache the system text, the last tool, and the ends of the last two messages that are not its own', () => {
    const cacheMark = { acme: { cacheControl: { type: 'ephemeral' } } }
    const turns = [user('one'), call('1'), result('1', [{ type: 'text', text: 'r' }]), call('2'), result('2', [])]
    const prompt = writePrompt({ model: 'm1', system: 'Be brief.', turns }, { cacheMark })
    expect(prompt.map(({ role, providerOptions }) => [role, providerOptions !== undefined])).toEqual([
      ['system', true],
      ['user', false],
      ['assistant', false],
      ['tool', true],
      ['assistant', false],
      ['tool', true],
    ])
    const tool = (name: string) => ({ name, description: '', input: { type: 'object' as const, properties: {} } })
    expect(writeTools({ tools: [tool('a'), tool('b')] }, { cacheMark })).toEqual([
      expect.not.objectContaining({ providerOptions: cacheMark }),
      expect.objectContaining({ providerOptions: cacheMark }),
    ])
  })

  it('gives thinking back with what the provider kept, and leaves out what nobody signed unless asked', () => {
    const turn: ModelTurn = {
      role: 'assistant',
      content: [
        { type: 'thinking', text: 'a', keep: { acme: { signature: 's' } } },
        { type: 'thinking', text: 'b' },
        { type: 'text', text: 'c' },
      ],
    }
    const signed = { type: 'reasoning', text: 'a', providerOptions: { acme: { signature: 's' } } }
    expect(write([turn])[0]?.content).toEqual([signed, { type: 'text', text: 'c' }])
    expect(write([turn], { replayThinking: true })[0]?.content).toEqual([
      signed,
      { type: 'reasoning', text: 'b' },
      { type: 'text', text: 'c' },
    ])
  })

  it('gives to another model of the vendor what was said, without what only its maker can read', () => {
    const keep = { model: 'm2', acme: { signature: 's' } }
    const turn: ModelTurn = {
      role: 'assistant',
      content: [
        { type: 'thinking', text: 'a', keep },
        { type: 'text', text: 'b', keep },
        { type: 'call', id: '1', name: 'read', input: {}, keep },
      ],
    }
    expect(write([turn])[0]?.content).toEqual([
      { type: 'text', text: 'b' },
      { type: 'tool-call', toolCallId: '1', toolName: 'read', input: {} },
    ])
    expect(writePrompt({ model: 'm2', system: '', turns: [turn] })[0]?.content).toMatchObject([
      { type: 'reasoning', providerOptions: { acme: { signature: 's' } } },
      { type: 'text', providerOptions: { acme: { signature: 's' } } },
      { type: 'tool-call', providerOptions: { acme: { signature: 's' } } },
    ])
  })

  it('leaves out an answer of nothing but dropped thinking', () => {
    expect(
      write([user('hi'), { role: 'assistant', content: [{ type: 'thinking', text: 'b' }] }, user('and?')]),
    ).toHaveLength(1)
  })

  it('puts results of one step together, says which failed, and hands their files over after all of them', () => {
    const prompt = write([
      user('look'),
      call('1'),
      result('1', [
        { type: 'text', text: 'here' },
        { type: 'file', mime: 'image/png', bytes },
      ]),
      result('2', [{ type: 'text', text: 'no' }], true),
      user('so?'),
    ])
    expect(prompt.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'user'])
    expect(prompt[2]?.content).toEqual([
      {
        type: 'tool-result',
        toolCallId: '1',
        toolName: 'read',
        output: { type: 'text', value: 'here\n[its files follow in the next message]' },
      },
      { type: 'tool-result', toolCallId: '2', toolName: 'read', output: { type: 'error-text', value: 'no' } },
    ])
    expect(prompt[3]?.content).toMatchObject([
      { text: 'Files from the result of read:' },
      { type: 'file', mediaType: 'image/png' },
      { text: 'so?' },
    ])
  })

  it('keeps files in the result where the provider takes them there', () => {
    const prompt = write([call('1'), result('1', [{ type: 'file', mime: 'image/png', bytes }])], {
      resultFiles: 'result',
    })
    expect(prompt[1]?.content).toMatchObject([
      { output: { type: 'content', value: [{ type: 'file', mediaType: 'image/png' }] } },
    ])
  })
})

it('P8: a longer conversation begins with the prompt of the shorter one', () => {
  const step = (n: number): ModelTurn[] => [
    user(`q${n}`),
    call(`${n}`),
    result(`${n}`, [{ type: 'text', text: 'r' }]),
    { role: 'assistant', content: [{ type: 'text', text: `a${n}` }] },
  ]
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 }), (length, more) => {
      const turns = Array.from({ length: length + more }, (_, n) => step(n)).flat()
      const shorter = write(turns.slice(0, length * 4))
      expect(write(turns).slice(0, shorter.length)).toEqual(shorter)
    }),
  )
})
