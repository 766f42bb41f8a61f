import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SessionInfo, type LineDraft } from '@openclaw/protocol'
import { Value } from 'typebox/value'
import { expect, test } from 'vitest'
import { checkpoint, openStorage, temporaryFolder, user, type Storage } from '../storage.ts'

const all = { limit: 100, offset: 0 }

function keyOf(peer: string, agent = 'main', channel = 'telegram'): string {
  return `agent:${agent}:${channel}:default:${peer}`
}

async function say(storage: Storage, key: string, ...drafts: LineDraft[]): Promise<void> {
  const agent = key.split(':')[1]!
  await storage.sessions.commit({ session: key, agent, drafts })
}

async function keys(storage: Storage, query: object = {}): Promise<string[]> {
  return (await storage.sessions.list({ ...all, ...query })).sessions.map(({ key }) => key)
}

test('no index is made before it is used', async () => {
  await using home = await temporaryFolder()
  {
    await using storage = await openStorage(home.path)
    await say(storage, keyOf('a'), user('x'))
  }
  expect(await readdir(join(home.path, 'sessions'))).toEqual(['main'])
})

test('the index and what SQLite puts beside it are for their owner alone', async () => {
  await using home = await temporaryFolder()
  await using storage = await openStorage(home.path)
  await say(storage, keyOf('a'), user('x'))
  await storage.sessions.list(all)
  const folder = join(home.path, 'sessions')
  const names = (await readdir(folder)).filter((name) => name.startsWith('index.'))
  expect(names.toSorted()).toEqual(['index.sqlite', 'index.sqlite-shm', 'index.sqlite-wal'])
  for (const name of names) expect([name, (await stat(join(folder, name))).mode & 0o777]).toEqual([name, 0o600])
})

test('a list has the last used session first, with what its journal says', async () => {
  await using home = await temporaryFolder()
  await using storage = await openStorage(home.path)
  const { clock } = storage.platform as Storage['platform'] & { clock: { advance(ms: number): Promise<void> } }
  const origin = { channel: 'telegram', account: 'default', peer: { kind: 'direct' as const, id: 'a' } }
  await say(storage, keyOf('a'), { ...user('Hello there'), origin })
  await clock.advance(1_000)
  await say(storage, keyOf('b'), user('Later'), { kind: 'settings', body: { title: 'Named', model: 'x/y' } })
  const usage = { input: 100, cached: 50, output: 10, costUsd: 0.25 }
  const answer = { kind: 'assistant', body: { run: 'r', model: 'x/y', content: [], stop: 'end', usage } } as LineDraft
  await say(storage, keyOf('b'), answer, checkpoint(undefined, { model: 'x/y', title: 'Named' }), answer)
  const { sessions, total } = await storage.sessions.list(all)
  expect(total).toBe(2)
  expect(sessions.every((info) => Value.Check(SessionInfo, info))).toBe(true)
  expect(sessions[0]).toMatchObject({
    key: keyOf('b'),
    agent: 'main',
    channel: 'telegram',
    account: 'default',
    peer: { kind: 'direct', id: 'b' },
    title: 'Named',
    lines: 6,
    damaged: 0,
    running: false,
    settings: { model: 'x/y', title: 'Named' },
    usage: { input: 200, cached: 100, output: 20, costUsd: 0.5 },
  })
  expect(sessions[1]).toMatchObject({ key: keyOf('a'), title: 'Hello there', lines: 2 })
  expect(sessions[0]!.updatedAt - sessions[1]!.updatedAt).toBe(1_000)
  expect(await storage.sessions.info(keyOf('a'))).toEqual(sessions[1])
  expect(await storage.sessions.info(keyOf('nobody'))).toBeUndefined()
})

test('a list follows what was committed since, filters by agent and channel, and goes by pages', async () => {
  await using home = await temporaryFolder()
  await using storage = await openStorage(home.path)
  expect(await keys(storage)).toEqual([])
  for (const peer of ['a', 'b', 'c']) await say(storage, keyOf(peer), user(peer))
  await say(storage, keyOf('d', 'work'), user('d'))
  await say(storage, keyOf('e', 'work', 'irc'), user('e'))
  expect(new Set(await keys(storage))).toEqual(
    new Set([...'abc'].map((peer) => keyOf(peer)).concat(keyOf('d', 'work'), keyOf('e', 'work', 'irc'))),
  )
  expect(new Set(await keys(storage, { agent: 'work' }))).toEqual(
    new Set([keyOf('d', 'work'), keyOf('e', 'work', 'irc')]),
  )
  expect(await keys(storage, { channel: 'irc' })).toEqual([keyOf('e', 'work', 'irc')])
  expect(await keys(storage, { channel: 'irc', agent: 'main' })).toEqual([])
  const pages = [
    await keys(storage, { limit: 2, offset: 0 }),
    await keys(storage, { limit: 2, offset: 2 }),
    await keys(storage, { limit: 2, offset: 4 }),
  ]
  expect(pages.map((page) => page.length)).toEqual([2, 2, 1])
  expect(new Set(pages.flat()).size).toBe(5)
})

test('a search finds the words of titles, people, answers and notes, and takes nothing for syntax', async () => {
  await using home = await temporaryFolder()
  await using storage = await openStorage(home.path)
  await say(storage, keyOf('a'), user('The quick brown Füchse'), { kind: 'settings', body: { title: 'Zoology' } })
  await say(storage, keyOf('b'), {
    kind: 'assistant',
    body: {
      run: 'r',
      model: 'm',
      content: [
        { type: 'thinking', text: 'hidden' },
        { type: 'text', text: 'a lazy dog' },
      ],
      stop: 'end',
    },
  })
  await say(storage, keyOf('c'), { kind: 'note', body: { text: 'noted: 猫 lives' } })
  const find = (search: string): Promise<string[]> => keys(storage, { search })
  expect(await find('quick')).toEqual([keyOf('a')])
  expect(await find('QUI fuch')).toEqual([keyOf('a')])
  expect(await find('zoolo')).toEqual([keyOf('a')])
  expect(await find('lazy')).toEqual([keyOf('b')])
  expect(await find('猫')).toEqual([keyOf('c')])
  expect(await find('hidden')).toEqual([])
  expect(await find('quick OR lazy')).toEqual([])
  for (const odd of ['"', '*', 'NEAR(', "'; DROP TABLE sessions; --", '-', 'text:', '^', '']) await find(odd)
  expect((await keys(storage)).length).toBe(3)
})

test('an index that is missing, damaged, old, or behind the journals is made right at its next use', async () => {
  await using home = await temporaryFolder()
  const path = join(home.path, 'sessions', 'index.sqlite')
  {
    await using storage = await openStorage(home.path)
    await say(storage, keyOf('a'), user('apple'))
    expect(await keys(storage)).toEqual([keyOf('a')])
  }
  {
    await using storage = await openStorage(home.path)
    await say(storage, keyOf('b'), user('banana'))
  }
  const check = async (): Promise<void> => {
    await using storage = await openStorage(home.path)
    await expect.poll(() => keys(storage)).toHaveLength(2)
    expect(await keys(storage, { search: 'banana' })).toEqual([keyOf('b')])
  }
  await check()
  await rm(path)
  await check()
  await writeFile(path, 'this is no database')
  await check()
  await writeFile(path, Buffer.alloc(100_000))
  await check()
})

test('a journal that was put in or taken away by hand while no gateway ran is noticed', async () => {
  await using home = await temporaryFolder()
  const folder = join(home.path, 'sessions', 'main')
  {
    await using storage = await openStorage(home.path)
    for (const peer of ['a', 'b', 'c']) await say(storage, keyOf(peer), user(peer))
    expect(await keys(storage)).toHaveLength(3)
  }
  await rm(join(home.path, 'ledger'), { recursive: true })
  const name = (await readdir(folder)).find((file) => file.includes('default-b-'))!
  await rm(join(folder, name))
  await using storage = await openStorage(home.path)
  await expect.poll(() => keys(storage)).toHaveLength(2)
  expect(await keys(storage, { search: 'b' })).toEqual([])
})

test('a journal of thousands of lines is indexed wholly, in slices, with its damage counted', async () => {
  await using home = await temporaryFolder()
  await using storage = await openStorage(home.path)
  await say(storage, keyOf('a'), ...Array.from({ length: 3_000 }, (_, at) => user(`word${at} end`)))
  let turns = 0
  let listening = true
  const count = (): void => void (listening && (turns++, setImmediate(count)))
  setImmediate(count)
  const { sessions } = await storage.sessions.list(all)
  listening = false
  expect(sessions[0]).toMatchObject({ lines: 3_001, damaged: 0 })
  expect(turns).toBeGreaterThan(20)
  expect(await keys(storage, { search: 'word2999' })).toEqual([keyOf('a')])
})

test('an index that is found damaged while it is used is made anew', async () => {
  await using home = await temporaryFolder()
  const path = join(home.path, 'sessions', 'index.sqlite')
  {
    await using storage = await openStorage(home.path)
    for (let at = 0; at < 50; at++) await say(storage, keyOf(`p${at}`), user(`word${at} ${'x'.repeat(500)}`))
    expect(await keys(storage)).toHaveLength(50)
  }
  // The first page, which opening reads, is whole; what stands behind it is not.
  const bytes = await readFile(path)
  await writeFile(path, bytes.fill(0x55, 4_096))
  await using storage = await openStorage(home.path)
  await expect.poll(() => keys(storage)).toHaveLength(50)
  expect(await keys(storage, { search: 'word49' })).toEqual([keyOf('p49')])
})
