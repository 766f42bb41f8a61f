import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { failure, type ToolCall, type Workspace } from '@openclaw/sdk'
import { describe, expect, it } from 'vitest'
import { open } from './open.ts'

type Bench = Awaited<ReturnType<typeof open>>
async function put(bench: Bench, files: Record<string, string | Uint8Array>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(bench.folder, path)), { recursive: true })
    await writeFile(join(bench.folder, path), text)
  }
}

/** The workspace, but what is named `closed` may not be opened, as by another user; a test may run as root. */
function withClosed({ workspace }: Bench): Workspace {
  const refuse = (path: string) => {
    if (path === 'closed') throw failure('forbidden', 'closed cannot be opened')
  }
  return {
    ...workspace,
    list: async (path) => (refuse(path), workspace.list(path)),
    read: async (path, range) => (refuse(path), workspace.read(path, range)),
  }
}

describe('glob', () => {
  it('finds files by pattern, those of a folder before those below, each by name', async () => {
    await using bench = await open()
    await put(bench, { 'b.ts': '', 'a.ts': '', 'a.md': '', 'a/z.ts': '', 'a/b/y.ts': '', 'node_modules/x/x.ts': '' })
    expect((await bench.call('glob', { pattern: '**/*.ts' })).text).toBe('a.ts\nb.ts\na/z.ts\na/b/y.ts')
    expect((await bench.call('glob', { pattern: 'node_modules/**' })).text).toBe('node_modules/x/x.ts')
    expect((await bench.call('glob', { pattern: '*.py' })).text).toBe('No file matches *.py.')
  })

  it('follows no link', async () => {
    await using bench = await open()
    await put(bench, { 'a/x': '' })
    await symlink('/etc', join(bench.folder, 'etc'))
    await symlink('.', join(bench.folder, 'a/again'))
    expect((await bench.call('glob', { pattern: '**' })).text).toBe('a/x')
  })

  it('passes over a folder that may not be looked into', async () => {
    await using bench = await open()
    await put(bench, { 'a/x': '', 'closed/y': '' })
    const call = { workspace: withClosed(bench), signal: new AbortController().signal } as ToolCall
    const { content } = await bench.tools.get('glob')!.run({ pattern: '**' }, call)
    expect(content).toEqual([{ type: 'text', text: 'a/x' }])
  })

  it('is bounded in what it shows and how deep it goes, and says so', async () => {
    await using bench = await open()
    await put(bench, Object.fromEntries(Array.from({ length: 501 }, (_, n) => [`many/${n}`, ''])))
    await put(bench, { [`${'d/'.repeat(45)}x`]: '' })
    const many = await bench.call('glob', { pattern: 'many/*' })
    expect(many.text).toMatch(/\n\n\[there are more than these 500; make the pattern narrower\]$/)
    expect(many.details).toMatchObject({ files: 500 })
    expect((await bench.call('glob', { pattern: 'd/**/x' })).text).toMatch(/more than 40 levels down were not looked/)
  })
})

describe('grep', () => {
  it('shows each line that matches with its file and number', async () => {
    await using bench = await open()
    await put(bench, { 'a.md': 'one\r\ntwo\r\nthree', 'sub/b.md': 'Two\n', 'c.txt': 'two' })
    expect((await bench.call('grep', { pattern: '^t.o$' })).text).toBe('a.md:2:two\nc.txt:1:two')
    expect((await bench.call('grep', { pattern: 'TWO', ignoreCase: true, include: '*.md' })).text).toBe(
      'a.md:2:two\nsub/b.md:1:Two',
    )
    expect((await bench.call('grep', { pattern: 'wo', path: 'sub/' })).text).toBe('sub/b.md:1:Two')
    expect((await bench.call('grep', { pattern: 'three', path: 'a.md' })).text).toBe('a.md:3:three')
    expect((await bench.call('grep', { pattern: 'four' })).text).toBe('Nothing matches four.')
  })

  it('takes a text as it is with literal, and explains an expression that is none', async () => {
    await using bench = await open()
    await put(bench, { a: 'f(x) [1]\nfx' })
    expect((await bench.call('grep', { pattern: 'f(x) [1]', literal: true })).text).toBe('a:1:f(x) [1]')
    await expect(bench.call('grep', { pattern: 'f(x' })).rejects.toMatchObject({
      code: 'invalid_params',
      message: expect.stringContaining('set literal'),
    })
    await expect(bench.call('grep', { pattern: 'x', path: 'none' })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('shows lines around, each once, and where some are left out', async () => {
    await using bench = await open()
    await put(bench, { a: '1\n2\nhit\n4\nhit\n6\n7\n8\n9\nhit' })
    expect((await bench.call('grep', { pattern: 'hit', context: 1 })).text).toBe(
      ['a-2-2', 'a:3:hit', 'a-4-4', 'a:5:hit', 'a-6-6', '--', 'a-9-9', 'a:10:hit'].join('\n'),
    )
  })

  it('passes over what is not text, and finds across the pieces in which a large file is read', async () => {
    await using bench = await open()
    const line = 'ü'.repeat(99)
    await put(bench, { binary: new Uint8Array([104, 105, 116, 0]), large: `${`${line}\n`.repeat(9000)}a hit\n` })
    expect((await bench.call('grep', { pattern: 'hit' })).text).toBe('large:9001:a hit')
    expect((await bench.call('grep', { pattern: `^(?!ü{99}$).` })).text).toBe('large:9001:a hit')
  })

  it('passes over a file that may not be read, unless it is the one', async () => {
    await using bench = await open()
    await put(bench, { closed: 'hit', open: 'hit' })
    const workspace = withClosed(bench)
    const grep = bench.tools.get('grep')!
    const call = { workspace, signal: new AbortController().signal } as ToolCall
    expect((await grep.run({ pattern: 'hit' }, call)).content).toEqual([{ type: 'text', text: 'open:1:hit' }])
    await expect(grep.run({ pattern: 'hit', path: 'closed' }, call)).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('stops before files too large to be searched, and says so', async () => {
    await using bench = await open()
    await put(bench, { a: 'hit\n', b: '' })
    await truncate(join(bench.folder, 'b'), 600_000_000)
    expect((await bench.call('grep', { pattern: 'hit' })).text).toMatch(/^a:1:hit\n\n\[the search stopped before b, /)
  })

  it('shows of a long line what stands around the match', async () => {
    await using bench = await open()
    await put(bench, { 'a.js': `${'x'.repeat(5000)}hit${'y'.repeat(500_000)}` })
    const { text } = await bench.call('grep', { pattern: 'hit' })
    expect(text).toMatch(/^a\.js:1:…x+hity+…$/)
    expect(text.length).toBeLessThan(320)
  })

  it('is bounded in matches and characters, and says so', async () => {
    await using bench = await open({ maxOutput: 1000 })
    await put(bench, { a: 'hit\n'.repeat(1000) })
    const { text, details } = await bench.call('grep', { pattern: 'hit' })
    expect(text).toMatch(/\[only the first \d+ matches are shown; give a narrower path, include or pattern\]$/)
    expect(text.length).toBeLessThan(1100)
    expect((details as { hits: number }).hits).toBeGreaterThan(50)
    await using wide = await open()
    await put(wide, { a: 'hit\n'.repeat(1000) })
    expect((await wide.call('grep', { pattern: 'hit' })).details).toMatchObject({ hits: 200 })
  })

  it('gives up an expression that never ends, and goes on working', async () => {
    await using bench = await open()
    await put(bench, { a: `${'a'.repeat(60)}b` })
    await expect(bench.call('grep', { pattern: '^(a+)+$' })).rejects.toMatchObject({
      code: 'invalid_params',
      message: expect.stringContaining('takes too long to match'),
    })
    expect((await bench.call('grep', { pattern: '^a+b$' })).details).toMatchObject({ hits: 1 })
  })
})
