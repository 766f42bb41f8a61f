import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyText } from '../anyText.ts'
import type { ChannelConfig, Inbound } from '@openclaw/protocol'
import { testPlatform, writeAllowlist } from '@openclaw/testing'
import { openAccess } from '../../src/access/open.ts'
import type { Emit } from '../../src/events.ts'
import { faultyFiles, keepingLog, temporaryFolder } from '../storage.ts'

const hourMs = 3_600_000

async function house(rules: ChannelConfig | undefined = {}, channel = 'irc') {
  const folder = await temporaryFolder()
  const platform = testPlatform(folder.path)
  const log = keepingLog()
  const told: { event: string; payload: unknown }[] = []
  const emit: Emit = (event, payload) => void told.push({ event, payload })
  let current: ChannelConfig | undefined = rules
  const config = () => ({ channels: current ? { [channel]: current } : {} })
  const open = (files = platform.files) =>
    openAccess({ home: folder.path, platform: { ...platform, files }, config, log, emit })
  return {
    access: open(),
    reopen: open,
    platform,
    told,
    log,
    allowlist: join(folder.path, 'allowlists', `${channel}.json`),
    pairingFile: join(folder.path, 'credentials', 'pairing.json'),
    rule: (next: ChannelConfig | undefined) => void (current = next),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

let events = 0
const message = (sender: string, more: Partial<Inbound> = {}): Inbound => {
  const id = `e${++events}`
  return {
    event: id,
    message: id,
    kind: 'message',
    peer: { kind: 'direct', id: sender },
    sender: { id: sender },
    text: 'hello',
    atMs: 0,
    ...more,
  }
}
const inGroup = (group: string, sender: string, more: Partial<Inbound> = {}) =>
  message(sender, { peer: { kind: 'group', id: group }, ...more })

describe('a stranger', () => {
  it('gets a code once, and nothing more until it ends', async () => {
    await using one = await house()
    const first = await one.access.admit('irc', 'default', message('ada', { sender: { id: 'ada', name: 'Ada' } }))
    expect(first).toMatchObject({ verdict: 'pair', code: expect.stringMatching(/^[2-9A-HJ-NP-Z]{8}$/) })
    if (first.verdict !== 'pair') throw new Error('no code')
    expect(first.reply).toContain(`openclaw pairing approve irc ${first.code}`)
    expect(await one.access.admit('irc', 'default', message('ada'))).toEqual({ verdict: 'pair' })
    expect(await one.access.pairings()).toMatchObject([
      {
        channel: 'irc',
        account: 'default',
        sender: 'ada',
        name: 'Ada',
        code: first.code,
        expiresAt: one.platform.clock.now() + hourMs,
      },
    ])
    await one.platform.clock.advance(hourMs)
    expect(await one.access.pairings()).toEqual([])
    expect(await one.access.admit('irc', 'default', message('ada'))).toMatchObject({
      code: expect.not.stringContaining(first.code ?? ''),
    })
    expect(one.told.map(({ event }) => event)).toEqual(['pairing.requested', 'pairing.resolved', 'pairing.requested'])
  })

  it('is told again when the answer to the very event was lost in a crash', async () => {
    await using one = await house()
    const event = message('ada')
    const first = await one.access.admit('irc', 'default', event)
    expect(await one.reopen().admit('irc', 'default', event)).toEqual(first)
  })

  it('is admitted by the code, after a restart too, in any letter case', async () => {
    await using one = await house()
    await one.access.admit('irc', 'default', message('ada'))
    const [request] = await one.access.pairings('irc')
    const again = one.reopen()
    const code = request?.code.toLowerCase() ?? ''
    expect(await again.approve('irc', ` ${code.slice(0, 4)}-${code.slice(4)} `, 'member')).toEqual({
      sender: 'ada',
      account: 'default',
    })
    expect(await again.admit('irc', 'default', message('ada'))).toEqual({ verdict: 'admit', role: 'member' })
    expect(await again.pairings()).toEqual([])
    await expect(again.approve('irc', code, 'owner')).rejects.toMatchObject({ code: 'not_found' })
    expect((await stat(one.allowlist)).mode & 0o777).toBe(0o600)
    expect((await stat(one.pairingFile)).mode & 0o777).toBe(0o600)
  })

  it('becomes the owner only when it is said so, and stays one', async () => {
    await using one = await house()
    const codeOf = async () => (await one.access.pairings())[0]?.code ?? ''
    await one.access.admit('irc', 'default', message('ada'))
    await one.access.approve('irc', await codeOf(), 'owner')
    expect(await one.access.role('irc', 'default', 'ada')).toBe('owner')
    await one.access.admit('irc', 'work', message('ada'))
    await one.access.approve('irc', await codeOf(), 'member')
    expect(await one.access.role('irc', 'work', 'ada')).toBe('member')
    expect(await one.access.role('irc', 'default', 'ada')).toBe('owner')
  })

  it('that was rejected hears nothing more for the rest of the hour', async () => {
    await using one = await house()
    await one.access.admit('irc', 'default', message('ada'))
    await one.access.reject('irc', (await one.access.pairings())[0]?.code ?? '')
    expect(await one.access.pairings()).toEqual([])
    expect(await one.access.admit('irc', 'default', message('ada'))).toEqual({ verdict: 'pair' })
    await one.platform.clock.advance(hourMs)
    expect(await one.access.admit('irc', 'default', message('ada'))).toMatchObject({ code: expect.any(String) })
  })

  it('is the fourth to wait on one account and gets no code, while another account has room', async () => {
    await using one = await house()
    for (const sender of ['a', 'b', 'c'])
      expect(await one.access.admit('irc', 'default', message(sender))).toHaveProperty('code')
    expect(await one.access.admit('irc', 'default', message('d'))).toEqual({ verdict: 'pair' })
    expect(await one.access.admit('irc', 'work', message('d'))).toHaveProperty('code')
  })

  it('that is a program, or that only reacts, is refused without a word', async () => {
    await using one = await house()
    expect(
      await one.access.admit('irc', 'default', message('bot', { sender: { id: 'bot', bot: true } })),
    ).toMatchObject({ verdict: 'refuse' })
    expect(await one.access.admit('irc', 'default', message('x', { kind: 'reaction' }))).toMatchObject({
      verdict: 'refuse',
    })
    expect(await one.access.admit('irc', 'default', message('us', { sender: { id: 'us', self: true } }))).toMatchObject(
      { verdict: 'refuse' },
    )
  })

  it('cannot guess: five wrong codes stop every guess for a while, the right one too', async () => {
    await using one = await house()
    await one.access.admit('irc', 'default', message('ada'))
    const code = (await one.access.pairings())[0]?.code ?? ''
    for (const wrong of ['AAAAAAAA', '', `${code}A`, code.slice(1), 'ŁŁŁŁŁŁŁŁ'])
      await expect(one.access.approve('irc', wrong, 'member')).rejects.toMatchObject({ code: 'not_found' })
    await expect(one.access.approve('irc', code, 'member')).rejects.toMatchObject({
      code: 'rate_limited',
      retryAfterMs: 600_000,
    })
    await one.platform.clock.advance(600_000)
    await one.access.approve('irc', code, 'member')
  })

  it('cannot be approved for another channel', async () => {
    await using one = await house()
    await one.access.admit('irc', 'default', message('ada'))
    await expect(
      one.access.approve('sms', (await one.access.pairings())[0]?.code ?? '', 'member'),
    ).rejects.toMatchObject({ code: 'not_found' })
  })

  it('keeps the code when the disk refuses to write the record', async () => {
    await using one = await house()
    await one.access.admit('irc', 'default', message('ada'))
    const code = (await one.access.pairings())[0]?.code ?? ''
    const full = one.reopen(
      faultyFiles(one.platform.files, (_, path) => (path.includes('allowlists') ? { error: 'ENOSPC' } : undefined)),
    )
    await expect(full.approve('irc', code, 'member')).rejects.toMatchObject({ code: 'ENOSPC' })
    await one.reopen().approve('irc', code, 'member')
  })
})

describe('codes', () => {
  it('hold no sign that is mistaken for another, and use all others', async () => {
    const used = new Set<string>()
    await using one = await house()
    for (let index = 0; index < 100; index++) {
      await one.access.admit('irc', `account${index}`, message('ada'))
    }
    for (const { code } of await one.access.pairings()) for (const sign of code) used.add(sign)
    expect([...used].toSorted().join('')).toBe('23456789ABCDEFGHJKLMNPQRSTUVWXYZ')
  })
})

describe('direct messages', () => {
  it('follow the policy', async () => {
    await using one = await house()
    const verdict = async (rules: ChannelConfig | undefined) => {
      one.rule(rules)
      const admission = await one.access.admit('irc', 'default', message('ada'))
      return admission.verdict === 'admit' ? admission.role : admission.verdict
    }
    expect(await verdict({ dm: { policy: 'disabled', allow: ['ada'] } })).toBe('refuse')
    expect(await verdict({ dm: { policy: 'allowlist' } })).toBe('refuse')
    expect(await verdict({ dm: { policy: 'allowlist', allow: ['ada'] } })).toBe('member')
    expect(await verdict({ dm: { policy: 'open' } })).toBe('guest')
    expect(await verdict({ dm: { policy: 'open', allow: ['ada'] } })).toBe('member')
    expect(await verdict({})).toBe('pair')
    expect(await verdict(undefined)).toBe('refuse')
  })

  it('S7: match stable ids only: no case, homoglyph, nick, blank, star or other spelling of one', async () => {
    await using one = await house({ dm: { policy: 'allowlist', allow: ['Ada', '4711', 'café', '*'] } })
    await mkdir(join(one.allowlist, '..'), { recursive: true })
    await writeFile(
      one.allowlist,
      JSON.stringify({ version: 1, accounts: { default: { senders: { Grace: { role: 'owner', name: 'hopper' } } } } }),
    )
    const verdictOf = async (id: string, name?: string) =>
      (await one.access.admit('irc', 'default', message(id, { sender: { id, ...(name ? { name } : {}) } }))).verdict
    for (const id of ['Ada', '4711', 'café', 'Grace']) expect(await verdictOf(id)).toBe('admit')
    for (const id of [
      'ada',
      'ADA',
      'Аda',
      'Ada ',
      ' Ada',
      'Ada\u0000',
      'Ada\u200b',
      'A',
      'Adaa',
      '04711',
      '4711.0',
      '４７１１',
      'cafe\u0301',
      'grace',
      'Grасe',
      'hopper',
      '*',
      '',
      '__proto__',
      'constructor',
      'toString',
    ]) {
      expect([id, await verdictOf(id, 'Ada')]).toEqual([id, id === '*' ? 'admit' : 'refuse'])
    }
    // The star is the id of one person, not everybody.
    expect(await verdictOf('anybody', 'Grace')).toBe('refuse')
  })

  it('S7: admit nobody but the very id, whatever it looks like', async () => {
    await using one = await house({ dm: { policy: 'allowlist', allow: ['Ada'] } })
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyText(), fc.mixedCase(fc.constant('ada'))), async (id) => {
        expect((await one.access.admit('irc', 'default', message(id))).verdict).toBe(id === 'Ada' ? 'admit' : 'refuse')
        expect(await one.access.role('irc', 'default', id)).toBe(id === 'Ada' ? 'member' : undefined)
      }),
      { numRuns: 150 },
    )
  })
})

describe('the record', () => {
  it('is read again when somebody edited it, and keeps what it does not know', async () => {
    await using one = await house({ dm: { policy: 'pairing' } })
    await one.access.admit('irc', 'default', message('ada'))
    await one.access.approve('irc', (await one.access.pairings())[0]?.code ?? '', 'member')
    const record = JSON.parse(await readFile(one.allowlist, 'utf8'))
    expect(record).toEqual({
      version: 1,
      accounts: { default: { senders: { ada: { role: 'member', addedAt: '2026-01-01T00:00:00.000Z' } } } },
    })
    record.note = 'mine'
    record.accounts.default.senders = { grace: { role: 'owner', phone: 1 } }
    expect(await one.access.role('irc', 'default', 'ada')).toBe('member')
    await writeFile(one.allowlist, JSON.stringify(record))
    await one.platform.clock.advance(1000)
    expect(await one.access.role('irc', 'default', 'ada')).toBeUndefined()
    expect(await one.access.role('irc', 'default', 'grace')).toBe('owner')
    await one.access.admit('irc', 'default', message('__proto__'))
    await one.access.approve('irc', (await one.access.pairings())[0]?.code ?? '', 'member')
    expect(JSON.parse(await readFile(one.allowlist, 'utf8'))).toMatchObject({
      note: 'mine',
      accounts: { default: { senders: { grace: { phone: 1 } } } },
    })
    expect(await one.access.role('irc', 'default', '__proto__')).toBe('member')
  })

  it('admits nobody when it cannot be read, says so, and is not overwritten', async () => {
    await using one = await house()
    await mkdir(join(one.allowlist, '..'), { recursive: true })
    for (const text of ['{', '[]', '{ "version": 2, "accounts": {} }']) {
      await writeFile(one.allowlist, text)
      await one.platform.clock.advance(1000)
      expect(await one.access.role('irc', 'default', 'ada')).toBeUndefined()
      await one.access.admit('irc', 'default', message('ada'))
      const code = (await one.access.pairings())[0]?.code ?? ''
      await expect(one.access.approve('irc', code, 'member')).rejects.toMatchObject({
        code: 'invalid_config',
        message: expect.stringContaining(one.allowlist),
      })
      expect(await readFile(one.allowlist, 'utf8')).toBe(text)
    }
    expect(one.log.said.filter((text) => text.includes('nobody of irc is admitted'))).toHaveLength(3)
  })

  it('takes no role but owner and member', async () => {
    await using one = await house({ dm: { policy: 'allowlist' } })
    await mkdir(join(one.allowlist, '..'), { recursive: true })
    await writeFile(
      one.allowlist,
      JSON.stringify({
        version: 1,
        accounts: { default: { senders: { a: { role: 'admin' }, b: 'owner', c: { role: ['owner'] } } } },
      }),
    )
    for (const id of ['a', 'b', 'c'])
      expect(await one.access.admit('irc', 'default', message(id))).toMatchObject({ verdict: 'refuse' })
  })
})

describe('groups', () => {
  it('are closed until they are listed, and a grant for direct messages opens none', async () => {
    await using one = await house({ dm: { policy: 'allowlist', allow: ['ada', '-1'] } })
    expect(await one.access.admit('irc', 'default', inGroup('-1', 'ada', { mentioned: true }))).toMatchObject({
      verdict: 'refuse',
    })
    one.rule({ dm: { policy: 'allowlist', allow: ['ada'] }, groups: { allow: ['-1'] } })
    expect(await one.access.admit('irc', 'default', inGroup('-1', 'ada', { mentioned: true }))).toEqual({
      verdict: 'admit',
      role: 'member',
    })
    expect(await one.access.admit('irc', 'default', inGroup('-1', 'eve', { mentioned: true }))).toEqual({
      verdict: 'admit',
      role: 'guest',
    })
    // And a listed group admits nobody to direct messages.
    expect(await one.access.admit('irc', 'default', message('eve'))).toMatchObject({ verdict: 'refuse' })
  })

  it('may be listed in the record, and threads count as the group that holds them', async () => {
    await using one = await house()
    await mkdir(join(one.allowlist, '..'), { recursive: true })
    await writeFile(one.allowlist, JSON.stringify({ version: 1, accounts: { default: { groups: { room: {} } } } }))
    expect(await one.access.admit('irc', 'default', inGroup('room', 'ada', { mentioned: true }))).toMatchObject({
      verdict: 'admit',
    })
    expect(
      await one.access.admit('irc', 'default', inGroup('thread', 'ada', { mentioned: true, parent: 'room' })),
    ).toMatchObject({ verdict: 'admit' })
    expect(await one.access.admit('irc', 'work', inGroup('room', 'ada', { mentioned: true }))).toMatchObject({
      verdict: 'refuse',
    })
  })

  it('answer only whom they may, and only when mentioned unless it is said otherwise', async () => {
    await using one = await house({ groups: { policy: 'open', senders: ['ada'] } })
    expect(await one.access.admit('irc', 'default', inGroup('g', 'eve', { mentioned: true }))).toMatchObject({
      verdict: 'refuse',
    })
    expect(await one.access.admit('irc', 'default', inGroup('g', 'ada'))).toEqual({ verdict: 'pending' })
    one.rule({ groups: { policy: 'open', mention: false } })
    expect(await one.access.admit('irc', 'default', inGroup('g', 'eve'))).toEqual({ verdict: 'admit', role: 'guest' })
    one.rule({ groups: { policy: 'disabled', mention: false } })
    expect(await one.access.admit('irc', 'default', inGroup('g', 'ada'))).toMatchObject({ verdict: 'refuse' })
  })

  it('give guests their role only where groups are open to them', async () => {
    await using one = await house({ groups: { allow: ['g'], senders: ['ada'] } })
    expect(await one.access.role('irc', 'default', 'ada')).toBe('guest')
    expect(await one.access.role('irc', 'default', 'eve')).toBeUndefined()
    one.rule({})
    expect(await one.access.role('irc', 'default', 'ada')).toBeUndefined()
  })
})

describe('pending context', () => {
  const address = (id: string, thread?: string) => ({
    channel: 'irc',
    account: 'default',
    peer: { kind: 'group' as const, id, ...(thread ? { thread } : {}) },
  })
  const open = () => house({ groups: { policy: 'open' } })
  const say = (one: Awaited<ReturnType<typeof house>>, group: string, text: string, more: Partial<Inbound> = {}) =>
    one.access.admit('irc', 'default', inGroup(group, 'ada', { text, atMs: one.platform.clock.now(), ...more }))

  it('is given once, with the next mention, in its own group and thread only', async () => {
    await using one = await open()
    await say(one, 'g', 'one')
    await say(one, 'g', 'two')
    await say(one, 'h', 'elsewhere')
    await say(one, 'g', 'in a thread', { peer: { kind: 'group', id: 'g', thread: 't' } })
    expect(one.access.takePending(address('g')).map(({ text }) => text)).toEqual(['one', 'two'])
    expect(one.access.takePending(address('g'))).toEqual([])
    expect(one.access.takePending(address('g', 't'))).toHaveLength(1)
  })

  it('holds the last 50 of the last 24 hours', async () => {
    await using one = await open()
    for (let index = 0; index < 60; index++) await say(one, 'g', `${index}`)
    expect(one.access.takePending(address('g')).map(({ text }) => text)).toEqual(
      Array.from({ length: 50 }, (_, index) => `${index + 10}`),
    )
    await say(one, 'g', 'old')
    await one.platform.clock.advance(86_400_000)
    await say(one, 'g', 'new')
    expect(one.access.takePending(address('g')).map(({ text }) => text)).toEqual(['new'])
  })

  it('follows edits and deletions by their author', async () => {
    await using one = await open()
    await say(one, 'g', 'wrong', { message: 'm1' })
    await say(one, 'g', 'gone', { message: 'm2' })
    await say(one, 'g', 'right', { message: 'm1', kind: 'edit' })
    await say(one, 'g', 'forged', { message: 'm1', kind: 'edit', sender: { id: 'eve' } })
    await say(one, 'g', '', { message: 'm2', kind: 'delete' })
    await say(one, 'g', '👍', { message: 'm1', kind: 'reaction' })
    expect(one.access.takePending(address('g')).map(({ text }) => text)).toEqual(['right'])
  })

  it('is bounded over all groups: the longest silent one is forgotten first', async () => {
    await using one = await open()
    const long = 'x'.repeat(100_000)
    for (let index = 0; index < 1200; index++) await say(one, `g${index}`, long)
    expect(one.access.takePending(address('g0'))).toEqual([])
    const [last] = one.access.takePending(address('g1199'))
    expect(last?.text).toHaveLength(4001)
  })
})

it('S7: whose words are taken now is told alike by what admits them and by the record', async () => {
  const policies = ['pairing', 'allowlist', 'open', 'disabled'] as const
  const people = ['ada', 'bert', 'cleo']
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        dm: fc.record({ policy: fc.constantFrom(...policies), allow: fc.subarray(people) }),
        groups: fc.record(
          {
            policy: fc.constantFrom('allowlist' as const, 'open' as const, 'disabled' as const),
            allow: fc.subarray(['club', 'hall']),
            senders: fc.subarray(people),
          },
          { requiredKeys: ['policy'] },
        ),
      }),
      fc.dictionary(fc.constantFrom(...people), fc.constantFrom('owner' as const, 'member' as const)),
      async ({ dm, groups }, roles) => {
        await using one = await house({ dm, groups: { ...groups, mention: false } })
        await writeAllowlist(dirname(dirname(one.allowlist)), 'irc', roles, ['hall'])
        for (const sender of people)
          for (const event of [message(sender), inGroup('club', sender), inGroup('hall', sender)]) {
            const admission = await one.access.admit('irc', 'default', event)
            const standing = await one.access.standing('irc', 'default', event.peer, sender)
            expect(standing).toBe(admission.verdict === 'admit' ? admission.role : undefined)
          }
      },
    ),
    { numRuns: 60 },
  )
})
