import { describe, expect, it } from 'vitest'
import Type from 'typebox'
import { closed, method, Secret } from '@openclaw/protocol'
import { defineChannel, defineGateway, type GatewaySetup } from '@openclaw/sdk'
import { bundled, openHouse } from './house.ts'

const none = closed({})
const module = (entry: unknown) => async () => ({ default: entry })
const config = (schema: object) => async () => ({ config: schema })
const gateway = (id: string, setup: (given: GatewaySetup) => object | Promise<object> = () => ({}), methods = {}) =>
  defineGateway({ id, config: none, methods, setup: setup as never })
const row = method('read', 'Answers.', none, none)

describe('plugins', () => {
  it('run nothing before they are started', async () => {
    let loaded = 0
    await using one = await openHouse([bundled('x', { gateway: async () => ({ default: (loaded++, gateway('x')) }) })])
    await one.plugins.find()
    expect(one.row('x')).toMatchObject({ state: 'pending', source: 'bundled', version: '1.0.0', hooks: ['gateway'] })
    expect(loaded).toBe(0)
    await one.plugins.start()
    expect(one.row('x')).toMatchObject({ state: 'active', setupMs: expect.any(Number) })
  })

  it('are set up one at a time, in order', async () => {
    const order: string[] = []
    const slow = (id: string) =>
      gateway(id, async () => {
        order.push(`${id} begins`)
        await new Promise((resolve) => setImmediate(resolve))
        order.push(`${id} ends`)
        return {}
      })
    await using one = await openHouse([
      bundled('a', { gateway: module(slow('a')) }),
      bundled('b', { gateway: module(slow('b')) }),
    ])
    await one.begin()
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
  })

  it('that fail are parked with the reason and leave nothing, and the others start', async () => {
    const left: string[] = []
    const row2 = { 'second.ask': row }
    await using one = await openHouse([
      bundled('throws', {
        gateway: module(
          gateway('throws', ({ defer }) => {
            defer(() => void left.push('ended'), 'socket')
            throw new Error('the port is taken')
          }),
        ),
      }),
      bundled('missing', {
        gateway: async () => {
          throw new Error("Cannot find package 'ws'")
        },
      }),
      bundled('shapeless', { gateway: async () => ({}) }),
      bundled('stranger', { gateway: module(gateway('other')) }),
      bundled('nothing', { gateway: module(gateway('nothing', () => undefined as never)) }),
      bundled('healthz', { gateway: module(gateway('healthz')) }),
      bundled('first', {
        gateway: module(gateway('first', () => ({ handlers: { 'first.ask': () => ({}) } }), { 'first.ask': row })),
      }),
      bundled('second', { gateway: module(gateway('second', () => ({ handlers: {} }), row2)) }),
      bundled('prefix', { gateway: module(gateway('prefix', () => ({}), { 'another.ask': row })) }),
      bundled('sessions', { gateway: module(gateway('sessions', () => ({}), { 'sessions.list': row })) }),
      bundled('good', { gateway: module(gateway('good')) }),
    ])
    await one.begin()
    const reasons = Object.fromEntries(
      one.plugins
        .list()
        .filter(({ state }) => state === 'parked')
        .map(({ id, reason }) => [id, reason]),
    )
    expect(reasons).toEqual({
      throws: 'the port is taken',
      missing: "Cannot find package 'ws'",
      shapeless: expect.stringContaining('lacks a default export; export what defineGateway gives'),
      stranger: expect.stringContaining('calls itself "other" and its manifest "stranger"'),
      nothing: expect.stringContaining('return {} when there is nothing to add'),
      healthz: expect.stringContaining('a path of the gateway itself'),
      second: expect.stringContaining('the method second.ask is declared and has no handler'),
      prefix: expect.stringContaining('its methods begin with "prefix."'),
      sessions: expect.stringContaining('the method sessions.list is taken by the gateway itself'),
    })
    expect(left).toEqual(['ended'])
    expect([...one.plugins.extensions.keys()]).toEqual(['first', 'good'])
    for (const { state, holds } of one.plugins.list()) if (state === 'parked') expect(holds).toEqual([])
    expect(one.plugins.method('first.ask')?.row).toBe(row)
    expect(one.plugins.method('second.ask')).toBeUndefined()
  })

  it('that hang are parked after ten seconds, and what they open later ends at once', async () => {
    const go = Promise.withResolvers<void>()
    const late = Promise.withResolvers<string>()
    const began = Promise.withResolvers<void>()
    await using one = await openHouse([
      bundled('hangs', {
        gateway: module(
          gateway(
            'hangs',
            async ({ defer, signal }) => {
              began.resolve()
              await go.promise
              defer(() => late.resolve(String(signal.aborted)))
              return { handlers: { 'hangs.ask': () => ({}) } }
            },
            { 'hangs.ask': row },
          ),
        ),
      }),
      bundled('good', { gateway: module(gateway('good')) }),
    ])
    await one.plugins.find()
    const started = one.plugins.start()
    await began.promise
    await one.platform.clock.advance(10_000)
    await started
    expect(one.row('hangs')).toMatchObject({
      state: 'parked',
      reason: expect.stringContaining('no answer within 10 s'),
    })
    expect(one.row('good').state).toBe('active')
    go.resolve()
    expect(await late.promise).toBe('true')
    expect(one.plugins.method('hangs.ask')).toBeUndefined()
  })

  it('with a bad manifest are parked with all that is wrong, and with a newer one with what fits', async () => {
    await using one = await openHouse([
      { package: { name: 'a', version: '1', openclaw: { id: 'A!', label: 5, hooks: { chanel: './x' } } }, load: {} },
      { package: { name: 'b', version: '1', openclaw: 'no' }, load: {} },
      { package: { name: 'c', version: '1', openclaw: { id: 'c', api: 7, future: true } }, load: {} },
    ])
    await one.begin()
    const reasons = one.plugins.list().map(({ reason }) => reason)
    expect(reasons[0]).toMatch(
      /openclaw\.id: .*openclaw\.label: .*openclaw\.hooks\.chanel: .*openclaw\.api: is missing/,
    )
    expect(reasons[1]).toContain('the manifest of b is wrong')
    expect(reasons[2]).toContain('c speaks plugin API 7 and this gateway 1; install a version of it that speaks 1')
  })

  it('that ask for a process of their own are parked with a clear word', async () => {
    for (const isolation of ['process', 'proces']) {
      await using one = await openHouse([bundled('x', { gateway: module(gateway('x')) })], {
        config: { plugins: { x: { isolation } } },
      })
      await one.begin()
      expect(one.row('x')).toMatchObject({ state: 'parked', reason: expect.stringContaining('process of its own') })
    }
  })

  it('that are disabled are not loaded', async () => {
    await using one = await openHouse([bundled('x', { gateway: () => Promise.reject(new Error('loaded')) })], {
      config: { plugins: { x: { enabled: false } } },
    })
    await one.begin()
    expect(one.row('x')).toMatchObject({ state: 'disabled', reason: 'plugins.x.enabled is false' })
  })

  it('that hang do not keep the gateway from ending', async () => {
    const began = Promise.withResolvers<void>()
    const one = await openHouse([
      bundled('hangs', { gateway: module(gateway('hangs', () => (began.resolve(), new Promise(() => {})))) }),
    ])
    await one.plugins.find()
    const started = one.plugins.start()
    await began.promise
    await one[Symbol.asyncDispose]()
    await started
    expect(one.row('hangs')).toMatchObject({ state: 'parked', reason: 'the gateway stops' })
  })

  it('are closed last in first out', async () => {
    const order: string[] = []
    const ordered = (id: string) => gateway(id, ({ defer }) => (defer(() => void order.push(id)), {}))
    const one = await openHouse([
      bundled('a', { gateway: module(ordered('a')) }),
      bundled('b', { gateway: module(ordered('b')) }),
    ])
    await one.begin()
    await one[Symbol.asyncDispose]()
    expect(order).toEqual(['b', 'a'])
  })
})

describe("a plugin's configuration", () => {
  const schema = Type.Object(
    { url: Type.String({ default: 'http://one' }), key: Secret(), depth: Type.Optional(Type.Integer()) },
    { additionalProperties: false },
  )
  const seen: unknown[] = []
  const plugin = bundled('x', {
    gateway: module(gateway('x', ({ config: given }) => (seen.push(given), {}))),
    config: config(schema),
  })

  it('comes checked, with its defaults and its secrets', async () => {
    await using one = await openHouse([plugin], {
      config: { plugins: { x: { config: { key: 'env:KEY' } } } },
      env: { KEY: 'the-secret' },
    })
    await one.begin()
    expect(seen.at(-1)).toEqual({ url: 'http://one', key: 'the-secret' })
    expect(one.secrets.mask('the-secret')).toBe('***')
  })

  it('parks the plugin with everything that is wrong in it, and starts it when it is corrected', async () => {
    await using one = await openHouse([plugin], {
      config: { plugins: { x: { config: { url: 5, depth: 'deep', ky: 'x' } } } },
      env: { KEY: 'the-secret' },
    })
    await one.begin()
    expect(one.row('x').state).toBe('parked')
    for (const part of [
      'plugins.x.config.url: expected a text',
      'plugins.x.config.depth: expected a whole number',
      'plugins.x.config.ky: unknown key',
    ])
      expect(one.row('x').reason).toContain(part)
    const changed = new Promise<void>((resolve) =>
      one.plugins.onChange(() => one.row('x').state === 'active' && resolve()),
    )
    await one.configuration.set('plugins.x.config', { key: 'env:KEY' }, undefined, 'person')
    await changed
    expect(one.plugins.schema('x')).toBe(schema)
  })

  it('parks it when a secret is missing, and says where to put it', async () => {
    await using one = await openHouse([plugin])
    await one.begin()
    expect(one.row('x')).toMatchObject({
      state: 'parked',
      reason: expect.stringContaining('plugins.x.config.key: is missing (store it, or write env:NAME or file:PATH)'),
    })
  })

  it("restarts its scope when it changes, and no other's", async () => {
    let others = 0
    await using one = await openHouse([plugin, bundled('y', { gateway: module(gateway('y', () => (others++, {}))) })], {
      config: { plugins: { x: { config: { key: 'env:KEY' } } } },
      env: { KEY: 'the-secret' },
    })
    await one.begin()
    const changed = new Promise<void>((resolve) => one.plugins.onChange(() => resolve()))
    await one.configuration.set('plugins.x.config.depth', 3)
    await changed
    expect(seen.at(-1)).toMatchObject({ depth: 3 })
    expect(others).toBe(1)
  })
})

describe('what a gateway entry adds', () => {
  it('belongs to its scope, shows in the list, and is gone after a reload that fails', async () => {
    let fail = false
    await using one = await openHouse([
      bundled('x', {
        gateway: module(
          gateway(
            'x',
            ({ use, on }) => {
              if (fail) throw new Error('not again')
              use({ [Symbol.dispose]: () => {} }, 'database')
              on('agent.end', () => {})
              return {
                handlers: { 'x.ask': () => ({ ok: true }) },
                fetch: () => new Response('hi'),
                intercept: { inbound: () => undefined, 'tool.call': () => undefined },
              }
            },
            { 'x.ask': row },
          ),
        ),
      }),
    ])
    await one.begin()
    expect(one.row('x').holds).toEqual([
      'database',
      'listener agent.end',
      'method x.ask',
      'route /x/',
      'interceptors inbound, tool.call',
    ])
    expect(one.plugins.intercepts('inbound')).toBe(true)
    fail = true
    await one.plugins.reload('x')
    expect(one.row('x')).toMatchObject({ state: 'parked', reason: 'not again', holds: [] })
    expect(one.plugins.method('x.ask')).toBeUndefined()
    expect(one.plugins.extensions.size).toBe(0)
    expect(one.plugins.intercepts('inbound')).toBe(false)
    fail = false
    await one.plugins.reload()
    expect(one.row('x').state).toBe('active')
    await expect(one.plugins.reload('nope')).rejects.toMatchObject({ code: 'not_found' })
  })

  it('is not set up twice when the first could not be stopped whole', async () => {
    let setUps = 0
    await using one = await openHouse([
      bundled('x', {
        gateway: module(
          gateway('x', ({ defer }) => {
            setUps++
            defer(() => Promise.reject(new Error('still bound')), 'port')
            return {}
          }),
        ),
      }),
    ])
    await one.begin()
    await one.plugins.reload('x')
    expect(one.row('x')).toMatchObject({ state: 'parked', reason: expect.stringContaining('port: still bound') })
    await one.plugins.reload()
    expect(one.row('x').state).toBe('parked')
    expect(setUps).toBe(1)
  })

  it('calls only methods that its manifest names, hears events, and cannot break who tells them', async () => {
    const calls: unknown[] = []
    let tell: (event: never) => void = () => {}
    let setup: GatewaySetup | undefined
    await using one = await openHouse(
      [
        bundled(
          'x',
          { gateway: module(gateway('x', (given) => ((setup = given), {}))) },
          { permissions: { methods: ['sessions.list'] } },
        ),
      ],
      {
        access: {
          call: async (...args) => void calls.push(args),
          on: (_, listen) => ((tell = listen as never), { [Symbol.dispose]: () => {} }),
        },
      },
    )
    await one.begin()
    await setup?.call('sessions.list', { limit: 1 })
    await expect(setup?.call('config.get')).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('permissions.methods'),
    })
    expect(calls).toEqual([['x', 'sessions.list', { limit: 1 }]])
    setup?.on('agent.end', () => {
      throw new Error('oops')
    })
    tell({} as never)
    expect(one.log.said.join()).toContain('its listener to agent.end failed')
    await setup?.store.set('cursor', new Uint8Array([1]))
    expect(await setup?.store.list()).toEqual(['cursor'])
  })
})

describe('channels', () => {
  const account = Type.Object({ nick: Type.String() }, { additionalProperties: false })
  const channel = defineChannel({
    id: 'irc',
    account,
    traits: { maxText: 350, lengthUnit: 'bytes', markup: 'plain', delivery: 'at-most-once' },
    connect: () => Promise.reject(new Error('no')),
  })

  it('are loaded only with an account, and unloaded without one', async () => {
    let loads = 0
    await using one = await openHouse([
      bundled('irc', { channel: async () => ({ default: (loads++, channel) }), config: config(account) }),
    ])
    await one.begin()
    expect(one.row('irc')).toMatchObject({ state: 'disabled', reason: 'channels.irc has no account' })
    expect(loads).toBe(0)
    const next = () =>
      new Promise<void>((resolve) => {
        const listening = one.plugins.onChange(() => (listening[Symbol.dispose](), resolve()))
      })
    let changed = next()
    await one.configuration.set('channels.irc.accounts.default', { nick: 'claw' })
    await changed
    expect(one.row('irc')).toMatchObject({ state: 'active', holds: ['channel irc'] })
    expect(one.plugins.channels.get('irc')).toEqual({ channel, plugin: 'irc' })
    changed = next()
    await one.configuration.set('channels.irc.enabled', false)
    await changed
    expect(one.plugins.channels.size).toBe(0)
  })
})

describe('entries of the agent process', () => {
  const schema = Type.Object({ key: Type.Optional(Secret()), size: Type.Integer({ default: 3 }) })
  const plugin = bundled(
    'openai',
    { provider: async () => ({}), config: config(schema) },
    { permissions: { methods: ['models.list'] } },
  )

  it('are named with their module, settings, methods and folder, and count as set up when the agent says so', async () => {
    await using one = await openHouse([plugin, bundled('off', { tool: async () => ({}) })], {
      config: { plugins: { off: { enabled: false }, openai: { config: { key: 'env:KEY' } } } },
      env: { KEY: 'sk-123456' },
    })
    await one.begin()
    expect(await one.plugins.agentEntries()).toEqual([
      {
        plugin: 'openai',
        hook: 'provider',
        module: 'bundled:openai/provider',
        config: { key: 'sk-123456', size: 3 },
        methods: ['models.list'],
        state: `${one.home}/state/openai`,
        round: 1,
        isolated: false,
      },
    ])
    expect(one.row('openai').state).toBe('loading')
    one.plugins.reported([{ plugin: 'openai', hook: 'provider', state: 'active', setupMs: 5, holds: ['agent'] }])
    expect(one.row('openai')).toMatchObject({ state: 'active', holds: ['provider: agent'] })
    one.plugins.reported([
      {
        plugin: 'openai',
        hook: 'provider',
        state: 'parked',
        reason: 'the tool "x" is taken by y',
        setupMs: 5,
        holds: [],
      },
    ])
    expect(one.row('openai')).toMatchObject({ state: 'parked', reason: 'provider: the tool "x" is taken by y' })
  })

  it('of a plugin whose settings are wrong are not named', async () => {
    await using one = await openHouse([plugin], { config: { plugins: { openai: { config: { size: 'big' } } } } })
    await one.begin()
    expect(await one.plugins.agentEntries()).toEqual([])
    expect(one.row('openai').state).toBe('parked')
  })
})
