import { cp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LineDraft } from '@openclaw/protocol'
import { expect, test } from 'vitest'
import { accept, checkpoint, openStorage, outbound, settle, temporaryFolder, user, type Storage } from '../storage.ts'

const key = 'agent:main:telegram:default:user123'
const other = 'agent:main:telegram:default:other'

/** All bytes of a home, the index and its side files among them. */
async function everything(home: string): Promise<string> {
  const names = await readdir(home, { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n')
}

function assistant(run: string, text: string): LineDraft<'assistant'> {
  const usage = { input: 10, cached: 1, output: 5, costUsd: 0.5 }
  return { kind: 'assistant', body: { run, model: 'a/b', content: [{ type: 'text', text }], stop: 'end', usage } }
}

test('erased lines are digests in journal, ledger and index: the text is off the disk, and everything verifies', async () => {
  await using home = await temporaryFolder()
  {
    await using storage = await openStorage(home.path)
    const { sessions, ledger } = storage
    const [line] = await sessions.commit({
      session: key,
      agent: 'main',
      drafts: [user('my canarysecret is here')],
      records: ([first]) => [accept('a', { session: key, line: first!.id })],
    })
    const [answer] = await sessions.commit({
      session: key,
      agent: 'main',
      drafts: [assistant('r1', 'you said canarysecret')],
      records: () => [settle('r1', 'a'), outbound('o', { session: key, run: 'r1', text: 'you said canarysecret' })],
    })
    await ledger.commit([{ type: 'sent', outbound: 'o', chunk: 0, receipt: { messages: ['m'] }, last: true }])
    await sessions.commit({ session: key, agent: 'main', drafts: [user('this stays')] })
    expect((await sessions.list({ search: 'canarysecret', limit: 9, offset: 0 })).total).toBe(1)
    expect(await everything(home.path)).toContain('canarysecret')

    expect(await sessions.erase(key, [line!.id, answer!.id])).toBe(2)
    expect(await sessions.erase(key, [line!.id])).toBe(0)

    expect(await everything(home.path)).not.toContain('canarysecret')
    expect((await sessions.list({ search: 'canarysecret', limit: 9, offset: 0 })).total).toBe(0)
    expect((await sessions.list({ search: 'stays', limit: 9, offset: 0 })).total).toBe(1)
    const session = await sessions.open(key)
    expect(session.lines(0).map(({ seq, erased }) => [seq, erased !== undefined])).toEqual([
      [1, false],
      [2, true],
      [3, true],
      [4, false],
    ])
    expect(session.title).toBe('this stays')
    const { journals, whole } = await sessions.verify(key)
    expect([whole, journals[0]!.erased, journals[0]!.intact]).toEqual([true, 2, 2])
    const [next] = await sessions.commit({ session: key, agent: 'main', drafts: [user('after')] })
    expect(next!.seq).toBe(5)
  }
  await using again = await openStorage(home.path)
  expect(again.ledger.damaged).toBe(0)
  expect(again.ledger.outcome('a')).toMatchObject({ outcome: 'answered' })
  expect((await again.sessions.open(key)).seq).toBe(5)
  expect(await again.sessions.verify()).toMatchObject({ whole: true })
})

test('erasing a whole session leaves its key and its model, and nothing that was said, sent or asked', async () => {
  await using home = await temporaryFolder()
  {
    await using storage = await openStorage(home.path)
    const { sessions, ledger } = storage
    const commit = (session: string, ...drafts: LineDraft[]) => sessions.commit({ session, agent: 'main', drafts })
    const said = { ...checkpoint(), body: { ...checkpoint().body, summary: 'canarysecret', notes: ['canarysecret'] } }
    await commit(key, user('canarysecret'), { kind: 'settings', body: { model: 'a/b' } }, said)
    await commit(
      key,
      { kind: 'settings', body: { title: 'canarysecret', model: 'a/b' } },
      { kind: 'settings', body: { model: 'c/d' } },
    )
    await commit(other, user('the words of another'))
    await ledger.commit([
      outbound('owed', { session: key, text: 'canarysecret' }),
      outbound('dead', { session: key, text: 'canarysecret', choices: [{ id: '1', label: 'canarysecret' }] }),
      outbound('others', { session: other, text: 'for another' }),
      { type: 'dead', outbound: 'dead', failure: { code: 'forbidden', message: 'blocked' } },
    ])
    expect(await sessions.erase(key)).toBe(3)
    expect(await everything(home.path)).not.toContain('canarysecret')
    expect([...ledger.owed.outbounds.keys(), ...ledger.owed.dead.keys()]).toEqual(['others'])
    expect((await sessions.open(key)).settings).toEqual({ model: 'c/d' })
    expect(await sessions.verify()).toMatchObject({ whole: true })
  }
  await using again = await openStorage(home.path)
  expect((await again.sessions.open(other)).title).toBe('the words of another')
  expect((await again.sessions.open(key)).settings).toEqual({ model: 'c/d' })
  expect(await everything(home.path)).toContain('for another')
})

test('damaged bytes that name an erased line go too, and stay visible as damage', async () => {
  await using home = await temporaryFolder()
  let id = ''
  {
    await using storage = await openStorage(home.path)
    const lines = await storage.sessions.commit({
      session: key,
      agent: 'main',
      drafts: [user('canarysecret'), user('kept')],
    })
    id = lines[0]!.id
  }
  const journal = join(home.path, 'sessions', 'main', (await readdir(join(home.path, 'sessions', 'main')))[0]!)
  const log = join(home.path, 'ledger', '000000000001.log')
  for (const path of [journal, log])
    await writeFile(path, (await readFile(path, 'utf8')).replace('canarysecret', 'canarysecreT'))
  await using storage = await openStorage(home.path)
  expect(await storage.sessions.erase(key, [id])).toBe(0)
  expect(await everything(home.path)).not.toContain('canarysecreT')
  const { journals } = await storage.sessions.verify(key)
  expect(journals[0]).toMatchObject({ intact: 2, damaged: [{ line: 2 }] })
})

test('what is committed while lines are erased is neither lost nor erased', async () => {
  await using home = await temporaryFolder()
  {
    await using storage = await openStorage(home.path)
    const { sessions } = storage
    const commit = (text: string) => sessions.commit({ session: key, agent: 'main', drafts: [user(text)] })
    await commit('canarysecret')
    const erasing = sessions.erase(key)
    const during = Array.from({ length: 50 }, (_, at) => commit(`during ${at}`))
    await Promise.all([erasing, ...during])
    await commit('after')
    const session = await sessions.open(key)
    expect(session.lines(2).flatMap(({ body }) => (body ? [(body as { text: string }).text] : []))).toEqual([
      ...Array.from({ length: 50 }, (_, at) => `during ${at}`),
      'after',
    ])
  }
  await using again = await openStorage(home.path)
  expect((await again.sessions.open(key)).seq).toBe(53)
  expect(await again.sessions.verify()).toMatchObject({ whole: true })
  expect(await everything(home.path)).not.toContain('canarysecret')
})

test('a deleted session is gone from journal, ledger and index, does not come back, and may begin anew', async () => {
  await using home = await temporaryFolder()
  {
    await using storage = await openStorage(home.path)
    const { sessions } = storage
    await sessions.commit({ session: key, agent: 'main', drafts: [user('canarysecret')] })
    await sessions.commit({ session: other, agent: 'main', drafts: [user('stays')] })
    expect((await sessions.list({ limit: 9, offset: 0 })).total).toBe(2)
    await sessions.delete(key)
    expect(await everything(home.path)).not.toContain('canarysecret')
    expect((await sessions.list({ limit: 9, offset: 0 })).sessions.map((info) => info.key)).toEqual([other])
    await expect(sessions.delete(key)).rejects.toMatchObject({ code: 'not_found' })
    await expect(sessions.erase(key)).rejects.toMatchObject({ code: 'not_found' })
    await expect(sessions.verify(key)).rejects.toMatchObject({ code: 'not_found' })
  }
  {
    await using storage = await openStorage(home.path)
    expect((await storage.sessions.open(key)).seq).toBe(0)
    expect((await readdir(join(home.path, 'sessions', 'main'))).filter((name) => name.endsWith('.jsonl'))).toHaveLength(
      1,
    )
    await storage.sessions.commit({ session: key, agent: 'main', drafts: [user('anew')] })
  }
  await using storage = await openStorage(home.path)
  expect((await storage.sessions.open(key)).texts(0).map((text) => JSON.parse(text).seq)).toEqual([1, 2])
  expect(await storage.sessions.verify()).toMatchObject({ whole: true })
})

test('a commit behind a deletion begins a new journal, also when it was called before the file was gone', async () => {
  await using home = await temporaryFolder()
  {
    await using storage = await openStorage(home.path)
    const { sessions } = storage
    await sessions.commit({ session: key, agent: 'main', drafts: [user('old')] })
    const deleting = sessions.delete(key)
    const [line] = await sessions.commit({ session: key, agent: 'main', drafts: [user('new')] })
    await deleting
    expect(line!.seq).toBe(2)
  }
  await using again = await openStorage(home.path)
  const session = await again.sessions.open(key)
  expect(session.lines(1).map(({ body }) => body)).toEqual([{ text: 'new' }])
})

test('a journal that outlived its deletion, as after a crash between the two, is removed at the next start', async () => {
  await using home = await temporaryFolder()
  const left = async (storage: Storage, name: string): Promise<string> => {
    await storage.sessions.flush()
    await cp(join(home.path, 'live'), join(home.path, name), { recursive: true })
    const folder = join(home.path, name, 'sessions', 'main')
    await writeFile(join(folder, name0), old)
    return join(home.path, name)
  }
  await using storage = await openStorage(join(home.path, 'live'))
  await storage.sessions.commit({ session: key, agent: 'main', drafts: [user('old')] })
  await storage.sessions.flush()
  const folder = join(home.path, 'live', 'sessions', 'main')
  const name0 = (await readdir(folder))[0]!
  const old = await readFile(join(folder, name0))
  await storage.sessions.delete(key)
  {
    await using again = await openStorage(await left(storage, 'deleted'))
    expect((await again.sessions.open(key)).seq).toBe(0)
  }
  await storage.sessions.commit({ session: key, agent: 'main', drafts: [user('new')] })
  await using again = await openStorage(await left(storage, 'begun-anew'))
  expect((await again.sessions.open(key)).lines(1).map(({ body }) => body)).toEqual([{ text: 'new' }])
})
