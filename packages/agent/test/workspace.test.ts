import { mkdir, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bytes, linux, open, shell } from './places.ts'

for (const sandbox of [false, true]) {
  describe(sandbox ? 'files through a sandbox prefix' : 'files on this machine', () => {
    it('A41: reads, writes, lists and looks, by relative and absolute paths', async () => {
      await using it_ = await open({ sandbox })
      const call = it_.call()
      await call.write('a/b/c.txt', bytes('hello world'))
      await call.write(join(it_.root, 'top.txt'), bytes(''))
      expect(Buffer.from(await call.read('a/b/c.txt')).toString()).toBe('hello world')
      expect(Buffer.from(await call.read('a/b/c.txt', { start: 6, end: 9 })).toString()).toBe('wor')
      expect(Buffer.from(await call.read('a/b/c.txt', { start: 6, end: 999 })).toString()).toBe('world')
      expect(await call.list('')).toEqual([
        { name: 'a', kind: 'folder', sizeBytes: expect.any(Number) },
        { name: 'top.txt', kind: 'file', sizeBytes: 0 },
      ])
      expect(await call.stat('a/b/c.txt')).toEqual({ name: 'c.txt', kind: 'file', sizeBytes: 11 })
      expect(await call.stat('nothing')).toBeUndefined()
      await expect(call.read('nothing')).rejects.toMatchObject({ code: 'not_found' })
      await expect(call.read('a')).rejects.toMatchObject({ code: 'invalid_params' })
    })

    it('A41: takes files and empty folders away, and gives files other names', async () => {
      await using it_ = await open({ sandbox })
      const call = it_.call()
      await mkdir(join(it_.root, 'in'))
      await symlink('in', join(it_.root, 'inner'))
      await writeFile(join(it_.root, 'in', 'run.sh'), 'x', { mode: 0o755 })
      await call.move('inner/run.sh', 'a/b/-go')
      expect((await stat(join(it_.root, 'a/b/-go'))).mode & 0o777).toBe(0o755)
      await call.write('other', bytes('other'))
      await expect(call.move('other', 'a/b/-go')).rejects.toMatchObject({ code: 'conflict' })
      await expect(call.move('other', 'a')).rejects.toMatchObject({ code: 'conflict' })
      await expect(call.move('nothing', 'b')).rejects.toMatchObject({ code: 'not_found' })
      await expect(call.move('none/nothing', 'b')).rejects.toMatchObject({ code: 'not_found' })
      await expect(call.move('a', 'c')).rejects.toMatchObject({ code: 'invalid_params' })
      await expect(call.remove('a/b')).rejects.toMatchObject({ code: 'conflict' })
      await call.remove(join(it_.root, 'a/b/-go'))
      await call.remove('a/b')
      await call.remove('inner/../a')
      for (const path of ['a', 'none/x', 'nothing'])
        await expect(call.remove(path), path).rejects.toMatchObject({ code: 'not_found' })
      for (const path of ['', '.', it_.root])
        await expect(call.remove(path), path).rejects.toMatchObject({ code: 'invalid_params' })
      expect((await readdir(it_.root)).toSorted()).toEqual(['in', 'inner', 'other'])
      expect(await readFile(join(it_.root, 'other'), 'utf8')).toBe('other')
    })

    it('names with odd letters are names', async () => {
      await using it_ = await open({ sandbox })
      const call = it_.call()
      for (const name of ['-rf', "it's", '$(touch x)', 'a b', '*', '🦞.md', '.hidden', '..double']) {
        await call.write(name, bytes(name))
        expect(Buffer.from(await call.read(name)).toString()).toBe(name)
      }
      expect((await call.list('')).map(({ name }) => name)).toHaveLength(8)
      for (const { name } of await call.list('')) await call.move(name, `- ${name}`)
      for (const { name } of await call.list('')) await call.remove(name)
      expect(await call.list('')).toEqual([])
    })

    it('S8: what leads out is refused: dots, absolute paths, links to files and folders, links that lead nowhere', async () => {
      await using it_ = await open({ sandbox })
      const call = it_.call()
      await symlink(join(it_.folder, 'secret'), join(it_.root, 'file'))
      await symlink(it_.folder, join(it_.root, 'folder'))
      await symlink(join(it_.folder, 'new'), join(it_.root, 'dangling'))
      await mkdir(join(it_.root, 'in'))
      await symlink('in', join(it_.root, 'inner'))
      await writeFile(join(it_.root, 'in', 'x'), 'fine')
      for (const path of [
        '../secret',
        '/etc/passwd',
        join(it_.folder, 'secret'),
        'file',
        'folder/secret',
        'a/../../secret',
        `${it_.root}2/x`,
      ]) {
        await expect(call.read(path), path).rejects.toMatchObject({ code: 'forbidden' })
        await expect(call.write(path, bytes('broken')), path).rejects.toMatchObject({ code: 'forbidden' })
      }
      for (const path of ['../secret', '/etc/passwd', join(it_.folder, 'secret'), 'folder/secret', `${it_.root}2/x`]) {
        await expect(call.remove(path), path).rejects.toMatchObject({ code: 'forbidden' })
        await expect(call.move(path, 'mine'), path).rejects.toMatchObject({ code: 'forbidden' })
        await expect(call.move('in/x', path), path).rejects.toMatchObject({ code: 'forbidden' })
      }
      await expect(call.move('in/x', 'folder/new/x')).rejects.toMatchObject({ code: 'forbidden' })
      // A link itself is neither taken away nor moved nor written over, wherever it leads.
      for (const link of ['file', 'folder', 'dangling', 'inner']) {
        await expect(call.remove(link), link).rejects.toMatchObject({ code: 'invalid_params' })
        await expect(call.move(link, 'mine'), link).rejects.toMatchObject({ code: 'invalid_params' })
        await expect(call.move('in/x', link), link).rejects.toMatchObject({ code: 'conflict' })
      }
      for (const path of ['dangling', 'folder/new', 'folder/sub/new', '../new'])
        await expect(call.write(path, bytes('x')), path).rejects.toMatchObject({ code: 'forbidden' })
      await expect(call.list('folder')).rejects.toMatchObject({ code: 'forbidden' })
      expect(Buffer.from(await call.read('inner/x')).toString()).toBe('fine')
      expect(await readFile(join(it_.folder, 'secret'), 'utf8')).toBe('canary')
      expect((await readdir(it_.folder)).toSorted()).toEqual(['secret', 'workspace'])
    })
  })
}

describe('S12: a workspace that is only to be read', () => {
  it('refuses whatever changes or runs something, also to a tool that says it only reads', async () => {
    await using it_ = await open()
    await writeFile(join(it_.root, 'a'), 'mine')
    await using run = it_.workspaces.open({ run: 'r2', session: 's', plan: { ...it_.plan, readonly: true } })
    const call = run.forCall(new AbortController().signal)
    expect([call.writable, it_.call().writable]).toEqual([false, true])
    expect(Buffer.from(await call.read('a')).toString()).toBe('mine')
    const refused = { code: 'forbidden', message: expect.stringContaining('needs a sandbox') }
    await expect(call.write('b', bytes('x'))).rejects.toMatchObject(refused)
    await expect(call.remove('a')).rejects.toMatchObject(refused)
    await expect(call.move('a', 'b')).rejects.toMatchObject(refused)
    await expect(call.start(['true'], {})).rejects.toMatchObject(refused)
    await expect(shell(call, 'touch c')).rejects.toMatchObject(refused)
    const job = await it_.call().start(['sleep', '60'], {})
    expect([await call.job(job.id), await call.jobs()]).toEqual([undefined, []])
    expect(await readdir(it_.root)).toEqual(['a'])
  })
})

describe('files', () => {
  it.runIf(linux)('S8: links swapped in during 10,000 operations never lead out', { timeout: 60_000 }, async () => {
    await using it_ = await open()
    const call = it_.call()
    const outside = join(it_.folder, 'outside')
    await mkdir(outside)
    await writeFile(join(outside, 'x'), 'canary')
    await mkdir(join(it_.root, 'real'))
    await writeFile(join(it_.root, 'real', 'x'), 'mine')
    await symlink(outside, join(it_.root, 'link'))
    await rename(join(it_.root, 'real'), join(it_.root, 'd'))
    let swapping = true
    const swapper = (async () => {
      const at = (name: string) => join(it_.root, name)
      let moves = 0
      // A write may make the folder anew while it is away; then that one is put aside.
      const move = async (from: string, to: string) => {
        while (
          !(await rename(at(from), at(to)).then(
            () => true,
            () => false,
          ))
        )
          await rename(at(to), at(`away${++moves}`)).catch(() => {})
      }
      while (swapping) {
        await rename(at('d'), at('real'))
        await move('link', 'd')
        await rename(at('d'), at('link'))
        await move('real', 'd')
      }
    })()
    const refused = new Set<string>()
    let good = 0
    for (let n = 0; n < 1667; n++) {
      await Promise.all(
        Array.from({ length: 6 }, async (_, kind) => {
          try {
            if (kind < 2) {
              expect(Buffer.from(await call.read('d/x')).toString()).toBe('mine')
            } else if (kind === 2) await call.write('d/x', bytes('mine'))
            else if (kind === 3) await call.write(`d/new/${n % 10}`, bytes('mine'))
            else if (kind === 4) await call.move('d/x', `d/moved/${n}`).then(() => call.remove(`d/moved/${n}`))
            else await call.remove(`d/new/${n % 10}`)
            good++
          } catch (thrown) {
            refused.add((thrown as { code?: string }).code ?? String(thrown))
          }
        }),
      )
    }
    swapping = false
    await swapper
    expect(good).toBeGreaterThan(100)
    expect(
      [...refused].filter((code) => !['forbidden', 'not_found', 'invalid_params', 'ENOENT'].includes(code)),
    ).toEqual([])
    expect(await readdir(outside)).toEqual(['x'])
    expect(await readFile(join(outside, 'x'), 'utf8')).toBe('canary')
  })

  it('a file is replaced whole, keeps its mode, and no part is left behind', async () => {
    await using it_ = await open()
    const call = it_.call()
    await call.write('run.sh', bytes('one'))
    await shell(call, 'chmod 755 run.sh')
    await Promise.all(Array.from({ length: 20 }, (_, n) => call.write('run.sh', bytes(String(n).repeat(1000)))))
    const text = Buffer.from(await call.read('run.sh')).toString()
    expect(new Set(text.match(/\d{2}|\d/g)).size).toBeLessThanOrEqual(2)
    expect((await shell(call, 'stat -c %a run.sh; ls -A')).out).toBe('755\nrun.sh\n')
  })

  it.runIf(linux)('a pipe or a device is no file, and nobody waits for it', async () => {
    await using it_ = await open()
    const call = it_.call()
    await shell(call, 'mkfifo pipe')
    await expect(call.read('pipe')).rejects.toMatchObject({ code: 'invalid_params' })
    await expect(call.write('pipe', bytes('x'))).rejects.toMatchObject({ code: 'invalid_params' })
  })
})
