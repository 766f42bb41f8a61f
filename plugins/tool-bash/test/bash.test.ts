import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { open } from './open.ts'

/** True while a process with this id runs. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Waits until something is so; a test's own deadline ends it. */
async function until(so: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await so())) await sleep(10)
}

describe('bash', () => {
  it('runs in the workspace, and brings output and errors in order with the exit code', async () => {
    await using bench = await open()
    await writeFile(join(bench.folder, 'notes.md'), 'x')
    expect(await bench.call('bash', { command: 'ls' })).toMatchObject({
      text: 'notes.md',
      failed: false,
      details: { exit: 0 },
    })
    expect(await bench.call('bash', { command: 'echo out; echo err >&2; exit 3' })).toMatchObject({
      text: expect.stringMatching(/out[\s\S]*\[exit code 3\]/),
      failed: true,
    })
    expect((await bench.call('bash', { command: 'true' })).text).toBe('(no output)')
  })

  it('is bash where there is bash, and takes pipes, several lines and quotes as they are', async () => {
    await using bench = await open()
    expect((await bench.call('bash', { command: '[[ -n "$BASH_VERSION" ]] && echo bash' })).text).toBe('bash')
    expect((await bench.call('bash', { command: `for i in 1 2\ndo echo "it's $i"\ndone | tac` })).text).toBe(
      "it's 2\nit's 1",
    )
  })

  it('runs in a folder of the workspace, and in none outside of it', async () => {
    await using bench = await open()
    await mkdir(join(bench.folder, 'sub'))
    expect((await bench.call('bash', { command: 'pwd', cwd: 'sub' })).text).toBe(join(bench.folder, 'sub'))
    await expect(bench.call('bash', { command: 'pwd', cwd: '../..' })).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('ends after its time and says so', async () => {
    await using bench = await open()
    const { text, failed } = await bench.call('bash', { command: 'echo begun; sleep 60', timeoutMs: 300 })
    expect(text).toMatch(/^begun\n\n\[stopped after 300 ms; give a longer timeoutMs/)
    expect(failed).toBe(true)
  })

  it('L6: an abort ends it with all its children', async () => {
    await using bench = await open()
    const stop = new AbortController()
    const pidFile = join(bench.folder, 'pid')
    const result = bench.call('bash', { command: `(sleep 60 & echo $! > ${pidFile}; wait)` }, { signal: stop.signal })
    await until(async () => /^\d+\n$/.test(await readFile(pidFile, 'utf8').catch(() => '')))
    const pid = Number(await readFile(pidFile, 'utf8'))
    expect(runs(pid)).toBe(true)
    stop.abort()
    expect((await result).text).toContain('[stopped by abort]')
    await until(() => !runs(pid))
  })

  it('keeps the ends of a flood, in bounded memory', async () => {
    await using bench = await open({ maxOutput: 50_000 })
    const before = process.memoryUsage().arrayBuffers
    const { text } = await bench.call('bash', {
      command: 'echo first; head -c 200000000 /dev/zero | tr "\\0" x; echo; echo last',
    })
    expect(text).toMatch(/^first\n/)
    expect(text).toMatch(/\nlast$/)
    expect(text).toContain('characters left out here; the first 16000000 bytes are in .openclaw/output/')
    expect(text.length).toBeLessThan(50_300)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000_000)
  }, 20_000)

  it('keeps all of a long output in a file of the workspace, and names it', async () => {
    await using bench = await open({ maxOutput: 1000 })
    const { text } = await bench.call('bash', { command: 'seq 1 5000; exit 3' })
    const file = /^\[\d+ characters left out here; all of it is in (\.openclaw\/output\/\S+\.txt)\]$/m.exec(text)?.[1]
    expect(text).toMatch(/^1\n2\n[\s\S]*\n5000\n\n\[exit code 3\]$/)
    expect(await readFile(join(bench.folder, file!), 'utf8')).toBe(
      Array.from({ length: 5000 }, (_, n) => `${n + 1}\n`).join(''),
    )
  })

  it('says when the file for a long output cannot be written', async () => {
    await using bench = await open({ maxOutput: 1000 })
    await writeFile(join(bench.folder, '.openclaw'), 'a file')
    const { text, failed } = await bench.call('bash', { command: 'seq 1 5000' })
    expect(text).toMatch(/left out here; it could not be kept in \.openclaw\/output\/\S+: /)
    expect(failed).toBe(false)
  })

  it('shows what there is while the command runs', async () => {
    await using bench = await open()
    const result = bench.call('bash', { command: 'echo begun; while [ ! -e go ]; do sleep 0.01; done; echo done' })
    await until(() => bench.progress.length > 0)
    expect(bench.progress[0]).toEqual([{ type: 'text', text: 'begun' }])
    await writeFile(join(bench.folder, 'go'), '')
    expect((await result).text).toBe('begun\ndone')
  })

  it('S14: gives a command neither our variables nor what stands in a .bashrc', async () => {
    await using bench = await open()
    const before = process.env.HOME
    process.env.HOME = bench.folder
    process.env.OPENCLAW_TEST_KEY = 'secret'
    await writeFile(join(bench.folder, '.bashrc'), 'export FROM_BASHRC=secret; echo hello from .bashrc')
    const { text } = await bench.call('bash', { command: 'echo "[$OPENCLAW_TEST_KEY$FROM_BASHRC]"' })
    delete process.env.OPENCLAW_TEST_KEY
    process.env.HOME = before
    expect(text).toBe('[]')
  })

  it('says for approval exactly what was asked to run, with the folder when there is one', async () => {
    await using bench = await open()
    const bash = bench.tools.get('bash')
    expect(bash?.subject?.({ command: 'ls -la' })).toBe('ls -la')
    expect(bash?.subject?.({ command: 'ls', cwd: 'sub' })).toBe('cd sub && ls')
  })
})

describe('bash_job', () => {
  it('polls what a background command says, writes to it, and learns its end', async () => {
    await using bench = await open()
    const started = await bench.call('bash', {
      command: 'echo ready; read line; echo "got $line"; exit 4',
      background: true,
    })
    const { job } = started.details as { job: string }
    expect(started.text).toContain(job)
    expect((await bench.call('bash_job', { action: 'list' })).text).toBe(
      `${job} running: echo ready; read line; echo "got $line"; exit 4`,
    )

    let said = ''
    const poll = async () => (said += (await bench.call('bash_job', { action: 'poll', job })).text)
    await until(async () => /ready\n\n\[still running\]/.test(await poll()))
    await bench.call('bash_job', { action: 'write', job, text: 'hello\n' })
    await until(async () => (await poll()).includes('ended with exit code 4'))
    expect(said).toContain('got hello')
    expect((await bench.call('bash_job', { action: 'list' })).text).toMatch(/ended/)
  })

  it('L6: kills a job with its children, and disposing the session kills the rest', async () => {
    const bench = await open()
    const start = async (name: string) => {
      const { details } = await bench.call('bash', {
        command: `(sleep 60 & echo $! > ${name}; wait)`,
        background: true,
      })
      const file = join(bench.folder, name)
      await until(async () => /^\d+\n$/.test(await readFile(file, 'utf8').catch(() => '')))
      return { job: (details as { job: string }).job, pid: Number(await readFile(file, 'utf8')) }
    }
    const [first, second] = [await start('one'), await start('two')]
    await bench.call('bash_job', { action: 'kill', job: first.job })
    await until(() => !runs(first.pid))
    expect(runs(second.pid)).toBe(true)
    await bench[Symbol.asyncDispose]()
    await until(() => !runs(second.pid))
  })

  it('says what is wrong with a job that is not there or not named', async () => {
    await using bench = await open()
    expect((await bench.call('bash_job', { action: 'list' })).text).toBe('No jobs.')
    await expect(bench.call('bash_job', { action: 'poll', job: 'nope' })).rejects.toMatchObject({ code: 'not_found' })
    await expect(bench.call('bash_job', { action: 'poll' })).rejects.toMatchObject({ code: 'invalid_params' })
  })

  it('is as harmless as its action: only writing and keys can make something run', async () => {
    await using bench = await open()
    const effects = ['list', 'poll', 'kill', 'write', 'keys'].map((action) =>
      bench.tools.get('bash_job')?.effectOf?.({ action }),
    )
    expect(effects).toEqual(['read', 'read', 'write', 'exec', 'exec'])
  })
})
