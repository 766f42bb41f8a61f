import { hash } from 'node:crypto'
import { appendFile, cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fakeChannel, say, testKernel } from '@openclaw/testing'
import { describe, expect, it } from 'vitest'
import { readHouse, type Holds } from './holds.ts'

const homes = join(import.meta.dirname, '../homes')
const versions = (await readdir(homes, { withFileTypes: true }))
  .filter((one) => one.isDirectory())
  .map(({ name }) => name)

/** A copy of a home of some version, gone with the test. */
async function copyOf(version: string) {
  const folder = await mkdtemp(join(tmpdir(), 'openclaw-home-'))
  await cp(join(homes, version), folder, { recursive: true })
  const holds = JSON.parse(await readFile(join(homes, `${version}.json`), 'utf8')) as Holds
  return { path: folder, holds, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

/** Every append-only file of a home. */
async function logs(home: string): Promise<ReadonlyMap<string, Buffer>> {
  const names = await readdir(home, { recursive: true })
  const found = names.filter((name) => /\.(jsonl|log)$/.test(name) && !name.startsWith('logs')).sort()
  return new Map(await Promise.all(found.map(async (name) => [name, await readFile(join(home, name))] as const)))
}

const warnings = (home: string) =>
  readdir(join(home, 'logs'))
    .then((names) => Promise.all(names.map((name) => readFile(join(home, 'logs', name), 'utf8'))))
    .then((texts) =>
      texts
        .join('')
        .split('\n')
        .filter((line) => /"level":"(warn|error)"/.test(line)),
    )

describe.each(versions)('R11: a home of format %s', (version) => {
  it('opens with everything in it, goes on, and keeps every byte that it had', async () => {
    await using home = await copyOf(version)
    const before = await logs(home.path)
    const fake = fakeChannel()
    {
      await using house = await testKernel({
        home: home.path,
        plugins: [fake.plugin],
        script: () => say('welcome back'),
      })
      expect(await readHouse(house)).toEqual(home.holds)
      expect((await house.call('sessions.verify', {})).whole).toBe(true)
      expect(await warnings(home.path)).toEqual([])
      await fake.connected()
      await fake.say('are you there?')
      expect((await fake.waitSent(1)).text).toBe('welcome back')
      // What was said once is known.
      await fake.say('what do you see?', { event: 'm1' })
      expect((await house.call('status', {})).owed.accepts).toBe(0)
      for (const { run } of (await house.call('runs.parked', {})).runs) await house.call('runs.resume', { run })
      for (const { id } of (await house.call('deliveries.list', {})).deliveries)
        await house.call('deliveries.retry', { id }).catch(() => {})
      await fake.waitSent(1 + home.holds.parked.length + Object.values(home.holds.deliveries).flat().length)
    }
    const after = await logs(home.path)
    for (const [name, bytes] of before) {
      if (name.endsWith('.jsonl')) expect(after.get(name)!.subarray(0, bytes.length).equals(bytes), name).toBe(true)
    }
  })

  it('with lines, records and keys of a newer version opens too, and keeps them', async () => {
    await using home = await copyOf(version)
    const [journal] = (await readdir(join(home.path, 'sessions/main'))).filter((name) => name.startsWith('local'))
    const file = join(home.path, 'sessions/main', journal!)
    const seq = (await readFile(file, 'utf8')).trimEnd().split('\n').length + 1
    const head = `{"v":99,"id":"zz${seq}","seq":${seq},"at":1,"kind":"hologram","smell":"roses"`
    const body = '{"shape":[1,2,3]}'
    const newer = `${head},"body":${body},"sum":"${hash('sha256', head + hash('sha256', body)).slice(0, 16)}"}\n`
    await appendFile(file, newer)
    const group = `{"v":99,"n":100000,"at":1,"group":[{"type":"promise","of":"the future"}]`
    const segment = join(home.path, 'ledger', (await readdir(join(home.path, 'ledger'))).at(-1)!)
    await appendFile(segment, `${group},"sum":"${hash('sha256', group).slice(0, 16)}"}\n`)
    const config = join(home.path, 'openclaw.json')
    const text = (await readFile(config, 'utf8')).replace(/\}\s*$/, '  telepathy: { range: 7 },\n}\n')
    await rm(config)
    await appendFile(config, text)

    await using house = await testKernel({ home: home.path, plugins: [fakeChannel().plugin], script: () => say('yes') })
    expect((await house.call('sessions.verify', {})).whole).toBe(true)
    expect((await house.ask('still there?')).text).toBe('yes')
    await house.call('config.set', { path: 'agents.main.name', value: 'Other' })
    await house.kernel.close('the test is over')
    expect(await readFile(file, 'utf8')).toContain(newer)
    expect(await readFile(segment, 'utf8')).toContain(group)
    expect(await readFile(config, 'utf8')).toMatch(/wrote by hand[^]*Other[^]*telepathy: \{ range: 7 \}/)
  })
})

it('there is one of the format that is written today', () => {
  expect(versions).toContain('v1')
})
