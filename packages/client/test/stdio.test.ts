import fc from 'fast-check'
import { spawn } from 'node:child_process'
import { PassThrough } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { link } from '../src/index.ts'
import { stdioTransport } from '../src/node.ts'

const source = new URL('../src/', import.meta.url).href
const child = (body: string) =>
  spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { link } from '${source}index.ts'\nimport { stdioTransport } from '${source}node.ts'\n${body}`,
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
const exited = (process: ReturnType<typeof child>) =>
  new Promise<number | null>((resolve) => process.once('exit', resolve))

test('a real child answers over its pipes, and ends when we close', async () => {
  const process = child(`
    const wire = link(stdioTransport(process.stdin, process.stdout), { handlers: { echo: (value) => value } })
    await wire.closed
    process.exit(7)
  `)
  const gone = exited(process)
  const wire = link(stdioTransport(process.stdout, process.stdin))
  const texts = ['plain', 'two\nlines\r\n', '🦞 ü \u2028 \u0000', 'x'.repeat(3_000_000)]
  expect(await Promise.all(texts.map((text) => wire.call('echo', text)))).toEqual(texts)
  wire.close()
  expect(await gone).toBe(7)
})

test('a child that dies in the middle of a line fails what waits', async () => {
  const process = child(`process.stdout.write('{"jsonrpc":"2.0","id":1,"res', () => process.exit(1))`)
  const wire = link(stdioTransport(process.stdout, process.stdin))
  await expect(wire.call('echo', 1)).rejects.toMatchObject({ code: 'unavailable' })
})

test('a child that does not read slows the writer down; nothing is lost once it does', async () => {
  const process = child(`
    let heard = 0
    setTimeout(() => link(stdioTransport(process.stdin, process.stdout), { onNotification: () => heard++, handlers: { heard: () => heard } }), 300)
  `)
  const wire = link(stdioTransport(process.stdout, process.stdin))
  let waited = 0
  for (let n = 0; n < 200; n++) {
    const full = wire.notify('chunk', 'y'.repeat(10_000))
    if (full) waited++
    await full
  }
  expect(waited).toBeGreaterThan(0)
  expect(await wire.call('heard', {})).toBe(200)
  const gone = exited(process)
  wire.close()
  process.kill()
  await gone
})

test('who does not wait for room waits for it once, however much is written', async () => {
  const output = new PassThrough({ highWaterMark: 1 })
  const transport = stdioTransport(new PassThrough(), output)
  for (let n = 0; n < 50; n++) {
    void transport.send('a frame')
    await nextTurn()
  }
  expect(output.listenerCount('drain')).toBe(1)
  const room = transport.send('the last one')
  output.resume()
  await room
  expect(output.listenerCount('drain')).toBe(0)
})

test('frames survive any cutting of the bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' })), fc.array(fc.nat(40)), async (texts, cuts) => {
      const bytes = Buffer.from(texts.map((text) => `${JSON.stringify(text)}\n`).join(''))
      const input = new PassThrough()
      const seen: string[] = []
      const transport = stdioTransport(input, new PassThrough())
      transport.onMessage((text) => seen.push(JSON.parse(text) as string))
      const over = new Promise<void>((resolve) => transport.onClose(() => resolve()))
      let at = 0
      for (const cut of cuts) input.write(bytes.subarray(at, (at += cut)))
      input.end(bytes.subarray(at))
      await over
      expect(seen).toEqual(texts)
    }),
    { numRuns: 100 },
  )
})

test.each([
  ['in one piece', 1],
  ['byte by byte', 200],
])('a line over the limit closes the transport (%s)', async (_, pieces) => {
  const input = new PassThrough()
  const transport = stdioTransport(input, new PassThrough(), { maxLineBytes: 100 })
  const seen: string[] = []
  transport.onMessage((text) => seen.push(text))
  const over = new Promise((resolve) => transport.onClose(resolve))
  input.write('"fine"\n')
  const line = Buffer.alloc(200, 'z')
  for (let n = 0; n < pieces; n++) input.write(line.subarray((n * 200) / pieces, ((n + 1) * 200) / pieces))
  input.write('\n"after"\n')
  expect(await over).toMatchObject({ code: 'invalid_params', message: 'a line was longer than 100 bytes' })
  expect(seen).toEqual(['"fine"'])
})
