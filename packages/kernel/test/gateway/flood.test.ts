import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setPriority } from 'node:os'
import { expect, test } from 'vitest'
import { handPlatform } from './clock.ts'
import { client, openHouse } from './house.ts'

/** A process that opens so many sockets to one port and says nothing, or too little, on each; what is dropped comes again in a while. */
const attacker = `
import { connect } from 'node:net'
const [port, count] = process.argv.slice(1).map(Number)
const upgrade = 'GET / HTTP/1.1\\r\\nHost: localhost:' + port + '\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\nSec-WebSocket-Version: 13\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n\\r\\n'
const says = ['', 'GET /he', 'POST /webhooks/pigeon/default HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: 100000\\r\\n\\r\\nslow', upgrade]
let opened = 0
function open(n) {
  const socket = connect(port, '127.0.0.1', () => {
    socket.write(says[n % says.length])
    if (++opened === count) console.log('all')
  })
  socket.resume()
  socket.on('error', () => {})
  socket.on('close', () => setTimeout(open, 5000 + Math.random() * 5000, n))
}
for (let n = 0; n < count; n++) setTimeout(open, n / 5, n)
`

test(
  'S11: through 10,000 silent sockets and slow bodies from one address, a real client of the same address connects in a second',
  // Ten thousand sockets are opened by a process that shares the processors with other tests.
  { timeout: 60_000, retry: 2 },
  async () => {
    await using house = await openHouse({}, { webhook: () => ({ verify: () => false, handle: () => new Response() }) })
    const known = await house.connect()
    const before = process.memoryUsage().rss
    const child = spawn(process.execPath, ['--input-type=module', '-e', attacker, String(house.port), '10000'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    // A flood comes from other machines: here it must not take the processor from who answers it.
    setPriority(child.pid!, 5)
    try {
      await once(child.stdout, 'data')
      const times: number[] = []
      for (let n = 0; n < 5; n++) {
        const began = performance.now()
        const socket = house.socket()
        expect(await socket.ask('connect', { kind: 'control', client, auth: { token: house.local } })).toMatchObject({
          principal: 'owner',
        })
        expect(await socket.ask('health', {})).toMatchObject({ name: 'health' })
        times.push(performance.now() - began)
        socket.close()
      }
      expect(times.toSorted((one, other) => one - other)[2]).toBeLessThan(1000)
      expect((await fetch(`${house.url}healthz`)).status).toBe(200)
      expect(await known.ask('health', {})).toMatchObject({ name: 'health' })
      // One address holds 512 at most, and the gateway runs in this process.
      const held = process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length
      expect(held).toBeLessThan(1000)
      expect(process.memoryUsage().rss - before).toBeLessThan(200e6)
    } finally {
      child.kill('SIGKILL')
    }
  },
)

test('S11: a socket that does not say who it is within ten seconds is dropped, whatever it sent; a known one stays', async () => {
  const platform = handPlatform()
  await using house = await openHouse({}, { platform })
  const known = await house.connect()
  const silent = connect(house.port, '127.0.0.1')
  const half = connect(house.port, '127.0.0.1', () =>
    half.write('POST /webhooks/a/b HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nslow'),
  )
  const upgraded = house.socket()
  await Promise.all([once(silent, 'connect'), once(half, 'connect'), upgraded.opened])
  const gone = [once(silent, 'close'), once(half, 'close')]
  platform.forward(9000)
  expect(silent.destroyed || half.destroyed).toBe(false)
  platform.forward(3000)
  silent.resume()
  half.resume()
  await Promise.all(gone)
  expect(await upgraded.closed).toEqual({ code: 1008, reason: 'no connect in time' })
  expect(await known.ask('health', {})).toMatchObject({ name: 'health' })
})
