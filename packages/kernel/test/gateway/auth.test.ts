import type { Right, Role } from '@openclaw/protocol'
import fc from 'fast-check'
import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isLoopback } from '../../src/gateway/address.ts'
import { openAttempts } from '../../src/gateway/attempts.ts'
import { bindHost } from '../../src/gateway/listen.ts'
import { covers } from '../../src/gateway/rights.ts'
import { openGatewaySecrets } from '../../src/gateway/secrets.ts'
import { openTokens, type Tokens } from '../../src/gateway/tokens.ts'
import { accessMethods } from '../../src/methods/access.ts'
import { realPlatform } from '../../src/platform/real.ts'
import { handPlatform } from './clock.ts'
import { client, echoes, openHouse, type Talk } from './house.ts'

const hello = (auth?: object) => ({ kind: 'control', client, ...(auth ? { auth } : {}) })
const code = async (socket: Talk, auth?: object) =>
  (await socket.request('connect', hello(auth))).error?.data?.code ?? 'in'
const lan = Object.values(networkInterfaces())
  .flat()
  .find((one) => one && !one.internal && one.family === 'IPv4')?.address

describe('S1: one-time links', () => {
  test('a link works once, for ten minutes, and gives a browser token of the owner for 90 days', async () => {
    const platform = handPlatform()
    await using house = await openHouse({}, { platform, front: '/front/' })
    const { url, expiresAt } = house.gateway.link()
    const [page, secret] = url.split('#link=')
    expect(page).toBe(`${house.url}front/`)
    expect(Buffer.from(secret!, 'base64url').length).toBe(16)
    expect(expiresAt - platform.clock.now()).toBe(600_000)

    const socket = house.socket({ origin: house.url.replace(/\/$/, '') })
    const { token, ...known } = await socket.ask('connect', hello({ link: secret }))
    expect(known).toMatchObject({ principal: 'owner', role: 'owner', rights: ['read', 'write', 'admin', 'pairing'] })
    expect(await code(house.socket(), { link: secret })).toBe('unauthorized')
    const again = house.socket()
    expect(await again.ask('connect', hello({ token }))).not.toHaveProperty('token')
    const info = house.tokens.list().find(({ name }) => name.startsWith('browser'))!
    expect(info.expiresAt! - platform.clock.now()).toBe(90 * 24 * 60 * 60_000)

    const late = house.gateway.link().url.split('#link=')[1]
    platform.forward(600_000)
    expect(await code(house.socket(), { link: late })).toBe('unauthorized')
  })

  test('a page of another site cannot even try a link: it is refused before, and the link stays good', async () => {
    await using house = await openHouse()
    const link = house.gateway.link().url.split('#link=')[1]
    expect((await house.socket({ origin: 'https://evil.example' }).refused).status).toBe(403)
    expect(await code(house.socket(), { link })).toBe('in')
  })

  test('a link or a token in the query of the address is not looked at', async () => {
    await using house = await openHouse()
    const link = house.gateway.link().url.split('#link=')[1]
    expect(
      await code(house.socket({ at: `${house.url.replace('http', 'ws')}?link=${link}&token=${house.local}` })),
    ).toBe('unauthorized')
  })
})

describe('A6 A74: tokens', () => {
  test('the local token is made on first start, for the owner of this machine only, and stays', async () => {
    await using house = await openHouse()
    const file = join(house.home, 'credentials', 'local.token')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(join(house.home, 'credentials', 'tokens.json'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(house.home, 'credentials'))).mode & 0o777).toBe(0o700)
    const again = await openTokens({ home: house.home, platform: realPlatform() })
    expect((await readFile(file, 'utf8')).trim()).toBe(house.local)
    expect(again.identify(house.local)).toMatchObject({ principal: 'owner', role: 'owner' })
    expect(await readFile(join(house.home, 'credentials', 'tokens.json'), 'utf8')).not.toContain(house.local)
  })

  test('rotating the local token writes the new one; it cannot be revoked', async () => {
    await using house = await openHouse()
    await expect(house.tokens.revoke('local')).rejects.toMatchObject({ code: 'conflict' })
    const { token } = await house.tokens.rotate('local')
    expect((await readFile(join(house.home, 'credentials', 'local.token'), 'utf8')).trim()).toBe(token)
    expect(house.tokens.identify(house.local)).toBeUndefined()
    expect(house.tokens.identify(token)).toMatchObject({ principal: 'owner' })
  })

  test.each([
    '{"version":1,"tok',
    '[]',
    '{"version":1,"tokens":[{"id":"x"}]}',
    '{"version":1,"tokens":[{"id":"x","hash":"","role":"owner","rights":["admin"]}]}',
  ])('a token file that is %s admits nobody it named, and is kept beside', async (text) => {
    const home = await mkdtemp(join(tmpdir(), 'openclaw-tokens-'))
    const platform = realPlatform()
    await platform.files.makeFolder(join(home, 'credentials'))
    await writeFile(join(home, 'credentials', 'tokens.json'), text)
    const warned: string[] = []
    const tokens = await openTokens({ home, platform, warn: (said) => warned.push(said) })
    expect(tokens.list().map(({ id }) => id)).toEqual(['local'])
    expect(warned).toHaveLength(1)
    expect(await readFile(join(home, 'credentials', 'tokens.json.damaged'), 'utf8')).toBe(text)
  })

  test('S4: revoking and rotating close the sockets of a token within a second; others stay', async () => {
    await using house = await openHouse()
    const { token, info } = await house.tokens.create({ name: 'phone', rights: ['read'], role: 'member' })
    const first = await house.connect({ token })
    const second = await house.connect({ token })
    const owner = await house.connect()
    const began = performance.now()
    await house.tokens.revoke(info.id)
    expect(await first.request('health', {})).toMatchObject({ error: { data: { code: 'unauthorized' } } })
    expect(await first.closed).toEqual({ code: 1008, reason: 'the token was revoked' })
    await second.closed
    expect(performance.now() - began).toBeLessThan(1000)
    expect(await owner.ask('health', {})).toMatchObject({ name: 'health' })
    expect(await code(house.socket(), { token })).toBe('unauthorized')
  })

  test('who rotates the token they came in with gets the new one before the socket closes', async () => {
    const tokens: { of?: Tokens } = {}
    await using house = await openHouse(
      {},
      { handlers: { ...echoes(), 'tokens.rotate': ({ id }) => tokens.of!.rotate(id) } },
    )
    tokens.of = house.tokens
    const { token, info } = await house.tokens.create({ name: 'mine', rights: ['admin'], role: 'owner' })
    const socket = await house.connect({ token })
    const fresh = await socket.ask<{ token: string }>('tokens.rotate', { id: info.id })
    expect((await socket.closed).code).toBe(1008)
    expect(await code(house.socket(), { token: fresh.token })).toBe('in')
  })

  test('a token that expires ends its socket, at the next request at the latest', async () => {
    const platform = handPlatform()
    await using house = await openHouse({}, { platform })
    const { token } = await house.tokens.create({
      name: 'short',
      rights: ['read'],
      role: 'member',
      expiresInMs: 10_000,
    })
    const asks = await house.connect({ token })
    const listens = await house.connect({ token })
    platform.forward(10_000)
    expect(await asks.request('health', {})).toMatchObject({ error: { data: { code: 'unauthorized' } } })
    platform.forward(30_000)
    platform.forward(1000)
    expect((await listens.closed).code).toBe(1008)
    expect((await asks.closed).code).toBe(1008)
  })

  test('the time of last use is written once in a while and at the end', async () => {
    const home = await mkdtemp(join(tmpdir(), 'openclaw-tokens-'))
    const platform = handPlatform()
    const tokens = await openTokens({ home, platform })
    const { token, info } = await tokens.create({ name: 'a', rights: ['read'], role: 'guest' })
    platform.forward(5)
    tokens.identify(token)
    await tokens[Symbol.asyncDispose]()
    const again = await openTokens({ home, platform })
    expect(again.list().find(({ id }) => id === info.id)!.lastUsedAt).toBe(platform.clock.now())
  })
})

test('S4: none of 10,000 sequences of creating, rotating, revoking, linking, forging and starting again gives anybody more than they were given', async () => {
  const all: readonly Right[] = ['read', 'write', 'admin', 'pairing']
  const roles: readonly Role[] = ['guest', 'member', 'owner']
  const step = fc.record({
    by: fc.nat(20),
    act: fc.constantFrom('create', 'create', 'rotate', 'revoke', 'link', 'forge', 'restart'),
    rights: fc.subarray([...all], { minLength: 1 }),
    role: fc.constantFrom(...roles),
    on: fc.nat(20),
  })
  // One disk for all sequences would couple them; the records are what is tested, so they live in memory here.
  const files = new Map<string, string>()
  const platform = { ...realPlatform() }
  const memory = {
    ...platform,
    files: {
      ...platform.files,
      readText: async (path: string) => files.get(path),
      replace: async (path: string, text: string | Uint8Array) => void files.set(path, String(text)),
    },
  }
  let sequences = 0
  const open = async () => {
    const tokens = await openTokens({ home: '/h', platform: memory })
    const desk = { ...tokens, link: () => ({ url: '', expiresAt: 0 }) }
    const served = accessMethods({ tokens: desk, platform: memory } as unknown as Parameters<typeof accessMethods>[0])
    return { tokens, served }
  }
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 8 }), async (plan) => {
      files.clear()
      sequences++
      let { tokens, served } = await open()
      // What each held token may at most have, from the hand that made it; the first is a member who may mint.
      const start = await tokens.create({ name: 'start', rights: ['write', 'pairing'], role: 'member' })
      const held: { token: string; id: string; rights: readonly Right[]; role: Role }[] = [
        { token: start.token, id: start.info.id, rights: ['write', 'pairing'], role: 'member' },
      ]
      for (const { by, act, rights, role, on } of plan) {
        const hand = held[by % held.length]!
        const who = tokens.identify(hand.token)
        if (!who) continue
        const caller = { ...who, signal: AbortSignal.abort() }
        const other = held[on % held.length]!
        try {
          if (act === 'create') {
            const { token, info } = await served['tokens.create']({ name: 'n', rights: [...rights], role }, caller)
            for (const right of rights) expect(covers(hand.rights, right), `${hand.rights} made ${rights}`).toBe(true)
            expect(roles.indexOf(role)).toBeLessThanOrEqual(roles.indexOf(hand.role))
            held.push({ token, id: info.id, rights: info.rights, role: info.role })
          } else if (act === 'rotate') {
            const { token, info } = await served['tokens.rotate']({ id: other.id }, caller)
            expect([info.rights, info.role]).toEqual([other.rights, other.role])
            for (const right of info.rights) expect(covers(hand.rights, right)).toBe(true)
            expect(roles.indexOf(info.role)).toBeLessThanOrEqual(roles.indexOf(hand.role))
            held.push({ ...other, token })
          } else if (act === 'link') {
            // The page is the owner's, and nobody here ever becomes one.
            await served['links.create']({}, caller)
            expect.unreachable()
          } else if (act === 'forge') {
            const [, , secret = ''] = hand.token.split('.')
            for (const forged of [`oc.${other.id}x.${secret}`, `oc.local.${secret}`, `${hand.token}x`, other.id])
              expect(tokens.identify(forged)).toBeUndefined()
          } else if (act === 'restart') {
            await tokens[Symbol.asyncDispose]()
            ;({ tokens, served } = await open())
          } else {
            await served['tokens.revoke']({ id: other.id }, caller)
            expect(tokens.identify(other.token)).toBeUndefined()
          }
        } catch (thrown) {
          expect((thrown as { code?: string }).code).toMatch(/forbidden|not_found/)
        }
        for (const { token, rights, role } of held) {
          const now = tokens.identify(token)
          if (now) expect([now.rights, now.role]).toEqual([rights, role])
        }
      }
      // The owner's own token is out of reach.
      const last = tokens.identify(held.at(-1)!.token)
      if (last)
        await expect(
          (async () => served['tokens.rotate']({ id: 'local' }, { ...last, signal: AbortSignal.abort() }))(),
        ).rejects.toMatchObject({ code: 'forbidden' })
    }),
    { numRuns: 10_000 },
  )
  expect(sequences).toBeGreaterThanOrEqual(10_000)
}, 60_000)

describe('S5: wrong credentials', () => {
  test('too many from one address lock it out, with the time to wait; a right token from this machine still works', async () => {
    const platform = handPlatform()
    await using inside = await openHouse(
      { bind: 'lan', auth: { rateLimit: { attempts: 3, windowMs: 60_000, lockoutMs: 120_000 } } },
      { platform, page: () => ({ public: false, fetch: () => new Response('in') }) },
    )
    const ask = async (address: string, token: string) => {
      const answer = await fetch(`http://${address}:${inside.port}/x/`, {
        headers: { authorization: `Bearer ${token}` },
      })
      await answer.body?.cancel()
      return answer
    }
    for (const n of [401, 401, 401, 429, 429]) expect((await ask('127.0.0.1', 'wrong')).status).toBe(n)
    const refused = await ask('127.0.0.1', 'wrong')
    expect(Number(refused.headers.get('retry-after'))).toBe(120)
    expect((await ask('127.0.0.1', inside.local)).status).toBe(200)
    expect((await ask('127.0.0.1', 'wrong')).status).toBe(429)
    if (lan) {
      for (const n of [401, 401, 401, 429]) expect((await ask(lan, 'wrong')).status).toBe(n)
      expect((await ask(lan, inside.local)).status).toBe(429)
    }
    platform.forward(120_000)
    expect((await ask('127.0.0.1', 'wrong')).status).toBe(401)
    if (lan) expect((await ask(lan, inside.local)).status).toBe(200)
  })

  test('wrong ones that are far apart do not add up, and a right one clears the count', () => {
    const { clock, forward } = handPlatform()
    const attempts = openAttempts(clock, { attempts: 3, windowMs: 1000, lockoutMs: 5000 })
    for (let n = 0; n < 10; n++) {
      attempts.failed('a')
      forward(1001)
    }
    expect(attempts.lockedMs('a')).toBe(0)
    attempts.failed('b')
    attempts.failed('b')
    attempts.passed('b')
    attempts.failed('b')
    expect(attempts.lockedMs('b')).toBe(0)
    attempts.failed('b')
    attempts.failed('b')
    expect(attempts.lockedMs('b')).toBe(5000)
  })

  test('only the last ten thousand addresses are remembered', () => {
    const { clock } = handPlatform()
    const attempts = openAttempts(clock, { attempts: 1 })
    attempts.failed('first')
    attempts.failed('second')
    for (let n = 0; n < 9999; n++) attempts.failed(`10.0.${n >> 8}.${n & 255}`)
    expect([attempts.lockedMs('first'), attempts.lockedMs('second')]).toEqual([0, 300_000])
  })

  test('S14: no log line, answer or file holds a credential that was shown', async () => {
    await using house = await openHouse(
      { auth: { mode: 'password' } },
      { page: () => ({ public: false, fetch: () => new Response() }) },
    )
    const secrets = openGatewaySecrets({ home: house.home, files: realPlatform().files })
    await secrets.set('password', 'right horse battery')
    const shown = { token: 'oc.local.CANARY-token', password: 'CANARY-password', link: 'CANARY-link' }
    const answers: string[] = []
    for (const [kind, value] of Object.entries(shown))
      answers.push(JSON.stringify(await house.socket().request('connect', hello({ [kind]: value }))))
    const http = await fetch(`${house.url}x/`, { headers: { authorization: 'Bearer CANARY-bearer' } })
    answers.push(await http.text())
    answers.push(
      JSON.stringify(await house.socket().request('connect', { ...hello({ token: 7, CANARY: 'CANARY-key' }) })),
    )
    expect(JSON.stringify(house.logged)).not.toContain('CANARY')
    expect(answers.slice(0, 4).join()).not.toContain('CANARY')
    expect(house.logged).toContainEqual({
      level: 'warn',
      text: 'a credential was refused',
      fields: { address: '127.0.0.1', kind: 'token', mode: 'password' },
    })
    for (const file of ['tokens.json', 'gateway.json']) {
      const text = await readFile(join(house.home, 'credentials', file), 'utf8')
      expect(text).not.toContain('CANARY')
      expect(text).not.toContain('battery')
    }
  })
})

describe('A73 S6: mode none', () => {
  test.each([
    [{ bind: 'lan' }, false],
    [{ bind: 'custom', host: '0.0.0.0' }, false],
    [{ bind: 'custom', host: '::' }, false],
    [{ bind: 'custom', host: '192.168.1.5' }, false],
    [{ bind: 'custom', host: 'claw.example.org' }, false],
    [{ bind: 'custom', host: '127.0.0.2' }, true],
    [{ bind: 'custom', host: '::1' }, true],
    [{}, true],
  ] as const)('%j starts without auth: %s', (config, starts) => {
    if (starts) expect(isLoopback(bindHost(config, 'none'))).toBe(true)
    else expect(() => bindHost(config, 'none')).toThrow(/set gateway.auth.mode to "token"/)
  })

  test('a gateway for the network without auth does not start, and says what to do', async () => {
    await expect(openHouse({ bind: 'lan', auth: { mode: 'none' } })).rejects.toMatchObject({ code: 'invalid_config' })
  })

  test.each([
    'Forwarded',
    'Via',
    'X-Forwarded-For',
    'X-Forwarded-Host',
    'X-Forwarded-Proto',
    'X-Forwarded-Anything',
    'X-Real-IP',
    'CF-Connecting-IP',
  ])('a request with %s is refused everywhere', async (name) => {
    await using house = await openHouse({ auth: { mode: 'none' } })
    const headers = { [name]: 'anything' }
    for (const path of ['', 'healthz', 'webhooks/a/b'])
      expect((await fetch(`${house.url}${path}`, { headers })).status).toBe(403)
    expect((await house.socket({ headers }).refused).status).toBe(403)
  })

  test('who shows a token is who the token says, also where none is needed', async () => {
    await using house = await openHouse({ auth: { mode: 'none' } })
    const { token } = await house.tokens.create({ name: 'reader', rights: ['read'], role: 'guest' })
    expect(await house.socket().ask('connect', hello({ token }))).toMatchObject({ role: 'guest', rights: ['read'] })
    expect(await house.socket().ask('connect', hello())).toMatchObject({ principal: 'owner' })
    expect(await code(house.socket(), { token: 'wrong' })).toBe('unauthorized')
  })
})

describe('A75: password', () => {
  test('the right one is the owner, by connect and by Basic; without one set nobody gets in by password', async () => {
    await using house = await openHouse(
      { auth: { mode: 'password' } },
      { page: () => ({ public: false, fetch: () => new Response('in') }) },
    )
    expect(await house.socket().request('connect', hello({ password: '' }))).toMatchObject({
      error: { data: { code: 'unauthorized' } },
    })
    expect(await house.socket().request('connect', hello({ password: 'anything' }))).toMatchObject({
      error: { message: expect.stringContaining('openclaw config secret') },
    })
    const secrets = openGatewaySecrets({ home: house.home, files: realPlatform().files })
    await expect(secrets.set('password', 'short')).rejects.toMatchObject({ code: 'invalid_params' })
    await secrets.set('password', 'correct horse')
    expect(await house.socket().ask('connect', hello({ password: 'correct horse' }))).toMatchObject({
      principal: 'owner',
    })
    expect(await code(house.socket(), { password: 'correct horsE' })).toBe('unauthorized')
    const basic = (password: string) =>
      fetch(`${house.url}x/`, {
        headers: { authorization: `Basic ${Buffer.from(`me:${password}`).toString('base64')}` },
      })
    expect((await basic('correct horse')).status).toBe(200)
    expect((await basic('wrong')).status).toBe(401)
    expect(await code(house.socket(), { token: house.local })).toBe('in')
  })

  test('in another mode a password is not taken, and two credentials at once are not either', async () => {
    await using house = await openHouse()
    expect(await code(house.socket(), { password: 'x' })).toBe('unauthorized')
    expect(await code(house.socket(), { token: house.local, password: 'x' })).toBe('invalid_params')
    const twice = await fetch(`${house.url}x/`, {
      headers: { authorization: `Bearer ${house.local}`, 'x-gateway-token': house.local },
    })
    expect(twice.status).toBe(404)
  })
})

describe('A76: trusted proxy', () => {
  const users = {
    anna: { rights: ['write'] as Right[] },
    boss: { rights: ['admin'] as Right[], role: 'owner' as const },
  }
  const proxied = (proxy: object) => ({
    auth: {
      mode: 'trusted-proxy' as const,
      proxy: { addresses: ['127.0.0.1/32'], userHeader: 'X-User', users, ...proxy },
    },
  })

  test('on loopback it must show the secret; then the user has the rights of their record', async () => {
    await using house = await openHouse(proxied({ secretHeader: 'X-Proxy-Secret' }))
    const secrets = openGatewaySecrets({ home: house.home, files: realPlatform().files })
    await secrets.set('proxy', 'a long shared secret')
    const by = (headers: Record<string, string | string[]>) =>
      house.socket({ headers: headers as Record<string, string> })
    expect(
      await by({ 'x-user': 'anna', 'x-proxy-secret': 'a long shared secret' }).ask('connect', hello()),
    ).toMatchObject({ principal: 'user:anna', role: 'member', rights: ['write'] })
    expect(
      await by({ 'x-user': 'boss', 'x-proxy-secret': 'a long shared secret' }).ask('connect', hello()),
    ).toMatchObject({ principal: 'user:boss', role: 'owner' })
    expect(await code(by({ 'x-user': 'anna' }))).toBe('unauthorized')
    expect(await code(by({ 'x-user': 'anna', 'x-proxy-secret': 'wrong' }))).toBe('unauthorized')
    expect(await code(by({ 'x-user': ['anna', 'boss'], 'x-proxy-secret': 'a long shared secret' }))).toBe(
      'unauthorized',
    )
    expect(await code(by({ 'x-user': '', 'x-proxy-secret': 'a long shared secret' }))).toBe('unauthorized')
    expect(await code(by({ 'x-user': 'eve', 'x-proxy-secret': 'a long shared secret' }))).toBe('forbidden')
    expect(await code(by({ 'x-user': 'toString', 'x-proxy-secret': 'a long shared secret' }))).toBe('forbidden')
    expect(await code(by({}))).toBe('unauthorized')
    expect(await code(by({ 'x-user': 'anna', 'x-proxy-secret': 'a long shared secret' }), { token: house.local })).toBe(
      'in',
    )
  })

  test('without a secret, on loopback or from elsewhere, the header proves nothing', async () => {
    await using bare = await openHouse(proxied({}))
    expect(await code(bare.socket({ headers: { 'x-user': 'boss' } }))).toBe('unauthorized')
    await using far = await openHouse(proxied({ addresses: ['10.1.2.3', 'fd00::/8'] }))
    expect(await code(far.socket({ headers: { 'x-user': 'boss' } }))).toBe('unauthorized')
  })
})

test('what a plugin says of a caller counts only with a record, and only when nothing of ours was shown', async () => {
  await using house = await openHouse(
    {
      auth: {
        mode: 'token',
        proxy: { addresses: ['10.0.0.1'], userHeader: 'x-user', users: { anna: { rights: ['read'] } } },
      },
    },
    {
      authenticate: async ({ headers }) => (headers['x-badge'] ? { principal: String(headers['x-badge']) } : undefined),
    },
  )
  expect(await house.socket({ headers: { 'x-badge': 'anna' } }).ask('connect', hello())).toMatchObject({
    principal: 'user:anna',
    rights: ['read'],
  })
  expect(await code(house.socket({ headers: { 'x-badge': 'eve' } }))).toBe('forbidden')
  expect(await code(house.socket({ headers: { 'x-badge': 'anna' } }), { token: 'wrong' })).toBe('unauthorized')
})

test('new rules of who may come in end the sockets that came in by the old ones', async () => {
  await using house = await openHouse({ auth: { mode: 'none' } })
  const open = await house.connect(undefined)
  const anyone = house.socket()
  await anyone.ask('connect', hello())
  const known = await house.connect({ token: house.local })
  expect(house.gateway.configure({ port: 0, auth: { mode: 'token' } })).toBe(false)
  expect((await anyone.closed).code).toBe(1008)
  expect(await code(house.socket())).toBe('unauthorized')
  expect(await known.ask('health', {})).toMatchObject({ name: 'health' })
  expect(house.gateway.configure({ port: 1234, auth: { mode: 'token' } })).toBe(true)
  open.close()
})
