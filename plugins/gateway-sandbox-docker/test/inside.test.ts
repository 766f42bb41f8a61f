import { spawn } from 'node:child_process'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { frame, readFrames } from '../src/frames.ts'
import { commandLine, waitingShell } from '../src/inside.ts'

/** What a waiting shell of this machine makes of a line. */
async function run(argv: readonly string[], input = ''): Promise<{ out: string; code: number | null }> {
  const child = spawn(waitingShell[0]!, waitingShell.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.on('data', (piece: Buffer) => (out += piece.toString()))
  child.stdin.end(commandLine('mark-of-a-test', argv) + input)
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { out, code }
}

it('every word arrives as it is, whatever stands in it', { timeout: 60_000 }, async () => {
  const word = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll('\0', ''))
  const hostile = fc.constantFrom(
    "'",
    '"',
    '$(id)',
    '`id`',
    '\n',
    '\\',
    '\\n',
    "'\n'",
    '$n',
    '"$n"',
    '-n',
    '',
    ' ',
    ';',
    '&&',
    '*',
    '~',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(word, hostile), { maxLength: 6 }), async (words) => {
      const { out, code } = await run(['printf', '<%s>', ...words])
      expect(code).toBe(0)
      expect(out).toBe(`.${words.length === 0 ? '<>' : words.map((one) => `<${one}>`).join('')}`)
    }),
    { numRuns: 60 },
  )
})

it('the command gets the rest of the input, and its exit code is the shell’s', async () => {
  expect(await run(['sh', '-c', 'cat; exit 7'], 'line one\nline two')).toEqual({ out: '.line one\nline two', code: 7 })
  expect((await run(['no-such-program-here'])).code).toBe(127)
})

it('frames come out as they went in, however they are cut', () => {
  const sent: [number, string][] = [
    [1, 'out'],
    [2, ''],
    [3, 'x'.repeat(70_000)],
  ]
  const bytes = Buffer.concat(sent.map(([kind, body]) => frame(kind, body)))
  for (const size of [1, 7, 8, 9, 1000, bytes.length]) {
    const got: [number, string][] = []
    const read = readFrames(100_000, (kind, body) => got.push([kind, body.toString()]))
    for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size))
    expect(got).toEqual(sent)
  }
  expect(() => readFrames(10, () => {})(frame(1, 'eleven bytes'))).toThrow('longer than 10')
})
