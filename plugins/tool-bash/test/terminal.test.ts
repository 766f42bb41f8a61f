import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { typeKeys } from '../src/keys.ts'
import { open } from './open.ts'

type Bench = Awaited<ReturnType<typeof open>>

/** Starts a command on a terminal; what it says is gathered poll by poll. */
async function start(bench: Bench, command: string) {
  const { details } = await bench.call('bash', { command, pty: true })
  const { job } = details as { job: string }
  let said = ''
  return {
    job,
    /** Waits until what it said so far matches; a test's own deadline ends it. */
    async says(wanted: RegExp): Promise<void> {
      while (!wanted.test((said += (await bench.call('bash_job', { action: 'poll', job })).text))) await sleep(20)
    },
    act: (action: string, text?: string) => bench.call('bash_job', { action, job, ...(text ? { text } : {}) }),
  }
}

/** True while a process with this id runs. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe.runIf(process.platform === 'linux')('a command on a terminal', { timeout: 30_000 }, () => {
  it('has one, with a size, and ends with its own exit code', async () => {
    await using bench = await open()
    const session = await start(bench, 'test -t 0 && test -t 1 && stty size; echo "it\'s $0"; exit 7')
    await session.says(/40 120[\s\S]*it's \S*sh[\s\S]*\[ended with exit code 7\]/)
    expect((await bench.call('bash_job', { action: 'list' })).text).toMatch(`${session.job} ended: test -t 0 &&`)
  })

  it('reads what is written and the keys that are pressed', async () => {
    await using bench = await open()
    const session = await start(bench, 'read -p "name? " name; echo "hello $name"; cat -v')
    await session.says(/name\?/)
    await session.act('write', 'anna\n')
    await session.says(/hello anna/)
    await session.act('keys', 'Up o k Enter')
    await session.says(/\^\[\[A[\s\S]*ok/)
    await session.act('keys', 'C-c')
    await session.says(/\[ended with exit code 130\]/)
  })

  it('L6: is killed with its children, also when the session ends', async () => {
    const bench = await open()
    const pidOf = async (name: string) => {
      const read = () => readFile(join(bench.folder, name), 'utf8').catch(() => '')
      while (!/^\d+\n$/.test(await read())) await sleep(10)
      return Number(await read())
    }
    const first = await start(bench, '(trap "" HUP TERM; sleep 60 & echo $! > one; wait)')
    await start(bench, '(trap "" HUP TERM; sleep 60 & echo $! > two; wait)')
    const [one, two] = [await pidOf('one'), await pidOf('two')]
    await first.act('kill')
    while (runs(one)) await sleep(10)
    expect(runs(two)).toBe(true)
    await bench[Symbol.asyncDispose]()
    while (runs(two)) await sleep(10)
  })

  it('is refused where `script` is another program, with a way on', async () => {
    await using bench = await open()
    const bin = join(bench.folder, 'bin')
    await mkdir(bin)
    await writeFile(join(bin, 'script'), '#!/bin/sh\necho usage: script >&2\nexit 1\n')
    await chmod(join(bin, 'script'), 0o755)
    const before = process.env.PATH
    process.env.PATH = `${bin}${delimiter}${before}`
    try {
      await expect(bench.call('bash', { command: 'top', pty: true })).rejects.toMatchObject({
        code: 'unsupported',
        message: expect.stringContaining('util-linux'),
      })
    } finally {
      process.env.PATH = before
    }
  })
})

describe('keys', () => {
  it.each([
    ['Enter', '\r'],
    ['C-c', '\x03'],
    ['C-[', '\x1b'],
    ['M-x', '\x1bx'],
    ['M-Enter', '\x1b\r'],
    ['  Up Down  Escape : q ü', '\x1b[A\x1b[B\x1b:qü'],
  ])('%s', (names, sent) => expect(typeKeys(names)).toBe(sent))

  it.each(['enter', 'C-', 'C-ü', 'constructor', ''])('"%s" is none', (name) => {
    expect(() => typeKeys(name)).toThrow(expect.objectContaining({ code: 'invalid_params' }))
  })
})
