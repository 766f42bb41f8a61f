import { readFile, writeFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { defineTool } from '@openclaw/sdk'
import { callTool, fakeChannel, gatewayPlugin, say, testKernel, toolPlugin } from '@openclaw/testing'
import Type from 'typebox'
import { describe, expect, it } from 'vitest'

const mine = 'agent:main:local:default:owner'

describe('strangers', () => {
  it('A67 A68 S7: get one code, are not processed, and are admitted by it as a member', async () => {
    const fake = fakeChannel()
    await using house = await testKernel({
      plugins: [fake.plugin],
      config: { channels: { fake: { accounts: { default: {} } } } },
      script: [say('welcome')],
    })
    await fake.connected()
    await fake.say('my secret plan', { sender: 'u1', name: 'The Owner' })
    await fake.say('hello?', { sender: 'u1' })
    const code = /[A-HJ-NP-Z2-9]{8}/.exec((await fake.waitSent(1)).text)![0]
    expect(fake.sent.length).toBe(1)
    expect(house.model.requests.length).toBe(0)
    const ledger = await readFile(join(house.home, 'ledger', (await readdir(join(house.home, 'ledger')))[0]!), 'utf8')
    expect(ledger).not.toContain('secret plan')
    expect(ledger).toContain('"refused"')

    expect(await house.call('pairing.approve', { channel: 'fake', code: code.toLowerCase() })).toMatchObject({
      sender: 'u1',
      role: 'member',
    })
    await fake.waitSent(2)
    await fake.say('hello', { sender: 'u1' })
    expect((await fake.waitSent(3)).text).toBe('welcome')
    expect(await readFile(join(house.home, 'allowlists', 'fake.json'), 'utf8')).toContain('u1')
    // A direct grant opens no group.
    await fake.say('hi', { sender: 'u1', peer: { kind: 'group', id: 'g' }, mentioned: true })
    expect((await house.call('sessions.list', {})).sessions.map(({ key }) => key)).not.toContain(
      'agent:main:fake:default:group:g',
    )
  })

  it('in a group are heard only when they mention the agent, which then sees what was said before', async () => {
    const fake = fakeChannel()
    await using house = await testKernel({
      plugins: [fake.plugin],
      config: { channels: { fake: { groups: { policy: 'allowlist', allow: ['g'] }, accounts: { default: {} } } } },
      script: [say('I saw it')],
    })
    await fake.connected()
    const peer = { kind: 'group' as const, id: 'g' }
    await fake.say('the train is late', { sender: 'anna', peer })
    await fake.say('elsewhere', { sender: 'anna', peer: { kind: 'group', id: 'other' }, mentioned: true })
    expect(house.model.requests.length).toBe(0)
    await fake.say('what do you think?', { sender: 'bert', peer, mentioned: true })
    expect((await fake.waitSent(1)).text).toBe('I saw it')
    expect(JSON.stringify(house.model.requests[0]!.turns)).toContain('the train is late')
  })
})

describe('sessions', () => {
  it('A30 A32 A84: keep settings, begin anew, compact, are erased and deleted', async () => {
    await using house = await testKernel({
      script: ({ turns, system }) =>
        say(system.includes('Summar') || turns.length > 6 ? 'a summary' : `turns ${turns.length}`),
    })
    await house.ask('first words')
    expect(await house.call('sessions.patch', { session: mine, title: 'My chat', thinking: 'low' })).toMatchObject({
      title: 'My chat',
      settings: { thinking: 'low' },
    })
    expect((await house.ask('second')).text).toBe('turns 3')
    expect(house.model.requests.at(-1)!.thinking).toBe('low')
    await house.call('sessions.reset', { session: mine })
    expect((await house.ask('third')).text).toBe('turns 1')
    expect((await house.call('sessions.get', { session: mine })).settings.thinking).toBe('low')

    expect((await house.call('sessions.erase', { session: mine })).erased).toBeGreaterThan(0)
    const folder = join(house.home, 'sessions', 'main')
    const [file] = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'))
    expect(await readFile(join(folder, file!), 'utf8')).not.toContain('first words')
    for (const name of await readdir(join(house.home, 'ledger'))) {
      expect(await readFile(join(house.home, 'ledger', name), 'utf8')).not.toContain('first words')
    }
    expect((await house.call('sessions.verify', {})).whole).toBe(true)
    expect((await house.ask('after')).status).toBe('answered')

    await house.call('sessions.delete', { session: mine })
    await expect(house.call('sessions.get', { session: mine })).rejects.toMatchObject({ code: 'not_found' })
    await using again = await house.restart()
    expect((await again.call('sessions.list', {})).total).toBe(0)
  })

  it('A5: take keys with colons, dots, emoji and 10,000 characters', async () => {
    const fake = fakeChannel()
    await using house = await testKernel({
      plugins: [fake.plugin],
      config: { channels: { fake: { dm: { policy: 'open' }, accounts: { default: {} } } } },
    })
    await fake.connected()
    const ids = [
      'a:b',
      '..',
      '../../etc/passwd',
      '👩‍👩‍👧‍👦',
      'x'.repeat(10_000),
      'group',
      'thread',
      'C:\\con',
      'ÄÖÜ',
      'äöü',
      ' ',
      '\u0000',
    ]
    for (const id of ids) await fake.say('hello', { sender: id })
    await fake.waitSent(ids.length)
    const { sessions, total } = await house.call('sessions.list', { limit: 100 })
    expect(total).toBe(ids.length)
    expect(new Set(sessions.map(({ file }) => file.toLowerCase())).size).toBe(ids.length)
    expect(new Set(fake.sent.map(({ peer }) => peer.id))).toEqual(new Set(ids))
    await using again = await house.restart()
    await fake.connected()
    expect((await again.call('sessions.verify', {})).whole).toBe(true)
    for (const id of ids) await fake.say('again', { sender: id })
    await fake.waitSent(ids.length * 2)
    expect((await again.call('sessions.list', { limit: 100 })).total).toBe(ids.length)
  })

  it('A37 A46 A47: go to the agent that a binding names, else to the default one', async () => {
    const fake = fakeChannel()
    await using house = await testKernel({
      plugins: [fake.plugin],
      config: {
        agents: { main: {}, work: {} },
        bindings: [{ agent: 'work', match: { channel: 'fake', peer: { id: 'boss' } } }],
        channels: { fake: { dm: { policy: 'open' }, accounts: { default: {} } } },
      },
    })
    await fake.connected()
    await fake.say('hello', { sender: 'boss' })
    await fake.say('hello', { sender: 'friend' })
    await fake.waitSent(2)
    const keys = (await house.call('sessions.list', {})).sessions.map(({ key }) => key).toSorted()
    expect(keys).toEqual(['agent:main:fake:default:friend', 'agent:work:fake:default:boss'])
    expect(await house.call('route.explain', { channel: 'fake', peer: 'boss' })).toMatchObject({
      agent: 'work',
      tier: 'peer',
      binding: 0,
    })
  })

  it('answer with idempotency: the same key has one effect and one answer', async () => {
    await using house = await testKernel()
    const send = { message: 'once', idempotencyKey: 'k' }
    const [one, two] = await Promise.all([house.call('chat.send', send), house.call('chat.send', send)])
    expect(two.run).toBe(one.run)
    const third = await house.call('chat.send', send)
    expect(third).toMatchObject({ run: one.run, line: one.line, repeated: true })
    const inject = { session: mine, message: 'a note', idempotencyKey: 'n' }
    expect((await house.call('chat.inject', inject)).line).toBe((await house.call('chat.inject', inject)).line)
    await house.call('agent.wait', { run: one.run })
    const { lines } = await house.call('chat.history', { session: mine })
    expect(lines.filter(({ kind }) => kind === 'user').length).toBe(1)
    expect(lines.filter(({ kind }) => kind === 'note').length).toBe(1)
  })
})

describe('what goes wrong', () => {
  it('a plugin that throws, hangs or takes a taken name is parked with its reason, and the rest works', async () => {
    const tool = (name: string) =>
      defineTool({
        name,
        description: name,
        input: Type.Object({}),
        effect: 'read',
        run: async () => ({ content: [] }),
      })
    const starting = testKernel({
      plugins: [
        gatewayPlugin('thrower', () => {
          throw new Error('no luck today')
        }),
        toolPlugin('one', [tool('look')]),
        toolPlugin('two', [tool('look')]),
        gatewayPlugin('fine', { handlers: {} }),
      ],
      script: [callTool('look', {}), say('looked')],
    })
    await using house = await starting
    expect((await house.ask('look')).text).toBe('looked')
    const { plugins } = await house.call('plugins.list', {})
    const state = Object.fromEntries(plugins.map(({ id, state: of, reason }) => [id, [of, reason]]))
    expect(state['thrower']).toEqual(['parked', expect.stringContaining('no luck today')])
    expect(state['two']).toEqual(['parked', expect.stringContaining('look')])
    expect(state['one']![0]).toBe('active')
    expect(state['fine']![0]).toBe('active')
    expect((await house.call('status', {})).problems.join('\n')).toContain('no luck today')
  })

  it('a configuration with errors in ten places starts all the same, and says every one', async () => {
    const fake = fakeChannel()
    await using house = await testKernel({
      plugins: [fake.plugin],
      config: {
        gatway: {},
        gateway: { port: 'high', auth: { mode: 'tokn' } },
        agents: { main: { thinking: 'much', limits: { modelCalls: 'ten' } }, 'Bad Id': {} },
        bindings: [{ agent: 'nobody', match: { chanel: 'fake' } }],
        channels: { fake: { dm: { policy: 'opn' }, groups: { allow: 'everyone' }, accounts: { default: {} } } },
        tools: { denny: ['bash'] },
        logs: { level: 'loud' },
      },
    })
    const { problems } = await house.call('config.check', {})
    expect(problems.length).toBeGreaterThanOrEqual(10)
    expect(problems.every(({ path, message }) => path !== undefined && message.length > 0)).toBe(true)
    expect((await house.ask('hello')).status).toBe('answered')
    // What restricts and is wrong fails closed: nobody is admitted by a policy that cannot be read.
    await fake.connected()
    await fake.say('hello', { sender: 'stranger' })
    expect((await house.call('sessions.list', {})).sessions.map(({ key }) => key)).toEqual([mine])
  })

  it('the configuration is changed key by key, and is in force at once', async () => {
    await using house = await testKernel({ config: { agents: { main: { name: 'One' } } } })
    const file = join(house.home, 'openclaw.json')
    await writeFile(file, '{\n  // my notes\n  agents: { main: { name: "One", } },\n  mine: 1,\n}\n')
    await house.platform.clock.advance(3000)
    await house.call('config.set', { path: 'agents.main.name', value: 'Two' })
    expect(await readFile(file, 'utf8')).toBe(
      '{\n  // my notes\n  agents: { main: { name: "Two", } },\n  mine: 1,\n}\n',
    )
    expect((await house.call('agents.list', {})).agents[0]).toMatchObject({ name: 'Two' })
    const { hash } = await house.call('config.get', {})
    await writeFile(file, '{}')
    await expect(house.call('config.set', { path: 'agents.main.name', value: 'Three', hash })).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  it('a journal with a broken line opens, keeps every intact line, and says what it skipped', async () => {
    await using house = await testKernel({ script: ({ turns }) => say(`turns ${turns.length}`) })
    await house.ask('one')
    await house.ask('two')
    await house.kernel.close('to break it')
    const folder = join(house.home, 'sessions', 'main')
    const [file] = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'))
    const lines = (await readFile(join(folder, file!), 'utf8')).split('\n')
    const broken = lines.map((line, at) => (at === 4 ? line.slice(0, 40) : line)).join('\n')
    await writeFile(join(folder, file!), broken)
    await using again = await house.restart()
    const { journals, whole } = await again.call('sessions.verify', {})
    expect(whole).toBe(false)
    expect(journals[0]!.damaged).toMatchObject([{ line: 5 }])
    expect((await again.ask('three')).status).toBe('answered')
    expect(await readFile(join(folder, file!), 'utf8')).toContain(lines[4]!.slice(0, 40))
  })
})
