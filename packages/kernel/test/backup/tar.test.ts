import { execFileSync } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readTar, writeTar, type TarEntry } from '../../src/backup/tar.ts'
import { temporaryFolder } from '../storage.ts'

const file = (name: string, text: string, more: Partial<TarEntry> = {}): TarEntry => ({
  name,
  kind: 'file',
  size: Buffer.byteLength(text),
  modifiedMs: Date.UTC(2026, 0, 5),
  executable: false,
  content: [Buffer.from(text)],
  ...more,
})

async function* listed<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

async function write(entries: readonly TarEntry[]): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of writeTar(listed(entries))) parts.push(part)
  return Buffer.concat(parts)
}

/** Everything that an archive says, which comes in parts of `partBytes`. */
async function read(bytes: Buffer, partBytes = 1000) {
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length; at += partBytes) parts.push(bytes.subarray(at, at + partBytes))
  const found = []
  for await (const { content, ...entry } of readTar(listed(parts))) {
    const text: Uint8Array[] = []
    for await (const part of content) text.push(part)
    found.push({ ...entry, text: Buffer.concat(text).toString() })
  }
  return found
}

const long = `${'deep/'.repeat(40)}name that is longer than the hundred bytes of a header`
const odd = 'workspace/Füße – 猫 🐈.md'

test('GNU tar takes it out as it was: long and foreign names, empty folders, what may be run', async () => {
  await using folder = await temporaryFolder()
  const archive = join(folder.path, 'a.tar')
  const entries = [
    file('plain.txt', 'hello'),
    file(long, 'far down'),
    file(odd, 'ünï'),
    file('empty', ''),
    file('block', 'x'.repeat(512)),
    file('run.sh', '#!/bin/sh\n', { executable: true }),
    { ...file('hollow', ''), kind: 'folder' as const },
  ]
  await writeFile(archive, await write(entries))
  const out = join(folder.path, 'out')
  await mkdir(out)
  execFileSync('tar', ['xf', archive, '-C', out])
  for (const [name, text] of [
    ['plain.txt', 'hello'],
    [long, 'far down'],
    [odd, 'ünï'],
    ['empty', ''],
    ['block', 'x'.repeat(512)],
  ] as const)
    expect(await readFile(join(out, name), 'utf8')).toBe(text)
  expect((await stat(join(out, 'run.sh'))).mode & 0o777).toBe(0o700)
  expect((await stat(join(out, 'plain.txt'))).mode & 0o777).toBe(0o600)
  expect((await stat(join(out, 'plain.txt'))).mtimeMs).toBe(Date.UTC(2026, 0, 5))
  expect(await readdir(join(out, 'hollow'))).toEqual([])
})

test.each(['ustar', 'pax'])('reads what GNU tar wrote as %s', async (format) => {
  await using folder = await temporaryFolder()
  const sub = 's'.repeat(60)
  await mkdir(join(folder.path, 'in', sub), { recursive: true })
  const name = `${sub}/${'n'.repeat(format === 'pax' ? 180 : 90)}`
  await writeFile(join(folder.path, 'in', name), 'text')
  await writeFile(join(folder.path, 'in', 'run'), '')
  await chmod(join(folder.path, 'in', 'run'), 0o755)
  const archive = join(folder.path, 'a.tar')
  execFileSync('tar', [`--format=${format}`, '-cf', archive, '-C', join(folder.path, 'in'), sub, 'run'])
  const found = await read(await readFile(archive))
  expect(found.map((one) => [one.name, one.kind, one.text, one.executable])).toEqual([
    [`${sub}/`, 'folder', '', true],
    [name, 'file', 'text', false],
    ['run', 'file', '', true],
  ])
})

test('whatever is written is read again, however it arrives', async () => {
  const name = fc.stringMatching(/^[^/\0]{1,150}$/u).filter((one) => one.isWellFormed())
  const one = fc.record({ name, text: fc.string({ unit: 'grapheme', maxLength: 2000 }), executable: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(one, { maxLength: 6 }), fc.integer({ min: 1, max: 3000 }), async (some, partBytes) => {
      const bytes = await write(some.map(({ name, text, executable }) => file(name, text, { executable })))
      const found = await read(bytes, partBytes)
      expect(found.map(({ name, text, executable }) => ({ name, text, executable }))).toEqual(some)
    }),
    { numRuns: 200 },
  )
})

test('an archive that was cut off anywhere, or has a flipped bit in a header, is refused', async () => {
  const bytes = await write([file('a', 'some text'), file(long, 'more text')])
  for (let at = 1; at < bytes.length - 1024; at += 37) {
    await expect(read(bytes.subarray(0, at)), `cut at ${at}`).rejects.toThrow(/damaged/)
  }
  // Behind the digits of the sum stand two bytes that say nothing.
  for (let at = 0; at < 512; at += at === 147 ? 14 : 7) {
    const flipped = Buffer.from(bytes)
    flipped[at] = flipped[at]! ^ 1
    await expect(read(flipped), `flipped at ${at}`).rejects.toThrow(/damaged/)
  }
})

test('links and devices are refused, and a content that is not as long as it was said to be', async () => {
  await using folder = await temporaryFolder()
  execFileSync('sh', ['-c', 'ln -s /etc/passwd link && tar -cf a.tar link'], { cwd: folder.path })
  await expect(read(await readFile(join(folder.path, 'a.tar')))).rejects.toThrow(/neither a file nor a folder/)
  await expect(write([file('short', 'abc', { size: 4 })])).rejects.toThrow(/has not the 4 bytes/)
  await expect(write([file('long', 'abc', { size: 2 })])).rejects.toThrow(/has not the 2 bytes/)
})
