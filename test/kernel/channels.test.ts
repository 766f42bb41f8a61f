import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fakeChannel, testKernel, toolPlugin, callTool, say } from '@openclaw/testing'
import { defineTool } from '@openclaw/sdk'
import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import { doors } from './doors.ts'

const good = 'good-token-7391'
const bad = 'bad-token-5512'
const online =
  (account = 'default') =>
  (one: { account: string; state: string }) =>
    one.account === account && one.state === 'online'

async function open(config?: object) {
  const platform = doors([good, 'second-token-8822'])
  const house = await testKernel({ plugins: [platform.plugin], ...(config ? { config } : {}) })
  const file = () => readFile(join(house.home, 'openclaw.json'), 'utf8')
  const stateOf = async (account = 'default') =>
    (await house.call('channels.status', {})).accounts.find((one) => one.account === account)
  return { platform, house, file, stateOf, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() }
}

/** Every file of a home whose text holds something. */
async function filesWith(home: string, text: string): Promise<string[]> {
  const files = (await readdir(home, { recursive: true, withFileTypes: true })).filter((one) => one.isFile())
  const paths = files.map((one) => join(one.parentPath, one.name))
  const found = await Promise.all(
    paths.map(async (path) => ((await readFile(path, 'utf8')).includes(text) ? [path] : [])),
  )
  return found.flat().map((path) => path.slice(home.length + 1))
}

describe('a channel that is to be set up', () => {
  it('says what it needs before any of its code runs: steps, settings, which of them are secret', async () => {
    await using own = await open()
    const form = await own.house.call('channels.describe', { channel: 'doors' })
    expect(form).toMatchObject({
      channel: 'doors',
      label: 'Doors',
      steps: '1. Open the door.\n2. Copy its token.',
      schema: { required: ['mode', 'token'], properties: { token: { secret: true } } },
      accounts: [],
    })
    expect(form.traits).toBeUndefined()
    await own.house.call('channels.configure', {
      channel: 'doors',
      settings: { mode: 'polling' },
      secrets: { token: good },
    })
    const after = await own.house.call('channels.describe', { channel: 'doors' })
    expect(after.accounts).toEqual([{ account: 'default', settings: { mode: 'polling' }, stored: ['token'] }])
    expect(after.traits).toMatchObject({ maxText: 100 })
    expect(JSON.stringify(after)).not.toContain(good)
  })

  it('that is not installed is told how to be', async () => {
    await using own = await open()
    for (const method of ['channels.describe', 'channels.configure'] as const)
      await expect(own.house.call(method, { channel: 'nowhere' })).rejects.toMatchObject({
        code: 'not_found',
        message: expect.stringContaining('openclaw channels add nowhere') as string,
      })
  })

  it('S14: connects at once, with its settings in the file and its secret in credentials/ alone', async () => {
    await using own = await open()
    await writeFile(
      join(own.house.home, 'openclaw.json'),
      '// mine\n{\n  channels: {\n    doors: { dm: { policy: "open" } }, // open to all\n  },\n}\n',
    )
    const { status } = await own.house.call('channels.configure', {
      channel: 'doors',
      settings: { mode: 'polling' },
      secrets: { token: good },
    })
    expect(status).toMatchObject({ channel: 'doors', account: 'default' })
    await own.house.hear('channel.state', online())
    expect(own.platform.seen).toEqual([{ token: good, mode: 'polling', host: 'one.example' }])
    expect(await own.file()).toContain('// mine\n')
    expect(await own.file()).toContain('// open to all')
    expect((await own.house.call('config.get', { path: 'channels.doors' })).value).toEqual({
      dm: { policy: 'open' },
      accounts: { default: { mode: 'polling' } },
    })
    expect(await filesWith(own.house.home, good)).toEqual([join('credentials', 'channel%3adoors%3adefault.json')])
    await using again = await own.house.restart()
    await again.hear('channel.state', online())
  })

  it('names every problem by its path, and changes nothing', async () => {
    await using own = await open()
    const before = await own.file().catch(() => '')
    const refused = await own.house
      .call('channels.configure', {
        channel: 'doors',
        settings: { mode: 'pigeon', limit: 0, colour: 'red', signing: 'in the open' },
        secrets: { password: 'x-y-z' },
      })
      .then(
        () => undefined,
        (error: { code: string; problems: { path: string }[] }) => error,
      )
    expect(refused?.code).toBe('invalid_config')
    expect(refused?.problems.map(({ path }) => path).toSorted()).toEqual(
      ['mode', 'limit', 'colour', 'signing', 'password', 'token']
        .map((key) => `channels.doors.accounts.default.${key}`)
        .toSorted(),
    )
    expect(JSON.stringify(refused?.problems)).not.toMatch(/x-y-z|in the open/)
    expect(await own.file().catch(() => '')).toBe(before)
    expect(await own.stateOf()).toBeUndefined()
    expect(await filesWith(own.house.home, 'x-y-z')).toEqual([])
  })

  it('does not take a name for an account that leads elsewhere', async () => {
    await using own = await open()
    for (const account of ['..', '../x', '', 'a/b', ' '])
      for (const method of ['channels.configure', 'channels.remove'] as const)
        await expect(own.house.call(method, { channel: 'doors', account })).rejects.toMatchObject({
          code: 'invalid_params',
        })
  })

  it('that a person turned off is not turned on behind their back', async () => {
    await using own = await open({ channels: { doors: { enabled: false } } })
    await expect(
      own.house.call('channels.configure', {
        channel: 'doors',
        settings: { mode: 'polling' },
        secrets: { token: good },
      }),
    ).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('openclaw config set channels.doors.enabled true') as string,
    })
    expect(await filesWith(own.house.home, good)).toEqual([])
  })
})

describe('an account whose token is refused', () => {
  it('L2 S14: is parked with what to do, everywhere the same and without the token, and connects once it is corrected', async () => {
    await using own = await open()
    const asked = { channel: 'doors', settings: { mode: 'polling' } }
    await own.house.call('channels.configure', { ...asked, secrets: { token: bad } })
    const { payload } = await own.house.hear('channel.state', ({ state }) => state === 'parked')
    expect(payload.detail).toBe('doors/default: https://one.example/*** was refused; copy it again')
    expect(await own.stateOf()).toEqual(payload)
    expect((await own.house.call('channels.probe', {})).probes).toMatchObject([
      { ok: false, text: `parked: ${payload.detail}` },
    ])
    // Only the secret is another: nothing in the file tells that.
    await own.house.call('channels.configure', { channel: 'doors', secrets: { token: good } })
    await own.house.hear('channel.state', online())
    expect(own.platform.seen.map(({ token }) => token)).toEqual([bad, good])
    expect(own.platform.live).toBe(1)
    expect(await filesWith(own.house.home, bad)).toEqual([])
  })

  it('is tried again when a person starts it', async () => {
    await using own = await open()
    await own.house.call('channels.configure', {
      channel: 'doors',
      settings: { mode: 'polling' },
      secrets: { token: bad },
    })
    await own.house.hear('channel.state', ({ state }) => state === 'parked')
    own.platform.tokens.add(bad)
    await own.house.call('channels.start', { channel: 'doors' })
    await own.house.hear('channel.state', online())
  })

  it('without a secret says how to give one', async () => {
    await using own = await open({ channels: { doors: { accounts: { work: { mode: 'polling' } } } } })
    await own.house.hear('channel.state', ({ state }) => state === 'parked')
    expect((await own.stateOf('work'))?.detail).toMatch(
      /^doors\/work: channels\.doors\.accounts\.work\.token: is missing .*`openclaw channels add doors --account work`$/,
    )
  })
})

describe('an account that is there', () => {
  it('keeps what is not named, connects anew with what is, and never twice', async () => {
    await using own = await open()
    await own.house.call('channels.configure', {
      channel: 'doors',
      settings: { mode: 'polling', limit: 3 },
      secrets: { token: good },
    })
    await own.house.hear('channel.state', online())
    await own.house.call('channels.configure', { channel: 'doors', settings: { mode: 'webhook', limit: null } })
    await own.house.call('channels.probe', {})
    expect((await own.house.call('config.get', { path: 'channels.doors.accounts' })).value).toEqual({
      default: { mode: 'webhook' },
    })
    expect(own.platform.seen.at(-1)).toEqual({ token: good, mode: 'webhook', host: 'one.example' })
    expect(own.platform.live).toBe(1)
  })

  it('S14: shows its stored token to no other host, and takes a new one with it', async () => {
    await using own = await open()
    await own.house.call('channels.configure', {
      channel: 'doors',
      settings: { mode: 'polling' },
      secrets: { token: good },
    })
    await own.house.hear('channel.state', online())
    const moved = { channel: 'doors', settings: { host: 'evil.example' } }
    await expect(own.house.call('channels.configure', moved)).rejects.toMatchObject({
      problems: [{ path: 'channels.doors.accounts.default.token', message: 'is missing' }],
    })
    expect(await own.stateOf()).toMatchObject({ state: 'online' })
    await own.house.call('channels.configure', { ...moved, secrets: { token: 'second-token-8822' } })
    await own.house.call('channels.probe', {})
    expect(own.platform.seen.map(({ host, token }) => `${host} ${token}`)).toEqual([
      `one.example ${good}`,
      'evil.example second-token-8822',
    ])
  })

  it('is changed by one after the other when two ask at once, and has one link then', async () => {
    await using own = await open()
    const asked = (limit: number) =>
      own.house.call('channels.configure', {
        channel: 'doors',
        settings: { mode: 'polling', limit },
        secrets: { token: limit === 2 ? good : 'second-token-8822' },
      })
    await Promise.all([asked(1), asked(2)])
    await own.house.call('channels.probe', {})
    expect(own.platform.seen.at(-1)?.token).toBe(good)
    expect(own.platform.live).toBe(1)
    expect((await own.house.call('config.get', { path: 'channels.doors.accounts.default.limit' })).value).toBe(2)
  })

  it('stands beside others: changing one leaves the links of the rest alone', async () => {
    await using own = await open()
    for (const account of ['one', 'two'])
      await own.house.call('channels.configure', {
        channel: 'doors',
        account,
        settings: { mode: 'polling' },
        secrets: { token: good },
      })
    await own.house.hear('channel.state', online('two'))
    const before = own.platform.seen.length
    await own.house.call('channels.configure', { channel: 'doors', account: 'one', settings: { limit: 1 } })
    await own.house.call('channels.probe', {})
    expect(own.platform.seen.length).toBe(before + 1)
  })

  it('takes a reference in place of a secret and forgets the stored one', async () => {
    await using own = await open()
    const file = join(own.house.home, 'token')
    await writeFile(file, `${good}\n`)
    const asked = { channel: 'doors', settings: { mode: 'polling' } }
    await own.house.call('channels.configure', { ...asked, secrets: { token: bad } })
    await own.house.hear('channel.state', ({ state }) => state === 'parked')
    await own.house.call('channels.configure', { ...asked, secrets: { token: `file:${file}` } })
    await own.house.hear('channel.state', online())
    expect(await own.file()).toContain(`"file:${file}"`)
    expect(await filesWith(own.house.home, bad)).toEqual([])
    // A value takes the place of the reference again.
    await own.house.call('channels.configure', { ...asked, secrets: { token: 'second-token-8822' } })
    expect(await own.file()).not.toContain('file:')
  })

  it('S14: takes no reference from a tool', async () => {
    const platform = doors([good])
    const setUp = defineTool({
      name: 'set_up',
      description: 'Sets a door up.',
      input: Type.Object({}),
      effect: 'read',
      lasts: () => true,
      run: async (_, call) => {
        await call.gateway.call('channels.configure', {
          channel: 'doors',
          settings: { mode: 'polling' },
          secrets: { token: 'env:HOME' },
        })
        return { content: [{ type: 'text', text: 'done' }] }
      },
    })
    await using house = await testKernel({
      plugins: [platform.plugin, toolPlugin('setter', [setUp], { methods: ['channels.configure'] })],
      script: [callTool('set_up', {}), say('tried')],
    })
    await house.ask('set it up')
    expect(JSON.stringify(house.model.requests.at(-1)?.turns)).toMatch(/counts only when a person writes it/)
    expect(platform.seen).toEqual([])
    expect((await house.call('channels.status', {})).accounts).toEqual([])
  })

  it('is removed with its login, its secrets and its settings, and nothing else', async () => {
    await using own = await open()
    for (const account of ['default', 'work'])
      await own.house.call('channels.configure', {
        channel: 'doors',
        account,
        settings: { mode: 'polling' },
        secrets: { token: account === 'work' ? 'second-token-8822' : good },
      })
    await own.house.hear('channel.state', online('default'))
    await own.house.hear('channel.state', online('work'))
    await own.house.call('channels.remove', { channel: 'doors' })
    expect((await own.house.call('channels.status', {})).accounts).toMatchObject([{ account: 'work', state: 'online' }])
    expect(await filesWith(own.house.home, good)).toEqual([])
    expect((await own.house.call('config.get', { path: 'channels.doors.accounts' })).value).toEqual({
      work: { mode: 'polling' },
    })
    expect(own.platform.live).toBe(1)
    await expect(own.house.call('channels.remove', { channel: 'doors' })).rejects.toMatchObject({ code: 'not_found' })
    await own.house.call('channels.remove', { channel: 'doors', account: 'work' })
    expect(own.platform.live).toBe(0)
    expect((await own.house.call('plugins.list', {})).plugins.find(({ id }) => id === 'doors')?.state).toBe('disabled')
  })
})

describe('a probe', () => {
  async function connected(...accounts: string[]) {
    const own = await open({
      channels: {
        doors: { accounts: Object.fromEntries(accounts.map((one) => [one, { mode: 'polling', token: good }])) },
      },
    })
    for (const account of accounts) await own.house.hear('channel.state', online(account))
    return own
  }

  it('is a round trip of every account at once, with who we are there', async () => {
    await using own = await connected('one', 'two')
    let asked = 0
    const { promise: both, resolve } = Promise.withResolvers<void>()
    own.platform.answerProbes(async () => {
      if (++asked === 2) resolve()
      await both
      return `@door${asked}`
    })
    expect((await own.house.call('channels.probe', {})).probes).toEqual([
      { channel: 'doors', account: 'one', ok: true, text: '@door2', ms: 0 },
      { channel: 'doors', account: 'two', ok: true, text: '@door2', ms: 0 },
    ])
  })

  it('that fails or never answers is told after ten seconds at most, without the token', async () => {
    await using own = await connected('default')
    own.platform.answerProbes(async () => {
      throw new Error(`GET https://one.example/${good}: 502`)
    })
    expect((await own.house.call('channels.probe', {})).probes).toMatchObject([
      { ok: false, text: 'GET https://one.example/***: 502' },
    ])
    own.platform.answerProbes(() => new Promise(() => {}))
    const waiting = own.house.call('channels.probe', { channel: 'doors', account: 'default' })
    await own.house.platform.clock.advance(10_000)
    expect((await waiting).probes).toMatchObject([
      { ok: false, text: 'doors/default: asking the platform: no answer within 10 s', ms: 10_000 },
    ])
  })

  it('waits for an account that is just connecting', async () => {
    await using own = await open()
    const letIn = own.platform.hold()
    await own.house.call('channels.configure', {
      channel: 'doors',
      settings: { mode: 'polling' },
      secrets: { token: good },
    })
    const waiting = own.house.call('channels.probe', { channel: 'doors' })
    letIn()
    expect((await waiting).probes).toMatchObject([{ ok: true, text: '@door' }])
  })

  it('says so where there is no link, or nothing to ask', async () => {
    const fake = fakeChannel()
    await using house = await testKernel({
      plugins: [fake.plugin],
      config: { channels: { fake: { accounts: { default: {} } } } },
    })
    await fake.connected()
    expect((await house.call('channels.probe', {})).probes).toMatchObject([
      { ok: true, text: 'connected; its plugin cannot ask the platform for more' },
    ])
    await house.call('channels.stop', { channel: 'fake' })
    expect((await house.call('channels.probe', {})).probes).toMatchObject([{ ok: false, text: 'stopped' }])
    await expect(house.call('channels.probe', { channel: 'nowhere' })).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('a group that is not let in', () => {
  const peer = { kind: 'group' as const, id: '-1001' }

  it('shows with its id, and is heard from the moment on that it is allowed', async () => {
    const fake = fakeChannel()
    await using house = await testKernel({
      plugins: [fake.plugin],
      config: { channels: { fake: { accounts: { default: {} } } } },
      script: [say('hello, group')],
    })
    await fake.connected()
    await fake.say('anyone?', { sender: 'anna', peer, mentioned: true })
    await fake.say('anyone??', { sender: 'bert', peer, mentioned: true })
    expect(fake.sent).toEqual([])
    expect(await house.call('groups.list', { channel: 'fake' })).toMatchObject({
      allowed: [],
      refused: [{ channel: 'fake', account: 'default', group: '-1001', count: 2 }],
    })
    await house.call('groups.allow', { channel: 'fake', group: '-1001' })
    await house.call('groups.allow', { channel: 'fake', group: '-1001' })
    expect(await house.call('groups.list', {})).toEqual({
      allowed: [{ channel: 'fake', group: '-1001' }],
      refused: [],
    })
    await fake.say('and now?', { sender: 'anna', peer, mentioned: true })
    expect((await fake.waitSent(1)).text).toBe('hello, group')
  })

  it('cannot be allowed where the channel is in no group, or is not there', async () => {
    const fake = fakeChannel()
    await using house = await testKernel({
      plugins: [fake.plugin],
      config: { channels: { fake: { groups: { policy: 'disabled' }, accounts: { default: {} } } } },
    })
    await expect(house.call('groups.allow', { channel: 'fake', group: 'g' })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('openclaw config set channels.fake.groups.policy allowlist') as string,
    })
    await expect(house.call('groups.allow', { channel: 'nowhere', group: 'g' })).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})
