import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lineBodies, type LineDraft } from '@openclaw/protocol'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { journalName } from '../../src/sessions/name.ts'
import { accept, checkpoint, openStorage, temporaryFolder, user } from '../storage.ts'

const key = 'agent:main:telegram:default:user123'

async function journalText(home: string, agent = 'main'): Promise<string> {
  const folder = join(home, 'sessions', agent)
  const [name] = await readdir(folder)
  return readFile(join(folder, name!), 'utf8')
}

test('a session is a JSONL file that a person can read: its key first, then one line per turn', async () => {
  await using home = await temporaryFolder()
  {
    await using storage = await openStorage(home.path)
    const origin = { channel: 'telegram', account: 'default', peer: { kind: 'direct' as const, id: 'user123' } }
    await storage.sessions.commit({ session: key, agent: 'main', drafts: [{ ...user('Hello there'), origin }] })
    await storage.sessions.commit({ session: key, agent: 'main', drafts: [{ kind: 'note', body: { text: 'noted' } }] })
  }
  expect(await readdir(join(home.path, 'sessions', 'main'))).toEqual([
    expect.stringMatching(/^telegram-default-user123-[0-9a-f]{8}\.jsonl$/),
  ])
  const lines = (await journalText(home.path))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines.map(({ seq, kind }) => [seq, kind])).toEqual([
    [1, 'session'],
    [2, 'user'],
    [3, 'note'],
  ])
  expect(lines[0].body).toEqual({ key, agent: 'main' })
  expect(lines.map(({ parent }) => parent)).toEqual([undefined, lines[0].id, lines[1].id])
  expect(Object.keys(lines[1])).toEqual([
    'v',
    'id',
    'seq',
    'at',
    'kind',
    'parent',
    'origin',
    'role',
    'trust',
    'body',
    'sum',
  ])
  for (const { kind, body } of lines) expect(Value.Check(lineBodies[kind as keyof typeof lineBodies], body)).toBe(true)
})

test('commit answers the stamped lines of its drafts, and the records may name them', async () => {
  await using home = await temporaryFolder()
  await using storage = await openStorage(home.path)
  const { sessions, ledger } = storage
  const lines = await sessions.commit({
    session: key,
    agent: 'main',
    drafts: [user('one'), user('two')],
    records: (stamped) => [accept('a', { line: stamped[1]!.id, session: key })],
  })
  expect(lines.map(({ kind, seq }) => [kind, seq])).toEqual([
    ['user', 2],
    ['user', 3],
  ])
  expect(ledger.owed.accepts.get('a')?.line).toBe(lines[1]!.id)
  const session = await sessions.open(key)
  expect(session).toMatchObject({ key, agent: 'main', seq: 3, first: 1, title: 'one', lowestRole: 'owner' })
  expect(session.lines(1).map(({ id }) => id)).toEqual(lines.map(({ id }) => id))
  expect(session.texts(0, 2).map((text) => JSON.parse(text).seq)).toEqual([1, 2])
})

test('a commit without drafts is of the ledger only', async () => {
  await using home = await temporaryFolder()
  await using storage = await openStorage(home.path)
  const lines = await storage.sessions.commit({ session: key, agent: 'main', drafts: [], records: () => [accept('a')] })
  expect(lines).toEqual([])
  expect(storage.ledger.owed.accepts.has('a')).toBe(true)
  expect((await storage.sessions.open(key)).seq).toBe(0)
})

test('a line of an unknown kind, a body that is not JSON and records that throw are refused and take no sequence', async () => {
  await using home = await temporaryFolder()
  await using storage = await openStorage(home.path)
  const { sessions } = storage
  const commit = (draft: unknown, records?: () => never) =>
    sessions.commit({ session: key, agent: 'main', drafts: [draft as LineDraft], ...(records ? { records } : {}) })
  await expect(commit({ kind: 'constructor', body: {} })).rejects.toMatchObject({ code: 'invalid_params' })
  await expect(commit({ kind: 'note', body: { text: 1n } })).rejects.toThrow(TypeError)
  await expect(
    commit(user('x'), () => {
      throw new Error('no records')
    }),
  ).rejects.toThrow('no records')
  const [line] = await commit(user('y'))
  expect(line!.seq).toBe(2)
})

test('commits keep the order of the calls while their session is loaded, and across sessions: 1,000 over 50', async () => {
  await using home = await temporaryFolder()
  const keys = Array.from({ length: 50 }, (_, at) => `agent:main:web:default:peer${at}`)
  {
    await using storage = await openStorage(home.path)
    for (const session of keys) await storage.sessions.commit({ session, agent: 'main', drafts: [user('first')] })
  }
  await using storage = await openStorage(home.path)
  const { sessions } = storage
  const heard = new Map<string, number[]>()
  using _ = sessions.onLine((session, line) => void heard.set(session, [...(heard.get(session) ?? []), line.seq]))
  const answered = await Promise.all(
    Array.from({ length: 1_000 }, (_, at) =>
      sessions.commit({ session: keys[at % 50]!, agent: 'main', drafts: [user(`turn ${at}`)] }),
    ),
  )
  await sessions.flush()
  for (const [at, session] of keys.entries()) {
    const seqs = Array.from({ length: 20 }, (_, turn) => turn + 3)
    expect(heard.get(session)).toEqual(seqs)
    const own = answered.filter((_, call) => call % 50 === at).flat()
    expect(own.map(({ seq }) => seq)).toEqual(seqs)
    const { lines } = await sessions.history(session, { limit: 100 })
    expect(lines.slice(2).map(({ body }) => (body as { text: string }).text)).toEqual(
      Array.from({ length: 20 }, (_, turn) => `turn ${turn * 50 + at}`),
    )
  }
  expect(await sessions.verify()).toMatchObject({ whole: true })
})

test('keys with colons, dots, slashes, emoji and 10,000 characters each have a file of their own, inside the folder', async () => {
  await using home = await temporaryFolder()
  const keys = [
    'agent:main:irc:net:%3Aa%3A',
    'agent:main:irc:net:..',
    'agent:main:irc:net:../../../etc/passwd',
    'agent:main:irc:net:🦞🦞',
    'agent:main:irc:net:🦞',
    'agent:..:irc:net:x',
    `agent:main:irc:net:${'🦞x'.repeat(5_000)}`,
    `agent:main:irc:net:${'🦞x'.repeat(5_000)}y`,
    'agent:main:irc:net:CON',
    'agent:main:irc:net:con',
    'not a key at all',
    '..',
    '',
  ]
  {
    await using storage = await openStorage(home.path)
    for (const session of keys)
      await storage.sessions.commit({ session, agent: 'main', drafts: [user(`of ${session}`)] })
  }
  await using storage = await openStorage(home.path)
  const files = new Set<string>()
  for (const session of keys) {
    const { seq, title } = await storage.sessions.open(session)
    expect([seq, title.slice(0, 20)]).toEqual([2, `of ${session}`.trim().slice(0, 20)])
    const info = await storage.sessions.info(session)
    expect(info?.key).toBe(session)
    files.add(info!.file)
  }
  expect(files.size).toBe(keys.length)
  const names = (await readdir(join(home.path, 'sessions'), { recursive: true })).filter((name) =>
    name.endsWith('.jsonl'),
  )
  expect(names).toHaveLength(keys.length)
  expect(names.every((name) => /^[a-z0-9_-]+\/[a-z0-9-]{1,60}\.jsonl$/.test(name))).toBe(true)
})

test('two keys of one file name have a file each', async () => {
  await using home = await temporaryFolder()
  const seen = new Map<string, string>()
  let pair: [string, string] | undefined
  for (let at = 0; !pair; at++) {
    const one = `agent:main:web:default:!${'!'.repeat(at % 7)}${String.fromCodePoint(0x4e00 + (at % 20_000))}${String.fromCodePoint(0x4e00 + Math.floor(at / 20_000))}`
    const name = journalName(one)
    const other = seen.get(name)
    if (other !== undefined && other !== one) pair = [other, one]
    seen.set(name, one)
  }
  {
    await using storage = await openStorage(home.path)
    for (const session of pair) await storage.sessions.commit({ session, agent: 'main', drafts: [user(session)] })
  }
  await using storage = await openStorage(home.path)
  for (const session of pair) {
    expect((await storage.sessions.open(session)).title).toBe(session)
    expect((await storage.sessions.history(session, { limit: 9 })).lines[0]?.body).toEqual({
      key: session,
      agent: 'main',
    })
  }
})

test('settings are folded over patches and checkpoints, null clears, and they survive loading', async () => {
  await using home = await temporaryFolder()
  const patch = (body: object) => ({ kind: 'settings', body }) as LineDraft
  {
    await using storage = await openStorage(home.path)
    const commit = (...drafts: LineDraft[]) => storage.sessions.commit({ session: key, agent: 'main', drafts })
    await commit(user('first words'), patch({ model: 'a/b', thinking: 'low', title: 'Named' }))
    await commit(patch({ thinking: null, queue: 'steer' }))
    expect((await storage.sessions.open(key)).settings).toEqual({ model: 'a/b', title: 'Named', queue: 'steer' })
    await commit(checkpoint(undefined, { model: 'a/b', queue: 'steer' }))
    await commit(patch({ model: 'c/d' }))
  }
  await using storage = await openStorage(home.path)
  const session = await storage.sessions.open(key)
  expect(session.settings).toEqual({ model: 'c/d', queue: 'steer' })
  expect(session.title).toBe('first words')
  expect(session.lines(0).map(({ kind }) => kind)).toEqual(['checkpoint', 'settings'])
})

test('the lowest role is that of the live lines only', async () => {
  await using home = await temporaryFolder()
  await using storage = await openStorage(home.path)
  const commit = (...drafts: LineDraft[]) => storage.sessions.commit({ session: key, agent: 'main', drafts })
  expect((await storage.sessions.open(key)).lowestRole).toBeUndefined()
  await commit(user('mine'))
  await commit({ ...user('theirs'), role: 'guest' })
  await commit({ ...user('known'), role: 'member' })
  expect((await storage.sessions.open(key)).lowestRole).toBe('guest')
  const [last] = await commit(user('mine again'))
  await commit(checkpoint(last!.id))
  expect((await storage.sessions.open(key)).lowestRole).toBe('owner')
})

test('a session that left the cache is read again, and one that is held stays one', async () => {
  await using home = await temporaryFolder()
  await using storage = await openStorage(home.path, { cacheBytes: 1 })
  const { sessions } = storage
  const held = await sessions.open(key)
  await sessions.commit({ session: key, agent: 'main', drafts: [user('one')] })
  for (let at = 0; at < 20; at++) {
    await sessions.commit({ session: `agent:main:web:default:${at}`, agent: 'main', drafts: [user(`${at}`)] })
  }
  await sessions.flush()
  await sessions.commit({ session: key, agent: 'main', drafts: [user('two')] })
  expect(held.seq).toBe(3)
  expect(await sessions.open(key)).toBe(held)
  for (let at = 0; at < 20; at++) expect((await sessions.open(`agent:main:web:default:${at}`)).title).toBe(`${at}`)
})

test('history answers lines before and after a sequence, from memory and from the file alike', async () => {
  await using home = await temporaryFolder()
  await using storage = await openStorage(home.path)
  const { sessions } = storage
  for (let at = 2; at <= 60; at++) {
    await sessions.commit({
      session: key,
      agent: 'main',
      drafts: [at === 50 ? checkpoint() : user(`${at} ${'x'.repeat(at * 100)}`)],
    })
  }
  const seqs = async (query: { before?: number; after?: number; limit: number }) => {
    const { lines, more } = await sessions.history(key, query)
    return [lines.map(({ seq }) => seq), more]
  }
  expect((await sessions.open(key)).first).toBe(50)
  expect(await seqs({ limit: 3 })).toEqual([[58, 59, 60], true])
  expect(await seqs({ limit: 100 })).toEqual([Array.from({ length: 60 }, (_, at) => at + 1), false])
  expect(await seqs({ before: 55, limit: 3 })).toEqual([[52, 53, 54], true])
  expect(await seqs({ before: 31, limit: 2 })).toEqual([[29, 30], true])
  expect(await seqs({ before: 3, limit: 5 })).toEqual([[1, 2], false])
  expect(await seqs({ before: 1, limit: 5 })).toEqual([[], false])
  expect(await seqs({ after: 0, limit: 2 })).toEqual([[1, 2], true])
  expect(await seqs({ after: 44, limit: 2 })).toEqual([[45, 46], true])
  expect(await seqs({ after: 57, limit: 5 })).toEqual([[58, 59, 60], false])
  expect(await seqs({ after: 57, limit: 3 })).toEqual([[58, 59, 60], false])
  expect(await seqs({ after: 60, limit: 5 })).toEqual([[], false])
  expect(await seqs({ after: 10, before: 13, limit: 5 })).toEqual([[11, 12], false])
})

test('a listener that throws is reported and does not keep others from hearing', async () => {
  await using home = await temporaryFolder()
  await using storage = await openStorage(home.path)
  const heard: string[] = []
  using _failing = storage.sessions.onLine(() => {
    throw new Error('deaf')
  })
  const listening = storage.sessions.onLine((_, line, text) => void heard.push(`${line.kind} ${JSON.parse(text).seq}`))
  await storage.sessions.commit({ session: key, agent: 'main', drafts: [user('one')] })
  listening[Symbol.dispose]()
  await storage.sessions.commit({ session: key, agent: 'main', drafts: [user('two')] })
  expect(heard).toEqual(['session 1', 'user 2'])
  expect(storage.log.said.join()).toContain('deaf')
})

test('R11: lines of a newer version and unknown kinds are kept, passed over, and followed', async () => {
  await using home = await temporaryFolder()
  {
    await using storage = await openStorage(home.path)
    await storage.sessions.commit({ session: key, agent: 'main', drafts: [user('one')] })
  }
  const folder = join(home.path, 'sessions', 'main')
  const path = join(folder, (await readdir(folder))[0]!)
  const { stampLine } = await import('../../src/sessions/line.ts')
  const unknown = stampLine({ kind: 'hologram', body: { x: 1 } } as unknown as LineDraft, {
    id: 'u3',
    seq: 3,
    at: 1,
    parent: 'p',
  }).text
  const before = `${await readFile(path, 'utf8')}${unknown}\n`
  await writeFile(path, before)
  await using storage = await openStorage(home.path)
  const session = await storage.sessions.open(key)
  expect(session.lines(2).map(({ kind, body }) => [kind, body])).toEqual([['hologram', { x: 1 }]])
  const [line] = await storage.sessions.commit({ session: key, agent: 'main', drafts: [user('two')] })
  expect([line!.seq, line!.parent]).toEqual([4, 'u3'])
  await storage.sessions.flush()
  expect((await readFile(path, 'utf8')).startsWith(before)).toBe(true)
  expect(await storage.sessions.verify(key)).toMatchObject({ whole: true })
})
