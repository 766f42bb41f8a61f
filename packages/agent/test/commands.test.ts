import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { bytes, gone, linux, never, open, output, shell } from './places.ts'

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
    expect(await later.jobs()).toEqual([{ id: job.id, command: expect.stringContaining('echo ready'), running: true }])
    await (await later.job(job.id))!.write('hello\n')
    let text = ''
    while (!text.includes('got hello')) {
      text += (await job.read()).text
      await sleep(10)
    }
    expect(text).toBe('ready\ngot hello\n')
    await job.kill()
    expect(await job.read()).toMatchObject({ exit: 137 })
    expect((await later.jobs())[0]!.running).toBe(false)
    await expect(job.write('x')).rejects.toMatchObject({ code: 'conflict' })
  })

  it('belong to their session, and end with it', async () => {
    await using it_ = await open()
    await it_.call().start(['sh', '-c', 'setsid sleep 414 & sleep 414'], {})
    const other = it_.workspaces.open({ run: 'r3', session: 'other', plan: it_.plan }).forCall(never)
    expect(await other.jobs()).toEqual([])
    await it_.workspaces.forget('s')
    if (linux) await gone(/sleep 414/)
  })

  it('keep only the newest output, and count what was dropped', async () => {
    await using it_ = await open()
    const job = await it_.call().start(['sh', '-c', 'head -c 2000000 /dev/zero | tr "\\0" x; echo end'], {})
    let read = await job.read()
    let total = 0
    while (read.exit === undefined || read.text) {
      total += read.text.length + read.dropped
      expect(read.text.length).toBeLessThanOrEqual(256 * 1024)
      await sleep(50)
      read = await job.read()
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
