import { link, linkedPair } from '@openclaw/client'
import type { AgentMethods, EntryPlan } from '@openclaw/protocol'
import { defineProvider, defineTools, type Tool } from '@openclaw/sdk'
import { fail, hang, say, scriptedProvider } from '@openclaw/testing'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import { createAgent, type BundledEntries } from '../src/index.ts'
import { startAgent } from './gateway.ts'
import { echo } from './tools.ts'

const plan = (plugin: string, hook: EntryPlan['hook'], more: Partial<EntryPlan> = {}): EntryPlan => ({
  plugin,
  hook,
  module: `bundled:${plugin}/${hook}`,
  config: {},
  methods: [],
  state: join(tmpdir(), 'openclaw-state', plugin),
  ...more,
})
const entry = (...tools: Tool[]) => ({
  default: defineTools({ config: Type.Object({}), setup: ({ register }) => void register(...tools) }),
})

/** A bare wire to an agent. */
function connect(bundled: BundledEntries) {
  const [near, far] = linkedPair()
  const agent = createAgent({ transport: far, bundled })
  const heard: { event: string; payload: unknown }[] = []
  const wire = link<{ calls: AgentMethods }>(near, {
    onNotification: (event, payload) => void heard.push({ event, payload }),
  })
  return {
    wire,
    heard,
    load: (...entries: EntryPlan[]) => wire.call('load', { entries }),
    [Symbol.asyncDispose]: () => agent[Symbol.asyncDispose](),
  }
}

describe('entries', () => {
  it('one that fails is parked with its reason, and the others start', async () => {
    let undone = ''
    await using agent = connect({
      'good/tool': async () => entry(echo),
      'throws/tool': async () => ({
        default: defineTools({
          config: Type.Object({}),
          setup({ defer, register }) {
            defer(() => void (undone += 'first'))
            register({ ...echo, name: 'half' })
            defer(() => void (undone += 'last '))
            throw new Error('no licence')
          },
        }),
      }),
      'twice/tool': async () => entry(echo),
      'odd/tool': async () => entry({ ...echo, name: 'Not A Name' }),
      'empty/tool': async () => ({ nothing: true, default: undefined }),
    })
    const { entries, tools } = await agent.load(
      plan('good', 'tool'),
      plan('throws', 'tool'),
      plan('twice', 'tool'),
      plan('odd', 'tool'),
      plan('missing', 'tool'),
    )
    expect(entries.map(({ plugin, state, reason }) => [plugin, state, reason])).toEqual([
      ['good', 'active', undefined],
      ['throws', 'parked', 'no licence'],
      ['twice', 'parked', expect.stringContaining('"echo" is taken by good')],
      ['odd', 'parked', expect.stringContaining('no tool name')],
      ['missing', 'parked', expect.stringContaining('no entry missing/tool')],
    ])
    expect(entries[0]!.holds).toEqual(['tools echo'])
    expect(tools.map(({ name }) => name)).toEqual(['echo'])
    expect(undone).toBe('last first')
  })

  it('what did not change stays, what changed is set up anew, what is not named is unloaded', async () => {
    const log: string[] = []
    const logging = (name: string) => async () => ({
      default: defineTools({
        config: Type.Object({}),
        setup({ register, defer, config }) {
          log.push(`${name} up ${JSON.stringify(config)}`)
          defer(() => void log.push(`${name} down`))
          register({ ...echo, name })
        },
      }),
    })
    await using agent = connect({ 'a/tool': logging('a'), 'b/tool': logging('b'), 'c/tool': logging('c') })
    await agent.load(plan('a', 'tool'), plan('b', 'tool'), plan('c', 'tool'))
    log.length = 0
    const { tools } = await agent.load(plan('a', 'tool'), plan('b', 'tool', { config: { x: 1 } }))
    expect(log).toEqual(['c down', 'b down', 'b up {"x":1}'])
    expect(tools.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  it('tools that come and go later are told to the gateway', async () => {
    const later = Promise.withResolvers<() => Disposable>()
    await using agent = connect({
      'a/tool': async () => ({
        default: defineTools({ config: Type.Object({}), setup: ({ register }) => later.resolve(() => register(echo)) }),
      }),
    })
    await agent.load(plan('a', 'tool'))
    expect(agent.heard).toEqual([])
    const added = (await later.promise)()
    added[Symbol.dispose]()
    await agent.wire.call('ping', {})
    expect(
      agent.heard.map(({ event, payload }) => [
        event,
        (payload as { tools: { name: string }[] }).tools.map(({ name }) => name),
      ]),
    ).toEqual([
      ['tools.changed', ['echo']],
      ['tools.changed', []],
    ])
  })

  it("a module of a plugin's own is imported by its address, and gets its config, store and the names of variables", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'openclaw-entry-'))
    const file = join(folder, 'entry.mjs')
    await writeFile(
      file,
      `export default { id: 'own', config: {}, async connect({ config, store, env }) {
        await store.set('a/b', Buffer.from('kept'))
        const kept = Buffer.from(await store.get('a/b')).toString()
        return { models: async () => [{ id: [config.name, kept, await store.list(), env.join()].join(' ') }], async *stream() {} }
      } }`,
    )
    await using agent = connect({})
    const own = plan('own', 'provider', {
      module: pathToFileURL(file).href,
      config: { name: 'n' },
      state: join(folder, 'state'),
    })
    await agent.wire.call('load', { entries: [own], env: ['OPENAI_API_KEY'] })
    expect((await agent.wire.call('models.list', {})).models).toEqual([{ id: 'own/n kept a/b OPENAI_API_KEY' }])
    await rm(folder, { recursive: true })
  })
})

describe('models', () => {
  it('are listed with their provider, and one that fails is a problem, not an end', async () => {
    const bad = defineProvider({
      id: 'bad',
      config: Type.Object({}),
      connect: () => ({ models: () => Promise.reject(new Error('no network')), async *stream() {} }),
    })
    const noticing = defineProvider({
      id: 'near',
      config: Type.Object({}),
      connect: () => ({
        models: async () => [],
        discover: async () => [{ label: 'Ollama', config: {}, models: ['m'] }],
        async *stream() {},
      }),
    })
    await using agent = connect({
      'scripted/provider': scriptedProvider([]).load,
      'bad/provider': async () => ({ default: bad }),
      'near/provider': async () => ({ default: noticing }),
    })
    await agent.load(plan('scripted', 'provider'), plan('bad', 'provider'), plan('near', 'provider'))
    expect(await agent.wire.call('models.list', { discover: true })).toEqual({
      models: [{ id: 'scripted/model', contextTokens: 200_000, images: true }],
      offers: [{ provider: 'near', label: 'Ollama', config: {}, models: ['m'] }],
      problems: [{ provider: 'bad', message: 'no network' }],
    })
    await expect(agent.wire.call('models.list', { provider: 'nobody' })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('are tested for real', async () => {
    const model = scriptedProvider([say('Hello!'), fail('unauthorized', { message: 'the key was refused' })])
    await using gateway = await startAgent([model])
    expect(await gateway.wire.call('models.test', { model: 'scripted/model' })).toEqual({ ok: true, text: 'Hello!' })
    expect(await gateway.wire.call('models.test', { model: 'scripted/model' })).toEqual({
      ok: false,
      message: 'the key was refused',
    })
    expect(await gateway.wire.call('models.test', { model: 'nobody/x' })).toMatchObject({
      ok: false,
      message: expect.stringContaining('no provider'),
    })
  })
})

describe('compaction', () => {
  it('summarises what is older, keeps the newest turns, and the next run begins with the summary', async () => {
    const model = scriptedProvider(({ system }) =>
      system.startsWith('Summarise') ? say('they talked about tea') : say('x'.repeat(9000)),
    )
    await using gateway = await startAgent([model])
    for (let n = 0; n < 10; n++) await gateway.ask('s', `question ${n}`)
    const { seq } = gateway.journal('s').at(-1)!
    const result = await gateway.wire.call('session.compact', {
      session: 's',
      seq,
      models: [model.model],
      instructions: 'mind the tea',
    })
    expect(result).toMatchObject({ compacted: true, summary: 'they talked about tea', keep: expect.any(String) })
    const summarising = model.requests.at(-1)!
    expect(summarising.system).toContain('mind the tea')
    expect(JSON.stringify(summarising.turns)).toContain('question 0')
    const at = gateway.journal('s').findIndex(({ id }) => id === result.keep)
    expect(gateway.journal('s')[at]!.kind).toBe('user')
    expect(at).toBeGreaterThan(3)
    gateway.append('s', {
      kind: 'checkpoint',
      body: {
        reason: 'compaction',
        summary: result.summary!,
        keep: { id: result.keep!, offset: 0 },
        settings: {},
        notes: [],
        orders: [],
        totals: { lines: at, usage: { input: 0, cached: 0, output: 0 } },
      },
    })
    await gateway.ask('s', 'and now')
    const { turns } = model.requests.at(-1)!
    expect(JSON.stringify(turns[0])).toContain('they talked about tea')
    expect(JSON.stringify(turns)).not.toContain('question 0')
    expect(JSON.stringify(turns)).toContain('question 9')
    // The second summary is made from the first one too.
    for (let n = 0; n < 6; n++) await gateway.ask('s', `later ${n}`)
    await gateway.wire.call('session.compact', {
      session: 's',
      seq: gateway.journal('s').at(-1)!.seq,
      models: [model.model],
    })
    expect(JSON.stringify(model.requests.at(-1)!.turns)).toContain('they talked about tea')
  })

  it('says so when there is nothing to summarise, or when no model can', async () => {
    const model = scriptedProvider(({ system }) =>
      system.startsWith('Summarise') ? fail('unauthorized', { message: 'no key' }) : say('x'.repeat(9000)),
    )
    await using gateway = await startAgent([model])
    await gateway.ask('s', 'one')
    expect(await gateway.wire.call('session.compact', { session: 's', seq: 4, models: [model.model] })).toMatchObject({
      compacted: false,
      reason: expect.stringContaining('nothing older'),
    })
    for (let n = 0; n < 10; n++) await gateway.ask('s', `question ${n}`)
    expect(
      await gateway.wire.call('session.compact', {
        session: 's',
        seq: gateway.journal('s').at(-1)!.seq,
        models: [model.model],
      }),
    ).toEqual({ compacted: false, reason: 'no key' })
  })
})

describe('memory', () => {
  it('pulls only what it lacks, and all of it again when a session was forgotten or pushed out', async () => {
    const model = scriptedProvider(() => say('x'.repeat(2000)), { record: false })
    await using gateway = await startAgent([model], [], { memoryBytes: 16_000 })
    await gateway.ask('s', 'one')
    await gateway.ask('s', 'two')
    expect(gateway.pulls).toEqual([0, 1])
    await gateway.wire.call('session.forget', { session: 's' })
    await gateway.ask('s', 'three')
    expect(gateway.pulls.at(-1)).toBe(0)
    await gateway.ask('s', 'four')
    expect(gateway.pulls.at(-1)).toBeGreaterThan(0)
    for (let n = 0; n < 30; n++) await gateway.ask(`other${n}`, 'hi')
    expect(await gateway.ask('s', 'five')).toMatchObject({ outcome: 'answered' })
    expect(gateway.pulls.at(-1)).toBe(0)
  })
})

it('the agent ends its runs when it is closed', async () => {
  const model = scriptedProvider([hang()])
  const gateway = await startAgent([model])
  const answer = gateway.ask('s', 'go').catch((thrown: unknown) => thrown)
  await model.asked(1)
  const began = performance.now()
  await gateway[Symbol.asyncDispose]()
  expect(performance.now() - began).toBeLessThan(1000)
  await answer
})
