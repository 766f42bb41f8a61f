import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { open } from './open.ts'

type Bench = Awaited<ReturnType<typeof open>>
const put = (bench: Bench, path: string, text: string | Uint8Array) => writeFile(join(bench.folder, path), text)
const got = (bench: Bench, path: string) => readFile(join(bench.folder, path), 'utf8')

describe('read', () => {
  it('A51: shows a whole text file as it is', async () => {
    await using bench = await open()
    await put(bench, 'a.md', '# Hi\n\tthere\n')
    expect((await bench.call('read', { path: 'a.md' })).text).toBe('# Hi\n\tthere\n')
  })

  it('shows a part of a long one, and how to go on', async () => {
    await using bench = await open({ maxLines: 10 })
    await put(bench, 'a.md', Array.from({ length: 25 }, (_, n) => `line ${n + 1}\n`).join(''))
    expect((await bench.call('read', { path: 'a.md' })).text).toMatch(
      /^line 1\n[\s\S]*line 10\n\n\[lines 1 to 10; the file goes on, read more with offset 11\]$/,
    )
    expect((await bench.call('read', { path: 'a.md', offset: 24, limit: 1 })).text).toBe(
      'line 24\n\n[lines 24 to 24; the file goes on, read more with offset 25]',
    )
    expect((await bench.call('read', { path: 'a.md', offset: 24 })).text).toBe('line 24\nline 25\n')
    await expect(bench.call('read', { path: 'a.md', offset: 99 })).rejects.toMatchObject({
      code: 'invalid_params',
      message: expect.stringContaining('25 lines'),
    })
  })

  it('says where a line is too long to show', async () => {
    await using bench = await open({ maxOutput: 1000 })
    await put(bench, 'a.json', 'x'.repeat(5000))
    expect((await bench.call('read', { path: 'a.json' })).text).toMatch(
      /^x{1000}\n\n\[line 1 is longer than can be shown/,
    )
  })

  it('shows an image by its bytes, not by its name, unless it is too large', async () => {
    await using bench = await open({ maxImageBytes: 1000 })
    const png = Buffer.from('89504e470d0a1a0a00', 'hex')
    await put(bench, 'picture.txt', png)
    const { content } = await bench.call('read', { path: 'picture.txt' })
    expect(content[1]).toEqual({ type: 'file', mime: 'image/png', ref: 'media:0', name: 'picture.txt' })
    expect([...bench.attached.values()]).toEqual([png])
    await put(bench, 'large.png', Buffer.concat([png, Buffer.alloc(2000)]))
    expect(await bench.call('read', { path: 'large.png' })).toMatchObject({
      failed: true,
      text: expect.stringContaining('make it smaller'),
    })
  })

  it('says what cannot be read: nothing, a folder, what is not text, what is outside', async () => {
    await using bench = await open()
    await put(bench, 'empty', '')
    await put(bench, 'program', new Uint8Array([0x7f, 0x45, 0, 1]))
    await mkdir(join(bench.folder, 'sub'))
    await symlink('/etc/passwd', join(bench.folder, 'link'))
    expect((await bench.call('read', { path: 'empty' })).text).toBe('empty is empty.')
    expect(await bench.call('read', { path: 'program' })).toMatchObject({
      failed: true,
      text: expect.stringContaining('not text (4 bytes)'),
    })
    await expect(bench.call('read', { path: 'sub' })).rejects.toMatchObject({
      code: 'invalid_params',
      message: expect.stringContaining('list'),
    })
    await expect(bench.call('read', { path: 'none' })).rejects.toMatchObject({ code: 'not_found' })
    for (const path of ['../x', '/etc/passwd', 'link'])
      await expect(bench.call('read', { path }), `S8: ${path}`).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('write', () => {
  it('creates a file and its folders, replaces it, and says which', async () => {
    await using bench = await open()
    expect((await bench.call('write', { path: 'a/b/c.md', content: 'grüße' })).text).toBe('Created a/b/c.md (7 bytes).')
    expect((await bench.call('write', { path: 'a/b/c.md', content: '' })).text).toBe('Replaced a/b/c.md (0 bytes).')
    expect(await got(bench, 'a/b/c.md')).toBe('')
    await expect(bench.call('write', { path: 'a/b', content: '' })).rejects.toMatchObject({ code: 'invalid_params' })
  })
})

describe('edit', () => {
  it('replaces exact text, says where, and leaves every other byte alone', async () => {
    await using bench = await open()
    await put(bench, 'a.md', '\uFEFFone\r\ntwo\r\nthree')
    expect((await bench.call('edit', { path: 'a.md', oldText: 'two', newText: 'zwei\nZwei' })).text).toBe(
      'Edited a.md, line 2-3.',
    )
    expect(await got(bench, 'a.md')).toBe('\uFEFFone\r\nzwei\r\nZwei\r\nthree')
  })

  it.each([
    ['what is not there', { oldText: 'zzz', newText: '' }, 'not in the file'],
    ['what is there but for white space', { oldText: 'a  b', newText: '' }, 'line 1, 2 is like it but for white space'],
    ['what is there twice', { oldText: 'a b', newText: '' }, '2 times, in lines 1, 2'],
    ['a change of nothing', { oldText: 'a b', newText: 'a b' }, 'are the same'],
  ])('refuses %s, with a way on, and changes nothing', async (_, input, message) => {
    await using bench = await open()
    await put(bench, 'a.md', 'a b\na b\n')
    await expect(bench.call('edit', { path: 'a.md', ...input })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(message),
    })
    expect(await got(bench, 'a.md')).toBe('a b\na b\n')
  })

  it('refuses what it cannot write back as it was', async () => {
    await using bench = await open()
    await put(bench, 'latin1', Buffer.from([0x61, 0xff, 0x62]))
    await expect(bench.call('edit', { path: 'latin1', oldText: 'a', newText: 'b' })).rejects.toMatchObject({
      code: 'unsupported',
    })
    await expect(bench.call('edit', { path: 'none', oldText: 'a', newText: 'b' })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('loses none of several changes that are made at once', async () => {
    await using bench = await open()
    const words = Array.from({ length: 20 }, (_, n) => `<${n}>`)
    await put(bench, 'a.md', words.join('\n'))
    await Promise.all(
      words.map((word, n) =>
        bench.call('edit', { path: n % 2 ? 'a.md' : './a.md', oldText: word, newText: `done ${n}` }),
      ),
    )
    expect(await got(bench, 'a.md')).toBe(words.map((_, n) => `done ${n}`).join('\n'))
  })

  it('goes on after a change that failed', async () => {
    await using bench = await open()
    await put(bench, 'a.md', 'a')
    const [failed, done] = await Promise.allSettled([
      bench.call('edit', { path: 'a.md', oldText: 'z', newText: '' }),
      bench.call('edit', { path: 'a.md', oldText: 'a', newText: 'b' }),
    ])
    expect([failed.status, done.status]).toEqual(['rejected', 'fulfilled'])
  })
})

describe('list', () => {
  it('shows files with sizes and folders, sorted', async () => {
    await using bench = await open()
    expect((await bench.call('list', {})).text).toBe('. is empty.')
    await mkdir(join(bench.folder, 'sub'))
    await put(bench, 'b.md', '12345')
    await put(bench, 'a.md', '')
    expect((await bench.call('list', {})).text).toBe('a.md  0\nb.md  5\nsub/')
    await expect(bench.call('list', { path: 'a.md' })).rejects.toMatchObject({ code: 'invalid_params' })
    await expect(bench.call('list', { path: 'none' })).rejects.toMatchObject({ code: 'not_found' })
  })
})

it('P8: the schemas and descriptions of all tools are small', async () => {
  await using bench = await open()
  const spoken = [...bench.tools.values()].map(({ name, description, input }) => ({ name, description, input }))
  expect(JSON.stringify(spoken).length).toBeLessThan(3200)
})
