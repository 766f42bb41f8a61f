import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineTool } from '@openclaw/sdk'
import {
  callTool,
  fakeChannel,
  providerPlugin,
  say,
  scriptedProvider,
  testKernel,
  toolPlugin,
  writeAllowlist,
} from '@openclaw/testing'
import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import { denyAll } from '../security/owner.ts'

const session = 'agent:main:local:default:owner'
const peer = { kind: 'group', id: 'club' } as const

/** One tool whose doings last, and some that bring texts of different people. */
function kit() {
  const kept: string[] = []
  const bring = (name: string, outside?: boolean) =>
    defineTool({
      name,
      description: name,
      input: Type.Object({}),
      effect: 'read',
      run: async () => ({
        content: [{ type: 'text', text: name }],
        ...(outside === undefined ? {} : { outside }),
      }),
    })
  const keep = defineTool({
    name: 'keep',
    description: 'Keeps a note.',
    input: Type.Object({ text: Type.String() }),
    effect: 'network',
    lasts: () => true,
    subject: ({ text }) => text,
    async run({ text }) {
      kept.push(text)
      return { content: [{ type: 'text', text: 'kept' }], outside: false }
    },
  })
  return { kept, plugin: toolPlugin('kit', [keep, bring('page', true), bring('file'), bring('clock', false)]) }
}
const keepIt = () => callTool('keep', { text: 'buy milk' })

describe('what makes the agent act later', () => {
  it('S21: is done at once where only the owner had a word, and results are our own', async () => {
    const { kept, plugin } = kit()
    await using house = await testKernel({
      plugins: [plugin],
      script: [callTool('clock', {}), keepIt(), keepIt(), say('done')],
    })
    expect((await house.ask('note it')).text).toBe('done')
    expect(kept).toHaveLength(2)
  })

  it.each(['page', 'file'])('S21: waits for a yes once a %s was read, in this run and in later ones', async (what) => {
    const { kept, plugin } = kit()
    await using house = await testKernel({
      plugins: [plugin],
      script: [callTool(what, {}), keepIt(), say('tried'), keepIt(), say('tried again')],
    })
    const asked = denyAll(house)
    await house.ask('read it')
    expect(asked).toEqual(['keep buy milk'])
    await house.ask('and now?')
    expect(asked).toEqual(['keep buy milk', 'keep buy milk'])
    expect(kept).toEqual([])
  })

  it('S21: waits behind a summary of what was read, too, and not after a reset', async () => {
    const { kept, plugin } = kit()
    const model = scriptedProvider(
      ({ system, turns }) => {
        const last = turns.at(-1)!
        const text = JSON.stringify(last)
        if (system.startsWith('Summarise') || last.role === 'tool') return say('done')
        return text.includes('read it')
          ? callTool('page', {})
          : text.includes('note it')
            ? keepIt()
            : say('word '.repeat(700))
      },
      { id: 'real', limits: { contextTokens: 200_000 } },
    )
    await using house = await testKernel({
      plugins: [plugin, providerPlugin(model)],
      config: { agents: { main: { model: model.model } } },
    })
    const asked = denyAll(house)
    await house.ask('read it')
    for (let at = 0; at < 10; at++) await house.ask(`more ${at} ${'and so on '.repeat(200)}`)
    expect(await house.call('sessions.compact', { session })).toMatchObject({ compacted: true })
    const { lines } = await house.call('chat.history', { session })
    expect(lines.findLast(({ kind }) => kind === 'checkpoint')).toMatchObject({ trust: 'outside', role: 'owner' })
    await house.ask('note it')
    expect(asked).toHaveLength(1)
    expect(kept).toEqual([])
    await house.call('sessions.reset', { session })
    await house.ask('note it')
    expect(kept).toHaveLength(1)
  })

  it('is done without a yes where the owner wants that', async () => {
    const { kept, plugin } = kit()
    await using house = await testKernel({
      plugins: [plugin],
      config: { tools: { lasting: 'never-ask' } },
      script: [callTool('page', {}), keepIt(), say('done')],
    })
    await house.ask('read it')
    expect(kept).toHaveLength(1)
  })
})

describe('a command on the list of the owner', () => {
  const list = defineTool({
    name: 'list',
    description: 'Lists.',
    input: Type.Object({}),
    effect: 'exec',
    argv: () => ['ls', '-l'],
    subject: () => 'ls -l',
    run: async () => ({ content: [{ type: 'text', text: 'nothing here' }] }),
  })

  it.each([
    ['file', 0],
    ['page', 1],
  ])('S17: after a %s was read is asked about %i times', async (what, times) => {
    const { plugin } = kit()
    await using house = await testKernel({
      plugins: [plugin, toolPlugin('lister', [list])],
      config: { tools: { exec: 'allowlist', commands: ['ls -l'] } },
      script: [callTool(what, {}), callTool('list', {}), say('done')],
    })
    const asked = denyAll(house)
    expect((await house.ask('go')).text).toBe('done')
    expect(asked).toHaveLength(times)
    const intents = (await house.call('chat.history', { session })).lines.filter(({ kind }) => kind === 'intent')
    expect(intents).toHaveLength(1 - times)
  })
})

describe('what is said in a group before the owner speaks', () => {
  const config = {
    channels: {
      fake: { dm: { allow: ['ada'] }, groups: { allow: ['club'], mention: true }, accounts: { default: {} } },
    },
  }

  it.each([
    ['mallory', 'guest'],
    ['ada', 'member'],
    ['boss', 'owner'],
  ])('S13: gives the run the role of %s: %s', async (sender, role) => {
    const roles: string[] = []
    const look = defineTool({
      name: 'look',
      description: 'looks',
      input: Type.Object({}),
      effect: 'read',
      async run(_, call) {
        roles.push(call.role)
        return { content: [{ type: 'text', text: 'seen' }], outside: false }
      },
    })
    const room = fakeChannel()
    const home = await mkdtemp(join(tmpdir(), 'openclaw-foreign-'))
    await writeAllowlist(home, 'fake', { boss: 'owner' }, ['club'])
    await using _house = await testKernel({
      plugins: [room.plugin, toolPlugin('look', [look])],
      config,
      home,
      script: [callTool('look', {}), say('one'), callTool('look', {}), say('two')],
    })
    await room.connected()
    await room.say('some words', { sender, peer })
    await room.say('well?', { sender: 'boss', peer, mentioned: true })
    await room.waitSent(1)
    // The words stay in the context of the next run, which has nobody else's.
    await room.say('and?', { sender: 'boss', peer, mentioned: true })
    await room.waitSent(2)
    expect(roles).toEqual([role, role])
    await rm(home, { recursive: true, force: true })
  })
})
