import { readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { realFiles } from '../../src/platform/files.ts'
import { readLines, readLinesBack, splitLines } from '../../src/platform/lines.ts'
import { temporaryFolder } from '../storage.ts'
import fc from 'fast-check'

const files = realFiles()
const bytes = (text: string): Uint8Array => Buffer.from(text)

test('a new file is made for its owner only, in folders for its owner only', async () => {
  await using home = await temporaryFolder()
  const path = join(home.path, 'a', 'b', 'file')
  await using handle = await files.open(path, 'append')
  await handle.append(bytes('x'))
  await handle.sync()
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect((await stat(join(home.path, 'a', 'b'))).mode & 0o777).toBe(0o700)
})

test('appends that are not waited for stand in the order of the calls', async () => {
  await using home = await temporaryFolder()
  const path = join(home.path, 'file')
  await using handle = await files.open(path, 'append')
  const words = Array.from({ length: 200 }, (_, at) => `${at},`)
  await Promise.all([...words.map((word) => handle.append(bytes(word))), handle.sync()])
  expect(await readFile(path, 'utf8')).toBe(words.join(''))
  expect(await handle.size()).toBe(words.join('').length)
})

test('reading gives what is there, and less at the end', async () => {
  await using home = await temporaryFolder()
  const path = join(home.path, 'file')
  await writeFile(path, '0123456789')
  await using handle = await files.open(path, 'read')
  expect(Buffer.from(await handle.read(2, 3)).toString()).toBe('234')
  expect(Buffer.from(await handle.read(8, 10)).toString()).toBe('89')
  expect(await handle.read(20, 5)).toHaveLength(0)
})

test('a file that is not there is undefined to read and an error to open', async () => {
  await using home = await temporaryFolder()
  const path = join(home.path, 'none', 'file')
  expect(await files.readText(path)).toBeUndefined()
  expect(await files.readBytes(path)).toBeUndefined()
  expect(await files.stat(path)).toBeUndefined()
  expect(await files.list(path)).toEqual([])
  await expect(files.open(path, 'read')).rejects.toMatchObject({ code: 'ENOENT' })
  await files.remove(path)
})

test('a replacement that fails half way leaves the old file and nothing beside it', async () => {
  await using home = await temporaryFolder()
  const path = join(home.path, 'file')
  await files.replace(path, 'old')
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield bytes('new')
    throw new Error('the source broke')
  }
  await expect(files.replace(path, broken())).rejects.toThrow('the source broke')
  expect(await files.readText(path)).toBe('old')
  expect(await files.list(home.path)).toEqual(['file'])
})

test('a replacement may come in parts', async () => {
  await using home = await temporaryFolder()
  const path = join(home.path, 'deep', 'file')
  async function* parts(): AsyncGenerator<Uint8Array> {
    yield bytes('one ')
    yield bytes('two')
  }
  await files.replace(path, parts())
  expect(await files.readText(path)).toBe('one two')
})

test('a link is told as a link, not as what it points at', async () => {
  await using home = await temporaryFolder()
  await writeFile(join(home.path, 'target'), 'x')
  await symlink('target', join(home.path, 'link'))
  expect((await files.stat(join(home.path, 'link')))?.kind).toBe('link')
  expect((await files.stat(join(home.path, 'target')))?.kind).toBe('file')
})

test('lines read forward and backward are the lines of the file, whatever their lengths', async () => {
  await using home = await temporaryFolder()
  const path = join(home.path, 'file')
  const line = fc.oneof(
    fc.string({ maxLength: 20 }).map((text) => text.replaceAll('\n', ' ')),
    fc.integer({ min: 0, max: 200_000 }).map((length) => 'y'.repeat(length)),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 12 }), fc.boolean(), async (lines, ended) => {
      const content = Buffer.from(lines.join('\n') + (ended ? '\n' : ''))
      await writeFile(path, content)
      await using handle = await files.open(path, 'read')
      const expected = splitLines(content, 0).map(({ bytes: line, offset }) => [offset, line.toString()])
      const forward = []
      for await (const block of readLines(handle, 0, content.length)) forward.push(...block)
      const backward = []
      for await (const block of readLinesBack(handle, content.length)) backward.unshift(...block)
      expect(forward.map(({ bytes: line, offset }) => [offset, line.toString()])).toEqual(expected)
      expect(backward.map(({ bytes: line, offset }) => [offset, line.toString()])).toEqual(expected)
      expect(expected.map(([, text]) => text)).toEqual(lines.filter((text) => text !== ''))
    }),
    { numRuns: 60 },
  )
})
