import { cp, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { heldAtRest } from '../../src/backup/contents.ts'
import { openHome, readHome, writeHome } from '../../src/backup/home.ts'
import { openBackup } from '../../src/backup/manifest.ts'
import { restoreBackup } from '../../src/backup/restore.ts'
import { writeTar, type TarEntry } from '../../src/backup/tar.ts'
import { writeBackup, type BackupWish } from '../../src/backup/write.ts'
import type { Held } from '../../src/ledger/ledger.ts'
import type { Platform } from '../../src/platform.ts'
import { realPlatform } from '../../src/platform/real.ts'
import { accept, faultyFiles, keepingLog, openStorage, outbound, temporaryFolder, user } from '../storage.ts'

const platform = realPlatform()

/** A home and a place for backups beside it. */
async function place() {
  const folder = await temporaryFolder()
  const home = join(folder.path, 'home')
  await mkdir(home)
  const back = (
    wish: Partial<BackupWish> = {},
    hold?: () => Promise<Held>,
    on: Platform = platform,
    signal?: AbortSignal,
  ) =>
    writeBackup(
      {
        home,
        id: 'h1',
        version: '1.2.3',
        platform: on,
        workspaces: [join(home, 'workspaces/work'), '/srv/elsewhere'],
        hold: hold ?? (() => heldAtRest(home, platform)),
      },
      { file: join(folder.path, 'b.tar.gz'), ...wish },
      signal,
    )
  const restore = (to: string, passphrase?: string, file = 'b.tar.gz') =>
    restoreBackup({
      file: join(folder.path, file),
      home: join(folder.path, to),
      passphrase,
      platform,
      log: keepingLog(),
    })
  return { path: folder.path, home, back, restore, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

async function put(home: string, name: string, text: string, mode = 0o600) {
  await mkdir(join(home, name, '..'), { recursive: true })
  await writeFile(join(home, name), text, { mode })
}

/** Every file of a folder with what is in it. */
async function all(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((one) => one.isFile())
  const paths = names.map((one) => join(one.parentPath, one.name))
  return Object.fromEntries(
    await Promise.all(
      paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const),
    ),
  )
}

const kept = {
  'openclaw.json': '// mine\n{ agents: {} }',
  'allowlists/telegram.json': '["1"]',
  'state/owner-chat.json': '{}',
  'state/some-plugin/data.json': '{}',
  'cron/jobs.json': '[]',
  'plugins/package.json': '{"private":true}',
  'plugins/package-lock.json': '{}',
  'plugins/packages/mine-1.0.0.tgz': 'tarball',
  'workspace/notes.md': 'notes',
  'workspaces/errands/notes.md': 'other notes',
  'skills/s/SKILL.md': '# s',
  'canvas/a.html': '<p>',
  'something-newer/x': 'kept',
}

test('has what belongs to a home and nothing else, for its owner alone', async () => {
  await using at = await place()
  const left = {
    'logs/gateway.log': 'log',
    'gateway.json': '{}',
    'gateway.lock': '',
    'schema.json': '{}',
    'sessions/index.sqlite': 'index',
    'state/home.json': '{"id":"h1"}',
    'state/usage.json.12-3.new': 'half',
    'plugins/node_modules/x/index.js': 'x',
    'credentials/local.token': 'canary-token',
  }
  for (const [name, text] of Object.entries({ ...kept, ...left, 'media/abc': 'picture' }))
    await put(at.home, name, text)
  await put(at.home, 'workspace/run.sh', '#!/bin/sh', 0o700)
  await mkdir(join(at.home, 'workspace/hollow'))
  await symlink('/etc/passwd', join(at.home, 'workspace/link'))

  const written = await at.back()
  const leftOut = ['/srv/elsewhere: it is outside of the home', 'workspace/link: it is a link']
  expect(written).toMatchObject({ media: true, credentials: false, leftOut })
  expect((await stat(written.file)).mode & 0o777).toBe(0o600)
  await at.restore('there')
  const { 'state/home.json': record, 'gateway.lock': _, ...there } = await all(join(at.path, 'there'))
  expect(there).toEqual({
    ...kept,
    'media/abc': 'picture',
    'workspace/run.sh': '#!/bin/sh',
    'ledger/000000000001.log': expect.any(String),
  })
  expect(JSON.parse(record!)).toMatchObject({ restored: { from: 'h1', waits: true } })
  expect(JSON.parse(record!).id).not.toBe('h1')
  expect((await stat(join(at.path, 'there/workspace/run.sh'))).mode & 0o777).toBe(0o700)
  expect((await stat(join(at.path, 'there/openclaw.json'))).mode & 0o777).toBe(0o600)
  expect((await stat(join(at.path, 'there/workspace/hollow'))).isDirectory()).toBe(true)

  await at.back({ file: join(at.path, 'small.tar.gz'), media: false })
  await at.restore('small', undefined, 'small.tar.gz')
  expect(Object.keys(await all(join(at.path, 'small')))).not.toContain('media/abc')
})

test('S14: has credentials only with a passphrase, and gives them back only for it', { timeout: 30_000 }, async () => {
  await using at = await place()
  await put(at.home, 'credentials/telegram/default/cursor', '17')
  await put(at.home, 'credentials/local.token', 'canary-token')
  await at.back({ passphrase: 'open sesame' })
  await expect(at.restore('there', 'sesame open')).rejects.toMatchObject({ code: 'unauthorized' })
  // Nothing was made of it.
  await expect(stat(join(at.path, 'there'))).rejects.toThrow()
  expect(await at.restore('there', 'open sesame')).toMatchObject({ credentials: true })
  expect(await readFile(join(at.path, 'there/credentials/local.token'), 'utf8')).toBe('canary-token')
  expect(await readFile(join(at.path, 'there/credentials/telegram/default/cursor'), 'utf8')).toBe('17')
  expect(await at.restore('without')).toMatchObject({ credentials: false })
  expect(Object.keys(await all(join(at.path, 'without')))).not.toContain('credentials/local.token')
})

/** Eight people who write as fast as they are taken, until it is disposed. */
function crowd(storage: Awaited<ReturnType<typeof openStorage>>) {
  let durable = 0
  let over = false
  const sessions = Array.from({ length: 8 }, (_, peer) => `agent:main:telegram:default:peer${peer}`)
  const writing = Promise.all(
    sessions.map(async (session, peer) => {
      for (let count = 0; !over; count++) {
        const id = `${peer}-${count}`
        await storage.sessions.commit({
          session,
          agent: 'main',
          drafts: [user(`message ${id}`)],
          records: ([line]) => [accept(id, { session, line: line!.id }), outbound(`o${id}`, { session })],
        })
        durable++
      }
    }),
  )
  return {
    async reached(count: number) {
      while (durable < count) await new Promise((resolve) => setImmediate(resolve))
    },
    async [Symbol.asyncDispose]() {
      over = true
      await writing
    },
  }
}

test(
  'R1: is one moment while messages are written: whatever was durable before is in it, once, and whole',
  { timeout: 60_000 },
  async () => {
    await using at = await place()
    for (const round of [1, 2, 3]) {
      await using storage = await openStorage(at.home, { platform })
      let before: string[]
      let most: number
      {
        await using writers = crowd(storage)
        await writers.reached(300)
        before = [...storage.ledger.owed.accepts.keys()]
        await at.back({ file: join(at.path, `${round}.tar.gz`) }, () => storage.sessions.hold())
        most = storage.ledger.owed.accepts.size
      }
      const report = await at.restore(`r${round}`, undefined, `${round}.tar.gz`)
      expect(report).toMatchObject({ whole: true, sessions: 8 })
      expect(report.held).toBeGreaterThanOrEqual(before.length)
      expect(report.held).toBeLessThanOrEqual(most)
      await using copy = await openStorage(join(at.path, `r${round}`), { platform })
      expect(copy.ledger.damaged).toBe(0)
      const parked = [...copy.ledger.owed.parked.values()].flatMap(({ accepts }) => accepts)
      const ids = new Set(parked.map(({ id }) => id))
      expect(ids.size).toBe(parked.length)
      expect(before.filter((id) => !ids.has(id))).toEqual([])
      // The line of each acceptance is in its journal.
      const lines = new Set<string>()
      for (let peer = 0; peer < 8; peer++) {
        const key = `agent:main:telegram:default:peer${peer}`
        for (const { id } of (await copy.sessions.history(key, { limit: 100_000 })).lines) lines.add(id)
      }
      expect(parked.filter(({ line }) => !lines.has(line))).toEqual([])
    }
  },
)

test('R9: what a sub-agent found stands with its parent after a restore, and nobody works on it by itself', async () => {
  await using at = await place()
  await using storage = await openStorage(at.home, { platform })
  const parent = 'agent:main:local:default:owner'
  await storage.sessions.commit({ session: parent, agent: 'main', drafts: [user('compute')] })
  await storage.ledger.commit([
    {
      type: 'handover',
      id: 'h',
      session: 'agent:main:subagent:u',
      run: 'r',
      child: { above: [{ session: parent, agent: 'main' }], label: 'sum' },
      role: 'owner',
      text: 'it is 42',
    },
  ])
  await at.back({}, () => storage.sessions.hold())
  await at.restore('new')
  await using copy = await openStorage(join(at.path, 'new'), { platform })
  expect(copy.ledger.owed.handovers.size + copy.ledger.owed.accepts.size).toBe(0)
  const { lines } = await copy.sessions.history(parent, { limit: 10 })
  expect(lines.at(-1)).toMatchObject({ kind: 'user', body: { text: 'it is 42' } })
})

test('no session is erased or deleted, and no part of the log let go of, while they are copied', async () => {
  await using at = await place()
  await using storage = await openStorage(at.home, { platform })
  for (const session of ['agent:main:local:default:one', 'agent:main:local:default:two'])
    await storage.sessions.commit({ session, agent: 'main', drafts: [user('canary')] })
  await storage.sessions.flush()
  const held = await storage.sessions.hold()
  const done: string[] = []
  const erasing = storage.sessions.erase('agent:main:local:default:one').then(() => done.push('erased'))
  const deleting = storage.sessions.delete('agent:main:local:default:two').then(() => done.push('deleted'))
  await storage.sessions.commit({ session: 'agent:main:local:default:one', agent: 'main', drafts: [user('more')] })
  for (const { path, size } of held.files) expect((await stat(path)).size).toBeGreaterThanOrEqual(size)
  expect(done).toEqual([])
  held[Symbol.dispose]()
  await Promise.all([erasing, deleting])
  expect(done.sort()).toEqual(['deleted', 'erased'])
  const again = await storage.sessions.hold()
  expect(again.files.filter(({ path }) => path.endsWith('.jsonl')).length).toBe(1)
  again[Symbol.dispose]()
})

test('takes the place of an earlier backup only, and of nothing when it fails or is stopped', async () => {
  await using at = await place()
  await put(at.home, 'openclaw.json', '{}')
  const { file } = await at.back()
  const first = await readFile(file)
  await expect(at.back()).rejects.toMatchObject({ code: 'conflict' })
  await at.back({ replace: true })
  const whole = await readFile(file)
  expect(whole).not.toEqual(first)

  const full: Platform = {
    ...platform,
    files: faultyFiles(platform.files, (operation) => (operation === 'replace' ? { error: 'ENOSPC' } : undefined)),
  }
  await expect(at.back({ replace: true }, undefined, full)).rejects.toMatchObject({ code: 'unavailable' })
  const stop = new AbortController()
  const stopped = at.back(
    { replace: true },
    async () => {
      stop.abort(new Error('Ctrl-C'))
      return heldAtRest(at.home, platform)
    },
    platform,
    stop.signal,
  )
  await expect(stopped).rejects.toThrow('Ctrl-C')
  expect(await readFile(file)).toEqual(whole)
  expect((await readdir(at.path)).sort()).toEqual(['b.tar.gz', 'home'])

  const precious = join(at.path, 'thesis.tex')
  await writeFile(precious, 'years of work')
  await expect(at.back({ file: precious, replace: true })).rejects.toMatchObject({ code: 'conflict' })
  expect(await readFile(precious, 'utf8')).toBe('years of work')
  await expect(at.back({ file: join(at.home, 'b.tar.gz') })).rejects.toThrow(/in the home itself/)
  await expect(at.back({ file: join(at.path, 'none', 'b.tar.gz') })).rejects.toMatchObject({ code: 'not_found' })
  await expect(at.back({ file: 'b.tar.gz' })).rejects.toMatchObject({ code: 'invalid_params' })
})

test('goes into an empty home only, and a restore that was killed can be run again', async () => {
  await using at = await place()
  for (const [name, text] of Object.entries(kept)) await put(at.home, name, text)
  await at.back()
  await put(join(at.path, 'full'), 'letter.txt', 'mine')
  await expect(at.restore('full')).rejects.toMatchObject({ code: 'conflict' })
  expect(await all(join(at.path, 'full'))).toEqual({ 'letter.txt': 'mine' })

  const half = join(at.path, 'half')
  await writeHome(half, { id: 'x', since: 1, copying: true }, platform)
  await put(half, 'workspace/old.md', 'of the first try')
  await put(half, 'state/old.json', 'of the first try')
  await expect(openHome({ home: half, platform })).rejects.toThrow(/openclaw restore/)
  await at.restore('half')
  const there = await all(half)
  expect(there).toMatchObject(kept)
  expect(Object.keys(there).filter((name) => name.includes('old'))).toEqual([])
  expect((await openHome({ home: half, platform })).waits).toContain('restore finish')
})

test('a damaged or foreign file is refused, and the home stays as it was', async () => {
  await using at = await place()
  await put(at.home, 'workspace/notes.md', 'notes'.repeat(10_000))
  const { file } = await at.back()
  const whole = await readFile(file)
  await writeFile(file, whole.subarray(0, whole.length / 2))
  await expect(at.restore('there')).rejects.toThrow()
  // What had come so far can be replaced by another try.
  await writeFile(file, whole)
  expect(await at.restore('there')).toMatchObject({ whole: true })
  for (const foreign of [Buffer.from('no archive'), gzipSync('no archive'), gzipSync(Buffer.alloc(2048))]) {
    await writeFile(file, foreign)
    await expect(at.restore('other')).rejects.toMatchObject({ code: 'invalid_params' })
  }
  await expect(stat(join(at.path, 'other'))).rejects.toThrow()
})

test.each(['../outside', 'workspace/../../outside', '/tmp/openclaw-outside', 'workspace//x', './x'])(
  'S8: %s leads nowhere outside of the home',
  async (name) => {
    await using at = await place()
    const content = Buffer.from(
      JSON.stringify({ backup: 1, home: 'h', at: 1, version: '1', media: true, credentials: false }),
    )
    async function* entries(): AsyncGenerator<TarEntry> {
      const entry = { kind: 'file' as const, modifiedMs: 0, executable: false }
      yield { ...entry, name: 'openclaw-backup.json', size: content.length, content: [content] }
      yield { ...entry, name, size: 4, content: [Buffer.from('evil')] }
    }
    const parts: Uint8Array[] = []
    for await (const part of writeTar(entries())) parts.push(part)
    await writeFile(join(at.path, 'b.tar.gz'), gzipSync(Buffer.concat(parts)))
    await expect(at.restore('there')).rejects.toThrow(/outside of the home/)
    await expect(stat(join(at.path, 'outside'))).rejects.toThrow()
    await expect(stat('/tmp/openclaw-outside')).rejects.toThrow()
  },
)

test('R11: a backup of a newer version is refused with the version that reads it', async () => {
  await using at = await place()
  const content = Buffer.from(
    JSON.stringify({ backup: 99, home: 'h', at: 1, version: '7.0.0', media: true, credentials: false }),
  )
  async function* entries(): AsyncGenerator<TarEntry> {
    yield {
      name: 'openclaw-backup.json',
      kind: 'file',
      modifiedMs: 0,
      executable: false,
      size: content.length,
      content: [content],
    }
  }
  const parts: Uint8Array[] = []
  for await (const part of writeTar(entries())) parts.push(part)
  const file = join(at.path, 'b.tar.gz')
  await writeFile(file, gzipSync(Buffer.concat(parts)))
  await expect(openBackup(file, platform)).rejects.toThrow(/7\.0\.0/)
})

test('a home gets its id at its first start and keeps it; what cannot be read lets no channel start', async () => {
  await using folder = await temporaryFolder()
  const home = folder.path
  const first = await openHome({ home, platform })
  expect(first.waits).toBeUndefined()
  expect((await openHome({ home, platform })).id).toBe(first.id)
  await put(home, 'state/home.json', '{"id":')
  expect(await readHome(home, platform)).toBe('damaged')
  const damaged = await openHome({ home, platform })
  expect(damaged.waits).toContain('cannot be read')
  await damaged.finish()
  expect(damaged.waits).toBeUndefined()
  expect((await openHome({ home, platform })).waits).toBeUndefined()
})

test('R1: a home whose gateway was killed is backed up at rest, and recovered in its new place', async () => {
  await using at = await place()
  {
    await using storage = await openStorage(at.home, { platform })
    const session = 'agent:main:local:default:owner'
    await storage.sessions.commit({ session, agent: 'main', drafts: [user('one'), user('two')] })
    await storage.sessions.flush()
    await cp(at.home, join(at.path, 'killed'), { recursive: true })
  }
  const killed = join(at.path, 'killed')
  // The journal never reached the disk; the log did, and was being written.
  await rm(join(killed, 'sessions'), { recursive: true })
  await writeFile(join(killed, 'ledger/000000000001.log'), '{"v":1,"n":9', { flag: 'a' })
  await writeBackup(
    { home: killed, id: 'k', version: '1', platform, workspaces: [], hold: () => heldAtRest(killed, platform) },
    { file: join(at.path, 'b.tar.gz') },
  )
  expect(await at.restore('there')).toMatchObject({ whole: true, sessions: 1 })
  await using storage = await openStorage(join(at.path, 'there'), { platform })
  expect(storage.ledger.damaged).toBe(0)
  const { lines } = await storage.sessions.history('agent:main:local:default:owner', { limit: 10 })
  expect(lines.map(({ kind }) => kind)).toEqual(['session', 'user', 'user'])
})
