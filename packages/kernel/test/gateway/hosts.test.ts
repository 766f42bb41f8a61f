import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { countedAs, isLoopback, plainAddress } from '../../src/gateway/address.ts'
import { openHouse } from './house.ts'

/** The status line that a bare upgrade request with these headers gets. */
function upgrade(address: string, port: number, headers: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, address, () => {
      socket.write(
        `GET / HTTP/1.1\r\n${[...headers, 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='].join('\r\n')}\r\n\r\n`,
      )
    })
    socket.once('data', (data) => {
      resolve(data.toString('latin1').split('\r\n')[0]!.split(' ')[1]!)
      socket.destroy()
    })
    socket.once('error', reject)
  })
}
const lan = Object.values(networkInterfaces())
  .flat()
  .find((one) => one && !one.internal && one.family === 'IPv4')?.address

describe('S2: Host and Origin are exact lists', () => {
  let house: Awaited<ReturnType<typeof openHouse>>
  beforeAll(async () => {
    house = await openHouse({
      bind: 'lan',
      hosts: ['claw.example.org', 'odd.example.org:9999'],
      origins: ['https://pages.example.org', 'http://localhost:5173'],
    })
  })
  afterAll(() => house[Symbol.asyncDispose]())
  const at = (text: string) => text.replaceAll('PORT', String(house.port)).replaceAll('LAN', lan ?? '127.0.0.1')

  test.each([
    ['localhost:PORT', true],
    ['LOCALHOST:PORT', true],
    ['127.0.0.1:PORT', true],
    ['[::1]:PORT', true],
    ['claw.example.org', true],
    ['claw.example.org:PORT', true],
    ['claw.example.org:80', true],
    ['odd.example.org:9999', true],
    ['odd.example.org:PORT', false],
    ['odd.example.org', false],
    ['claw.example.org:1', false],
    ['localhost', false],
    ['localhost:1', false],
    ['localhost.:PORT', false],
    ['127.0.0.1.nip.io:PORT', false],
    ['127.1:PORT', false],
    ['2130706433:PORT', false],
    ['0.0.0.0:PORT', false],
    ['[::ffff:127.0.0.1]:PORT', false],
    ['rebound.example:PORT', false],
    ['evil-claw.example.org', false],
    ['claw.example.org.evil.example', false],
    ['claw.example.org@evil.example', false],
    ['localhost:PORT/../', false],
    ['localhost:PORT evil', false],
    ['192.0.2.77:PORT', false],
    ['', false],
  ])('a socket for the host "%s" may open: %s', async (host, opens) => {
    expect(['101', '403', '400']).toContain(await upgrade('127.0.0.1', house.port, [at(`Host: ${host}`)]))
    expect((await upgrade('127.0.0.1', house.port, [at(`Host: ${host}`)])) === '101').toBe(opens)
  })

  test('no Host, or two of them, is refused', async () => {
    expect(await upgrade('127.0.0.1', house.port, [])).not.toBe('101')
    expect(await upgrade('127.0.0.1', house.port, [at('Host: localhost:PORT'), 'Host: evil.example'])).not.toBe('101')
    expect(await upgrade('127.0.0.1', house.port, ['Host: evil.example', at('Host: localhost:PORT')])).not.toBe('101')
  })

  test.runIf(lan)('from the network the loopback names are not ours, and the address that was called is', async () => {
    expect(await upgrade(lan!, house.port, [at('Host: LAN:PORT')])).toBe('101')
    expect(await upgrade(lan!, house.port, [at('Host: localhost:PORT')])).toBe('403')
    expect(await upgrade('127.0.0.1', house.port, [at('Host: LAN:PORT')])).toBe('403')
  })

  test.each([
    ['http://localhost:PORT', true],
    ['http://127.0.0.1:PORT', true],
    ['http://[::1]:PORT', true],
    ['https://localhost:PORT', true],
    ['http://claw.example.org', true],
    ['https://claw.example.org', true],
    ['https://pages.example.org', true],
    ['http://localhost:5173', true],
    ['http://pages.example.org', false],
    ['https://pages.example.org:444', false],
    ['https://sub.pages.example.org', false],
    ['https://pages.example.org.evil.example', false],
    ['null', false],
    ['file://', false],
    ['file:///tmp/page.html', false],
    ['http://localhost:1', false],
    ['http://localhost', false],
    ['http://127.0.0.1', false],
    ['http://evil.example', false],
    ['http://rebound.example:PORT', false],
    ['http://localhost:PORT.evil.example', false],
    ['http://localhost:PORT@evil.example', false],
    ['http://localhost:PORT/', false],
    ['http://localhost:PORT http://evil.example', false],
    ['ws://localhost:PORT', false],
    ['chrome-extension://abcdefghijklmnop', false],
    ['', false],
  ])('a page of "%s" may open a socket: %s', async (origin, opens) => {
    expect(await upgrade('127.0.0.1', house.port, [at('Host: localhost:PORT'), at(`Origin: ${origin}`)])).toBe(
      opens ? '101' : '403',
    )
  })

  test('two Origins are refused', async () => {
    expect(
      await upgrade('127.0.0.1', house.port, [
        at('Host: localhost:PORT'),
        at('Origin: http://localhost:PORT'),
        'Origin: http://evil.example',
      ]),
    ).toBe('403')
  })

  test('the same lists hold for every answer over http, but a webhook, which proves itself', async () => {
    for (const path of ['', 'healthz', 'readyz', 'control-ui/', 'nothing']) {
      const answer = await fetch(`${house.url}${path}`, { headers: { origin: 'http://evil.example' } })
      expect(answer.status, path).toBe(403)
    }
    expect((await fetch(`${house.url}webhooks/a/b`, { headers: { origin: 'http://evil.example' } })).status).toBe(404)
  })

  test.each([
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }, 403],
    [{ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' }, 403],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }, 403],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, 200],
    [{ 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }, 200],
    [{ 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, 200],
  ])('what a page of another site has the browser fetch is refused: %j', async (headers, status) => {
    // fetch sets these itself, so they are written by hand.
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
    const answered = await new Promise<string>((resolve) => {
      const socket = connect(house.port, '127.0.0.1', () =>
        socket.write(
          `GET /healthz HTTP/1.1\r\nHost: localhost:${house.port}\r\n${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`,
        ),
      )
      socket.once('data', (data) => resolve(data.toString().split(' ')[1]!))
    })
    expect(answered).toBe(String(status))
  })

  test('a socket elsewhere than at / is refused, and the refusal has the same headers as any answer', async () => {
    const answer = await house.socket({ at: `${house.url.replace('http', 'ws')}other` }).refused
    expect(answer.status).toBe(404)
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
    })
  })
})

test('addresses are compared and counted in one form', () => {
  expect(plainAddress('::ffff:10.0.0.1')).toBe('10.0.0.1')
  expect(plainAddress('fe80::1%eth0')).toBe('fe80::1')
  expect(countedAs('2001:db8:1:2:aaaa::1')).toBe(countedAs('2001:db8:1:2:bbbb:cccc::9'))
  expect(countedAs('2001:db8:1:2::1')).toBe('2001:db8:1:2::/64')
  expect(countedAs('2001:db8::1')).toBe('2001:db8:0:0::/64')
  expect(countedAs('::1')).toBe('::1')
  expect(countedAs('10.0.0.1')).toBe('10.0.0.1')
  expect(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1', 'localhost'].every(isLoopback)).toBe(true)
  expect(['0.0.0.0', '::', '', '10.0.0.1', '128.0.0.1', 'localhost.evil', undefined].some(isLoopback)).toBe(false)
})
