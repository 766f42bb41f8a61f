import { mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Output } from '@openclaw/sdk'
import { describe, expect, it } from 'vitest'
import { openWorkspaces, type CallWorkspace } from '../src/index.ts'

const linux = process.platform === 'linux'
const never = new AbortController().signal
const bytes = (text: string) => Buffer.from(text)

async function open(options: { sandbox?: boolean } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'openclaw-workspace-'))
  const root = join(folder, 'workspace')
  await mkdir(root)
  await writeFile(join(folder, 'secret'), 'canary')
  const workspaces = openWorkspaces()
  const plan = {
    root,
    media: join(folder, 'media'),
    ...(options.sandbox ? { sandbox: { argv: ['env', 'IN_SANDBOX=1'], root } } : {}),
  }
  const run = workspaces.open({ run: 'r1', session: 's', plan })
  return {
    folder,
    root,
    run,
    workspaces,
    plan,
    call: (signal = never) => run.forCall(signal),
    async [Symbol.asyncDispose]() {
      await run[Symbol.asyncDispose]()
      await workspaces[Symbol.asyncDispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function output(
  exec: AsyncIterable<Output>,
): Promise<{ out: string; err: string; exit: number; signal?: string }> {
  let out = ''
  let err = ''
  for await (const piece of exec) {
    if ('exit' in piece) return { out, err, ...piece }
    const text = Buffer.from(piece.bytes).toString()
    if (piece.stream === 'out') out += text
    else err += text
  }
  throw new Error('no end')
}
const shell = (
  call: CallWorkspace,
  script: string,
  more: { timeoutMs?: number; signal?: AbortSignal; cwd?: string; stdin?: string } = {},
) => output(call.exec(['sh', '-c', script], { timeoutMs: 10_000, signal: never, ...more }))

async function commands(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  return Promise.all(
    pids.map(async (pid) =>
      (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim(),
    ),
  )
}
async function gone(pattern: RegExp, ms = 5000): Promise<void> {
  for (const end = performance.now() + ms; ; await sleep(20)) {
    const left = (await commands()).filter((command) => pattern.test(command))
    if (left.length === 0) return
    if (performance.now() > end) throw new Error(`still there: ${left.join('; ')}`)
  }
}

for (const sandbox of [false, true]) {
  describe(sandbox ? 'files through a sandbox prefix' : 'files on this machine', () => {
    it('reads, writes, lists and looks, by relative and absolute paths', async () => {
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

    it('names with odd letters are names', async () => {
      await using it_ = await open({ sandbox })
      const call = it_.call()
      for (const name of ['-rf', "it's", '$(touch x)', 'a b', '*', '🦞.md', '.hidden', '..double']) {
        await call.write(name, bytes(name))
        expect(Buffer.from(await call.read(name)).toString()).toBe(name)
      }
      expect((await call.list('')).map(({ name }) => name)).toHaveLength(8)
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
      for (const path of ['dangling', 'folder/new', 'folder/sub/new', '../new'])
        await expect(call.write(path, bytes('x')), path).rejects.toMatchObject({ code: 'forbidden' })
      await expect(call.list('folder')).rejects.toMatchObject({ code: 'forbidden' })
      expect(Buffer.from(await call.read('inner/x')).toString()).toBe('fine')
      expect(await readFile(join(it_.folder, 'secret'), 'utf8')).toBe('canary')
      expect((await readdir(it_.folder)).toSorted()).toEqual(['secret', 'workspace'])
    })
  })
}

describe('files', () => {
  it.runIf(linux)('S8: links swapped in during 3,000 operations never lead out', { timeout: 60_000 }, async () => {
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
    for (let n = 0; n < 750; n++) {
      await Promise.all(
        Array.from({ length: 4 }, async (_, kind) => {
          try {
            if (kind < 2) {
              expect(Buffer.from(await call.read('d/x')).toString()).toBe('mine')
            } else if (kind === 2) await call.write('d/x', bytes('mine'))
            else await call.write(`d/new/${n % 10}`, bytes('mine'))
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

describe('commands', () => {
  it('run without a shell, in the workspace, with a clean environment', async () => {
    process.env['CANARY_KEY'] = 'canary'
    await using it_ = await open()
    const call = it_.call()
    expect(await output(call.exec(['echo', '$HOME', ';ls'], { timeoutMs: 5000, signal: never }))).toMatchObject({
      out: '$HOME ;ls\n',
      exit: 0,
    })
    expect((await shell(call, 'env')).out).not.toContain('canary')
    expect(await shell(call, 'pwd; cat; echo oops >&2; exit 3', { stdin: 'input' })).toEqual({
      out: `${it_.root}\ninput`,
      err: 'oops\n',
      exit: 3,
    })
    await expect(shell(call, 'true', { cwd: '..' })).rejects.toMatchObject({ code: 'forbidden' })
    await expect(output(call.exec(['no-such-program'], { timeoutMs: 5000, signal: never }))).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(output(call.exec([], { timeoutMs: 5000, signal: never }))).rejects.toMatchObject({
      code: 'invalid_params',
    })
    delete process.env['CANARY_KEY']
  })

  it('a sandbox prefix runs them, in the folder that was named', async () => {
    await using it_ = await open({ sandbox: true })
    const call = it_.call()
    await call.write('sub/x', bytes(''))
    expect((await shell(call, 'echo $IN_SANDBOX; pwd', { cwd: 'sub' })).out).toBe(`1\n${it_.root}/sub\n`)
  })

  it.runIf(linux)('L6: timeout, signal and leaving the loop kill the whole tree', { timeout: 20_000 }, async () => {
    await using it_ = await open()
    const call = it_.call()
    const tree = 'sleep 411 & (sleep 411 & sleep 411) & sh -c "sleep 411; true" & echo up; wait'
    expect(await shell(call, tree, { timeoutMs: 100 })).toMatchObject({ exit: 124, signal: 'timeout' })
    await gone(/sleep 411/, 1000)
    const control = new AbortController()
    setTimeout(() => control.abort(), 100)
    expect(await shell(call, tree, { signal: control.signal })).toMatchObject({ exit: 130, signal: 'abort' })
    await gone(/sleep 411/, 1000)
    for await (const piece of call.exec(['sh', '-c', tree], { timeoutMs: 10_000, signal: never })) {
      expect(piece).toMatchObject({ stream: 'out' })
      break
    }
    await gone(/sleep 411/, 1000)
  })

  it.runIf(linux)(
    'L6: what is left of a command that ended itself ends with it, and what left its session with the run',
    { timeout: 20_000 },
    async () => {
      const it_ = await open()
      const call = it_.call()
      expect(
        await shell(
          call,
          'sleep 412 & trap "" TERM; setsid sleep 412 & (setsid setsid sh -c "trap \\"\\" TERM HUP; sleep 412; true" &); echo bye',
        ),
      ).toMatchObject({ out: 'bye\n', exit: 0 })
      await it_.run[Symbol.asyncDispose]()
      await gone(/sleep 412/, 3000)
      await it_[Symbol.asyncDispose]()
    },
  )

  it('a command that ignores SIGTERM is killed all the same', async () => {
    await using it_ = await open()
    const began = performance.now()
    expect(await shell(it_.call(), 'trap "" TERM; while :; do sleep 0.1; done', { timeoutMs: 50 })).toMatchObject({
      signal: 'timeout',
    })
    expect(performance.now() - began).toBeLessThan(1500)
  })

  it('L3: a gigabyte of output does not grow memory, read to its end or left', { timeout: 60_000 }, async () => {
    await using it_ = await open()
    const call = it_.call()
    const before = process.memoryUsage().rss
    let bytes = 0
    let peak = 0
    for await (const piece of call.exec(['head', '-c', String(1024 ** 3), '/dev/zero'], {
      timeoutMs: 50_000,
      signal: never,
    })) {
      if ('exit' in piece) expect(piece.exit).toBe(0)
      else bytes += piece.bytes.byteLength
      if (bytes % (64 * 1024 * 1024) < 65_536) peak = Math.max(peak, process.memoryUsage().rss)
    }
    expect(bytes).toBe(1024 ** 3)
    for await (const piece of call.exec(['yes'], { timeoutMs: 50_000, signal: never })) {
      expect(piece).toHaveProperty('bytes')
      await sleep(300)
      break
    }
    expect(Math.max(peak, process.memoryUsage().rss) - before).toBeLessThan(100 * 1024 * 1024)
  })

  it('both streams come, also when one is silent or closed', async () => {
    await using it_ = await open()
    const result = await shell(
      it_.call(),
      'for i in 1 2 3; do echo out$i; echo err$i >&2; done; exec 1>&-; echo last >&2',
    )
    expect(result).toEqual({ out: 'out1\nout2\nout3\n', err: 'err1\nerr2\nerr3\nlast\n', exit: 0 })
  })
})

describe('background jobs', () => {
  it('go on after the call and the run, and are read, written and ended', async () => {
    await using it_ = await open()
    const job = await it_.call().start(['sh', '-c', 'echo ready; read line; echo "got $line"; sleep 413'], {})
    await it_.run[Symbol.asyncDispose]()
    const later = it_.workspaces.open({ run: 'r2', session: 's', plan: it_.plan }).forCall(never)
    expect(later.jobs()).toEqual([{ id: job.id, command: expect.stringContaining('echo ready'), running: true }])
    await later.job(job.id)!.write('hello\n')
    let text = ''
    while (!text.includes('got hello')) {
      text += job.read().text
      await sleep(10)
    }
    expect(text).toBe('ready\ngot hello\n')
    await job.kill()
    expect(job.read()).toMatchObject({ exit: 137 })
    expect(later.jobs()[0]!.running).toBe(false)
    await expect(job.write('x')).rejects.toMatchObject({ code: 'conflict' })
  })

  it('belong to their session, and end with it', async () => {
    await using it_ = await open()
    await it_.call().start(['sh', '-c', 'setsid sleep 414 & sleep 414'], {})
    expect(it_.workspaces.open({ run: 'r3', session: 'other', plan: it_.plan }).forCall(never).jobs()).toEqual([])
    await it_.workspaces.forget('s')
    if (linux) await gone(/sleep 414/)
  })

  it('keep only the newest output, and count what was dropped', async () => {
    await using it_ = await open()
    const job = await it_.call().start(['sh', '-c', 'head -c 2000000 /dev/zero | tr "\\0" x; echo end'], {})
    let read = job.read()
    let total = 0
    while (read.exit === undefined || read.text) {
      total += read.text.length + read.dropped
      expect(read.text.length).toBeLessThanOrEqual(256 * 1024)
      await sleep(50)
      read = job.read()
    }
    expect(total).toBe(2_000_004)
  })

  it('are refused when too many run', async () => {
    await using it_ = await open()
    const call = it_.call()
    for (let n = 0; n < 20; n++) await call.start(['sleep', '415'], {})
    await expect(call.start(['sleep', '415'], {})).rejects.toMatchObject({ code: 'rate_limited' })
  })
})
