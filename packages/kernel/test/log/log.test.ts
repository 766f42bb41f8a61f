import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { testPlatform } from '@openclaw/testing'
import { openSecrets } from '../../src/config/secrets.ts'
import { openLog } from '../../src/log/open.ts'
import { faultyFiles, keepingLog, temporaryFolder, type Fault } from '../storage.ts'

async function house(fault: Fault = () => undefined) {
  const folder = await temporaryFolder()
  const platform = testPlatform(folder.path)
  const logs = join(folder.path, 'logs')
  const echo = keepingLog()
  const open = () =>
    openLog({ folder: logs, platform: { ...platform, files: faultyFiles(platform.files, fault) }, echo })
  const log = open()
  return {
    log,
    logs,
    platform,
    echo,
    home: folder.path,
    open,
    text: async () =>
      (await Promise.all((await readdir(logs)).map((name) => readFile(join(logs, name), 'utf8')))).join(''),
    async [Symbol.asyncDispose]() {
      await log[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

const parsed = (lines: readonly string[]) =>
  lines.map((line) => JSON.parse(line) as { text: string; level: string; fields?: Record<string, unknown> })

describe('the log', () => {
  it('is one JSON line for each call, in order, in a file of the day for the owner alone', async () => {
    await using one = await house()
    one.log.info('first', { port: 1 })
    one.log.error('second')
    await one.log.flush()
    expect(await readdir(one.logs)).toEqual(['2026-01-01.log'])
    const file = join(one.logs, '2026-01-01.log')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(parsed((await readFile(file, 'utf8')).trim().split('\n'))).toEqual([
      { at: '2026-01-01T00:00:00.000Z', level: 'info', text: 'first', fields: { port: 1 } },
      { at: '2026-01-01T00:00:00.000Z', level: 'error', text: 'second' },
    ])
    expect(one.echo.said).toEqual(['first', 'second'])
    await one.platform.clock.advance(86_400_000)
    one.log.info('third')
    await one.log.flush()
    expect(await readdir(one.logs)).toEqual(['2026-01-01.log', '2026-01-02.log'])
  })

  it('writes what the level allows', async () => {
    await using one = await house()
    one.log.debug('too little')
    one.log.configure({ level: 'error' })
    one.log.warn('too little')
    one.log.configure({ level: 'debug' })
    one.log.debug('enough')
    expect(parsed((await one.log.tail(undefined, 10)).lines).map(({ text }) => text)).toEqual(['enough'])
  })

  it('goes on after a restart', async () => {
    await using one = await house()
    one.log.info('before')
    await one.log[Symbol.asyncDispose]()
    await using again = one.open()
    again.info('after')
    expect(parsed((await again.tail(undefined, 10)).lines).map(({ text }) => text)).toEqual(['before', 'after'])
  })

  it('stays below its size and age: the oldest files go, the newest lines stay', async () => {
    await using one = await house()
    await one.log.flush()
    one.log.configure({ maxMb: 1, maxAgeDays: 2 })
    for (let day = 0; day < 5; day++) {
      one.log.info(`day ${day}`)
      await one.log.flush()
      await one.platform.clock.advance(86_400_000)
    }
    expect((await readdir(one.logs)).toSorted()).toEqual(['2026-01-03.log', '2026-01-04.log', '2026-01-05.log'])
    const line = 'x'.repeat(1000)
    for (let index = 0; index < 3000; index++) {
      one.log.info(`${index} ${line}`)
      if (index % 50 === 0) await one.log.flush()
    }
    await one.log.flush()
    const sizes = await Promise.all(
      (await readdir(one.logs)).map(async (name) => (await stat(join(one.logs, name))).size),
    )
    const total = sizes.reduce((sum, size) => sum + size, 0)
    expect(total).toBeLessThanOrEqual(2 ** 20)
    expect(total).toBeGreaterThan(2 ** 19)
    expect((await one.log.tail(undefined, 1)).lines[0]).toContain('2999 xxx')
  })

  it('leaves files alone that are not its own', async () => {
    await using one = await house()
    one.log.info('x')
    await one.log.flush()
    await writeFile(join(one.logs, 'notes.txt'), 'mine')
    one.log.configure({ maxMb: 1, maxAgeDays: 1 })
    await one.platform.clock.advance(10 * 86_400_000)
    one.log.info('y')
    await one.log.flush()
    expect(await readdir(one.logs)).toEqual(['2026-01-11.log', 'notes.txt'])
  })

  it('never fails: what the disk refuses is counted, and said when it writes again', async () => {
    let full = false
    await using one = await house((operation) => (full && operation === 'append' ? { error: 'ENOSPC' } : undefined))
    one.log.info('before')
    await one.log.flush()
    full = true
    one.log.info('lost')
    one.log.info('lost too')
    await one.log.flush()
    full = false
    one.log.info('after')
    expect(parsed((await one.log.tail(undefined, 10)).lines).map(({ text }) => text)).toEqual([
      'before',
      '2 lines could not be written',
      'after',
    ])
  })

  it('is followed as it is written, and a follower that throws is left', async () => {
    await using one = await house()
    const heard: string[] = []
    one.log.follow(() => {
      throw new Error('no')
    })
    using following = one.log.follow((line) => heard.push(line))
    one.log.info('a')
    one.log.info('b')
    following[Symbol.dispose]()
    one.log.info('c')
    expect(parsed(heard).map(({ text }) => text)).toEqual(['a', 'b'])
  })
})

describe('the tail', () => {
  it('goes on from its cursor, over the ends of files, and misses and repeats nothing', async () => {
    await using one = await house()
    one.log.configure({ maxMb: 1 })
    const seen: string[] = []
    let cursor = (await one.log.tail(undefined, 1)).cursor
    for (let round = 0; round < 40; round++) {
      for (let index = 0; index < 10; index++) one.log.info(`${round * 10 + index} ${'x'.repeat(1500)}`)
      if (round % 7 === 0) await one.platform.clock.advance(86_400_000)
      if (round % 3 !== 0) continue
      for (let more = true; more;) {
        const tail = await one.log.tail(cursor, 7)
        seen.push(...parsed(tail.lines).map(({ text }) => text.split(' ')[0] ?? ''))
        more = tail.lines.length === 7
        cursor = tail.cursor
      }
    }
    seen.push(...parsed((await one.log.tail(cursor, 1000)).lines).map(({ text }) => text.split(' ')[0] ?? ''))
    expect(seen).toEqual(Array.from({ length: 400 }, (_, index) => `${index}`))
  })

  it('shows the last lines of several files, whole and in order', async () => {
    await using one = await house()
    for (let index = 0; index < 1500; index++) {
      one.log.info(`${index} ${'ü'.repeat(index % 700)}`)
      if (index % 500 === 0) await one.platform.clock.advance(86_400_000)
    }
    await one.log.flush()
    for (const limit of [1, 2, 499, 501, 1400, 5000]) {
      const { lines, cursor } = await one.log.tail(undefined, limit)
      expect(parsed(lines).map(({ text }) => text.split(' ')[0])).toEqual(
        Array.from({ length: 1500 }, (_, index) => `${index}`).slice(-limit),
      )
      expect(await one.log.tail(cursor, 5)).toEqual({ cursor, lines: [] })
    }
  })

  it('refuses what is no cursor', async () => {
    await using one = await house()
    for (const cursor of ['x', '../../etc/passwd:0', '2026-01-01.log:', '2026-01-01.log:-1'])
      await expect(one.log.tail(cursor, 1)).rejects.toMatchObject({ code: 'invalid_params' })
  })
})

describe('S14: the log', () => {
  it('holds none of 200 canaries, wherever they stand and in whatever form', async () => {
    await using one = await house()
    const canaries = Array.from({ length: 200 }, (_, index) => `canary-${index}-${(index * 104_729).toString(36)}/+"x`)
    const env = Object.fromEntries(canaries.map((canary, index) => [`SERVICE_${index}_TOKEN`, canary]))
    const secrets = openSecrets({
      folder: join(one.home, 'credentials'),
      platform: { ...one.platform, env },
      log: one.log,
    })
    one.log.maskWith(secrets.mask)
    for (const canary of canaries) {
      one.log.warn(`refused: ${canary}`, {
        url: `https://example.org/?key=${encodeURIComponent(canary)}`,
        header: `Basic ${Buffer.from(`me:${canary}`).toString('base64')}`,
        deep: [{ error: new Error(canary) }, canary],
        [canary]: 1,
      })
    }
    await one.log.flush()
    for (const text of [
      await one.text(),
      one.echo.said.join('\n'),
      JSON.stringify(await one.log.tail(undefined, 1000)),
    ]) {
      for (const canary of canaries) {
        expect(
          text.includes(canary.slice(0, -2)) ||
            text.includes(encodeURIComponent(canary)) ||
            text.includes(Buffer.from(canary).toString('base64').slice(4, -4)),
        ).toBe(false)
      }
    }
  })

  it('holds no message text and no field that is named like a secret', async () => {
    await using one = await house()
    one.log.info('delivered', {
      text: 'my private words',
      message: { id: 5, content: [{ body: 'private too' }] },
      token: 'abc',
      apiKey: 'x',
      headers: { Authorization: 'Bearer q' },
      tokens: 17,
    })
    const [line = ''] = (await one.log.tail(undefined, 1)).lines
    expect(line).not.toMatch(/private|abc|Bearer/)
    expect(parsed([line])[0]?.fields).toMatchObject({ text: '(16 characters)', token: '***', tokens: 17 })
  })

  it('bounds what one call can write', async () => {
    await using one = await house()
    const round: Record<string, unknown> = { list: Array.from({ length: 1000 }, (_, index) => index) }
    round['self'] = round
    one.log.info('y'.repeat(100_000), {
      round,
      bytes: new Uint8Array(1e6),
      long: 'z'.repeat(100_000),
      big: 1n,
      call: () => 1,
    })
    const [line = ''] = (await one.log.tail(undefined, 1)).lines
    expect(line.length).toBeLessThan(20_000)
  })
})
