import { methods, type MethodName, type Right } from '@openclaw/protocol'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { covers } from '../../src/gateway/rights.ts'
import { client, openHouse, type Answer } from './house.ts'
import { rightsTable, routesTable } from './rights.ts'

const lan = Object.values(networkInterfaces())
  .flat()
  .find((one) => one && !one.internal && one.family === 'IPv4')?.address
const places: readonly { place: string; address: string; headers: Record<string, string> }[] = [
  { place: 'loopback', address: '127.0.0.1', headers: {} },
  ...(lan ? [{ place: 'LAN', address: lan, headers: {} }] : []),
  {
    place: 'proxy headers',
    address: '127.0.0.1',
    headers: {
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-user': 'anna',
      'x-real-ip': '127.0.0.1',
      forwarded: 'for=127.0.0.1',
    },
  },
  { place: 'a foreign page', address: '127.0.0.1', headers: { origin: 'https://evil.example' } },
  { place: 'a page without an origin', address: '127.0.0.1', headers: { origin: 'null' } },
  { place: 'another port', address: '127.0.0.1', headers: { origin: 'http://127.0.0.1:1' } },
]

const pages = {
  front: { public: true, fetch: () => new Response('front') },
  inside: { public: false, fetch: () => new Response('inside') },
}
const pigeon = {
  verify: (request: Request) => request.headers.get('x-signature') === 'right',
  handle: () => new Response('taken'),
}

/** A house whose credentials of every kind are known. Wrong ones are many here, so that nobody is locked out. */
async function house(mode: 'token' | 'none') {
  const own = await openHouse(
    { bind: mode === 'none' ? 'loopback' : 'lan', auth: { mode, rateLimit: { attempts: 1_000_000 } } },
    {
      page: (id) => (Object.hasOwn(pages, id) ? pages[id as 'front'] : undefined),
      webhook: (channel, account) => (channel === 'pigeon' && account === 'default' ? pigeon : undefined),
      front: '/front/',
    },
  )
  const make = async (rights: Right[], expiresInMs?: number) =>
    (await own.tokens.create({ name: rights.join(), rights, role: 'owner', ...(expiresInMs ? { expiresInMs } : {}) }))
      .token
  const rotated = await own.tokens.create({ name: 'rotated', rights: ['admin'], role: 'owner' })
  await own.tokens.rotate(rotated.info.id)
  const revoked = await own.tokens.create({ name: 'revoked', rights: ['admin'], role: 'owner' })
  await own.tokens.revoke(revoked.info.id)
  const good = await make(['read'])
  const credentials: Record<string, { token: string | undefined; rights: readonly Right[] | undefined }> = {
    no: { token: undefined, rights: mode === 'none' ? ['admin'] : undefined },
    empty: { token: '', rights: undefined },
    wrong: { token: `${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`, rights: undefined },
    'cut off': { token: good.slice(0, -5), rights: undefined },
    'another id': { token: good.replace(/^oc\.[^.]+/, `oc.${revoked.info.id}`), rights: undefined },
    expired: { token: await make(['admin'], 1), rights: undefined },
    rotated: { token: rotated.token, rights: undefined },
    revoked: { token: revoked.token, rights: undefined },
    read: { token: good, rights: ['read'] },
    write: { token: await make(['write']), rights: ['write'] },
    pairing: { token: await make(['pairing']), rights: ['pairing'] },
    admin: { token: await make(['admin']), rights: ['admin'] },
  }
  await new Promise((resolve) => setTimeout(resolve, 5))
  return { ...own, credentials, [Symbol.asyncDispose]: own[Symbol.asyncDispose] }
}

test('S3: every method and every route has a row in the table, with the right that is served', () => {
  expect(Object.fromEntries(Object.entries(methods).map(([name, { right }]) => [name, right]))).toEqual(rightsTable)
})

describe.each(['token', 'none'] as const)('S3: mode %s', (mode) => {
  let own: Awaited<ReturnType<typeof house>>
  beforeAll(async () => {
    own = await house(mode)
  })
  afterAll(() => own[Symbol.asyncDispose]())

  describe.each(places)('from $place', ({ place, address, headers }) => {
    // No page but our own is ever answered; a webhook proves itself by its signature, whoever brings it.
    const foreign = headers['origin'] !== undefined
    // Mode none answers this machine only, and nobody through a proxy.
    const shut = mode === 'none' && place !== 'loopback' && !foreign
    const deaf = mode === 'none' && place === 'LAN'

    if (deaf) {
      test('nobody answers at all', async () => {
        await expect(fetch(`http://${address}:${own.port}/healthz`)).rejects.toThrow()
      })
      return
    }

    test('sockets: each method answers exactly those whose rights cover it', async () => {
      for (const [kind, { token, rights }] of Object.entries(own.credentials)) {
        const socket = own.socket({ at: `ws://${address}:${own.port}`, headers })
        if (shut || foreign) {
          expect((await socket.refused).status, kind).toBe(403)
          continue
        }
        const answer = await socket.request('connect', {
          kind: 'control',
          client,
          ...(token === undefined ? {} : { auth: { token } }),
        })
        if (!rights) {
          expect(answer.error?.data?.code, kind).toBe('unauthorized')
          expect((await socket.closed).code, kind).toBe(1008)
          continue
        }
        expect(answer.result, kind).toBeDefined()
        for (const [name, right] of Object.entries(rightsTable) as [MethodName, Right][]) {
          if (name === 'connect') continue
          const { error }: Answer = await socket.request(name, {})
          const forbidden = error?.data?.code === 'forbidden'
          expect(forbidden, `${kind} ${name}`).toBe(!covers(rights, right))
        }
        socket.close()
      }
    })

    test('routes: each answers exactly those whose credential opens it', async () => {
      for (const [kind, { token, rights }] of Object.entries(own.credentials)) {
        for (const [path, needs] of Object.entries(routesTable)) {
          const shown: Record<string, string>[] =
            token === undefined ? [{}] : [{ authorization: `Bearer ${token}` }, { 'x-gateway-token': token }]
          for (const credential of shown) {
            const answer = await fetch(`http://${address}:${own.port}${path}`, {
              headers: { ...headers, ...credential },
              redirect: 'manual',
            })
            await answer.body?.cancel()
            const open =
              needs === 'open'
                ? [200, 302]
                : needs === 'absent'
                  ? [404]
                  : needs === 'signature'
                    ? [401]
                    : rights && covers(rights, needs)
                      ? [200]
                      : rights
                        ? [403]
                        : [401]
            const closed = shut || (foreign && !path.startsWith('/webhooks/'))
            expect(closed ? [403] : open, `${kind} ${path} ${JSON.stringify(credential)}`).toContain(answer.status)
          }
        }
      }
      if (shut) return
      const signed = await fetch(`http://${address}:${own.port}/webhooks/pigeon/default`, {
        method: 'POST',
        body: 'hello',
        headers: { ...headers, 'x-signature': 'right' },
      })
      expect([signed.status, await signed.text()]).toEqual([200, 'taken'])
    })
  })
})
