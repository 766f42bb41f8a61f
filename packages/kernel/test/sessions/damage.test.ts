import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { testPlatform } from '@openclaw/testing'
import { expect, test } from 'vitest'
import { checkpoint, faultyFiles, openStorage, temporaryFolder, user, type Fault } from '../storage.ts'

const key = 'agent:main:telegram:default:user123'
const slow = { timeout: 60_000 }

async function journalOf(home: string): Promise<string> {
  const folder = join(home, 'sessions', 'main')
  return join(folder, (await readdir(folder))[0]!)
}

async function write(home: string, ...texts: string[]): Promise<Buffer> {
  await using storage = await openStorage(home)
  for (const text of texts) await storage.sessions.commit({ session: key, agent: 'main', drafts: [user(text)] })
  await storage.sessions.flush()
  return readFile(await journalOf(home))
}

/** A home as a process leaves it that is killed when all that was said is durable. */
async function killedAfter(home: string, ...texts: string[]): Promise<{ home: string; whole: Buffer; path: string }> {
  const left = join(home, 'left')
  await using storage = await openStorage(join(home, 'live'))
  for (const text of texts) await storage.sessions.commit({ session: key, agent: 'main', drafts: [user(text)] })
  await storage.sessions.flush()
  await cp(join(home, 'live'), left, { recursive: true })
  const path = await journalOf(left)
  return { home: left, path, whole: await readFile(path) }
}

test(
  'R5: a journal cut at any byte opens, keeps every whole line, and is followed on a line of its own',
  slow,
  async () => {
    await using home = await temporaryFolder()
    const whole = await write(home.path, 'one ü', 'two 🦞', 'three')
    const path = await journalOf(home.path)
    const ends = [...whole.keys()].filter((at) => whole[at] === 0x0a)
    for (let cut = ends[0]!; cut <= whole.length; cut++) {
      await rm(join(home.path, 'ledger'), { recursive: true, force: true })
      await writeFile(path, whole.subarray(0, cut))
      const kept = ends.filter((end) => end <= cut).length
      {
        await using storage = await openStorage(home.path)
        const session = await storage.sessions.open(key)
        expect(session.seq, `cut at ${cut}`).toBe(kept)
        expect(session.texts(0).join('\n'), `cut at ${cut}`).toBe(whole.subarray(0, ends[kept - 1]).toString())
        const [line] = await storage.sessions.commit({ session: key, agent: 'main', drafts: [user('after')] })
        expect(line!.seq).toBe(kept + 1)
        await storage.sessions.flush()
        const { journals } = await storage.sessions.verify(key)
        const torn = whole[cut - 1] !== 0x0a && !ends.includes(cut)
        expect(journals[0], `cut at ${cut}`).toMatchObject({
          intact: kept + 1,
          gaps: [],
          damaged: torn ? [expect.anything()] : [],
        })
      }
      const after = await readFile(path)
      expect(after.subarray(0, cut)).toEqual(whole.subarray(0, cut))
    }
  },
)

test(
  'R5: random damage to a journal costs the lines it hits, is reported, and changes nothing of the original',
  slow,
  async () => {
    await using home = await temporaryFolder()
    const texts = Array.from({ length: 10 }, (_, at) => `turn ${at} "quoted" \\ 🦞`)
    const whole = await write(home.path, ...texts)
    await rm(join(home.path, 'ledger'), { recursive: true })
    const path = await journalOf(home.path)
    const lines = whole.toString().trimEnd().split('\n')
    const line = fc.integer({ min: 1, max: lines.length - 1 })
    const place = fc.integer({ min: lines[0]!.length + 1, max: whole.length - 1 })
    const damage = fc.oneof(
      fc.record({ kind: fc.constant('flip' as const), at: place, by: fc.integer({ min: 0, max: 7 }) }),
      fc.record({ kind: fc.constant('nul' as const), at: place, by: fc.integer({ min: 1, max: 700 }) }),
      fc.record({ kind: fc.constant('twice' as const), at: line, by: line }),
      fc.record({ kind: fc.constant('swap' as const), at: line, by: line }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
        let bytes: Buffer = Buffer.from(whole)
        for (const { kind, at, by } of damages) {
          if (kind === 'flip') bytes[at]! ^= 1 << by
          else if (kind === 'nul') bytes.fill(0, at, Math.min(bytes.length, at + by))
          else {
            const order = bytes.toString('latin1').split('\n')
            if (kind === 'twice') order.splice(by, 0, order[at] ?? '')
            else [order[at], order[by]] = [order[by] ?? '', order[at] ?? '']
            bytes = Buffer.from(order.join('\n'), 'latin1')
          }
        }
        await writeFile(path, bytes)
        const found = bytes
          .toString()
          .split('\n')
          .filter((text) => lines.includes(text))
        const intact = lines.filter((text) => found.includes(text))
        await using storage = await openStorage(home.path)
        const session = await storage.sessions.open(key)
        expect(session.texts(0)).toEqual(intact)
        const { lines: history } = await storage.sessions.history(key, { limit: 100 })
        expect(history.map(({ seq }) => seq)).toEqual(intact.map((text) => JSON.parse(text).seq))
        const { journals, whole: isWhole } = await storage.sessions.verify(key)
        expect(isWhole).toBe(found.join() === lines.join() && journals[0]!.lines === lines.length)
        expect(await readFile(path)).toEqual(bytes)
      }),
      { numRuns: 200 },
    )
  },
)

test('R1: what the ledger has above a journal is appended at the next start, byte for byte', slow, async () => {
  await using folder = await temporaryFolder()
  const { home, whole, path } = await killedAfter(folder.path, 'one', 'two "quoted" \\ 🦞 \u2028', 'three')
  const ends = [0, ...[...whole.keys()].filter((at) => whole[at] === 0x0a).map((at) => at + 1)]
  const ledger = await readFile(join(home, 'ledger', '000000000001.log'))
  for (const end of [...ends, undefined]) {
    await writeFile(join(home, 'ledger', '000000000001.log'), ledger)
    if (end === undefined) await rm(path)
    else await writeFile(path, whole.subarray(0, end))
    await using storage = await openStorage(home)
    expect((await readFile(path)).toString()).toBe(whole.toString())
    expect((await storage.sessions.open(key)).seq).toBe(4)
    expect(await storage.sessions.verify()).toMatchObject({ whole: true })
  }
})

test('R2: the very first commit of a home is recovered when the kill came before its journal', async () => {
  await using folder = await temporaryFolder()
  const { home, whole, path } = await killedAfter(folder.path, 'the first and only one')
  await rm(path)
  await using storage = await openStorage(home)
  expect((await readFile(path)).toString()).toBe(whole.toString())
  expect((await storage.sessions.open(key)).seq).toBe(2)
})

test('a torn tail of a journal is followed by what the ledger has of it', async () => {
  await using folder = await temporaryFolder()
  const { home, whole, path } = await killedAfter(folder.path, 'one', 'two')
  const last = whole.lastIndexOf(0x0a, whole.length - 2) + 1
  const cut = whole.subarray(0, last + 20)
  await writeFile(path, cut)
  await using storage = await openStorage(home)
  expect((await readFile(path)).toString()).toBe(`${cut.toString()}\n${whole.subarray(last).toString()}`)
  expect((await storage.sessions.open(key)).texts(0)).toHaveLength(3)
})

test('a start after an orderly end compares no journal with the ledger, one after a kill those that were used', async () => {
  await using folder = await temporaryFolder()
  const { home } = await killedAfter(folder.path, 'one', 'two')
  const lines = async (): Promise<number> => {
    await using storage = await openStorage(home)
    return (await Array.fromAsync(storage.ledger.lines())).length
  }
  expect(await lines()).toBe(3)
  expect(await lines()).toBe(0)
  {
    await using storage = await openStorage(home)
    await storage.sessions.commit({ session: key, agent: 'main', drafts: [user('three')] })
  }
  expect(await lines()).toBe(0)
})

test(
  'R1: after thousands of lines the ledger notes by itself that the journals have them, and they do',
  slow,
  async () => {
    await using folder = await temporaryFolder()
    const left = join(folder.path, 'left')
    {
      await using storage = await openStorage(join(folder.path, 'live'))
      const many = Array.from({ length: 10_000 }, (_, at) => user(`turn ${at}`))
      await storage.sessions.commit({ session: key, agent: 'main', drafts: many })
      expect(storage.ledger.last).toBe(1)
      await expect.poll(() => storage.ledger.last, { timeout: 20_000 }).toBe(2)
      await storage.sessions.commit({ session: key, agent: 'main', drafts: [user('last')] })
      await cp(join(folder.path, 'live', 'ledger'), join(left, 'ledger'), { recursive: true })
      await cp(join(folder.path, 'live', 'sessions'), join(left, 'sessions'), { recursive: true })
    }
    await using storage = await openStorage(left)
    const lines = await Array.fromAsync(storage.ledger.lines(), ({ line }) => (line as { seq: number }).seq)
    expect(lines).toEqual([10_002])
    expect((await storage.sessions.open(key)).seq).toBe(10_002)
    expect(await storage.sessions.verify()).toMatchObject({ whole: true })
  },
)

test(
  'R6: a ledger that refuses leaves no gap: the sequence is given back, and what waited behind fails too',
  slow,
  async () => {
    for (const forever of [false, true]) {
      for (let k = 2; k <= 12; k++) {
        await using home = await temporaryFolder()
        let count = 0
        let healed = false
        const fault: Fault = (operation, path) => {
          if (operation === 'replace' || healed || !path.endsWith('.log')) return undefined
          count++
          return (forever ? count >= k : count === k) ? { error: 'ENOSPC', bytes: k % 2 === 0 ? 150 : 0 } : undefined
        }
        const platform = testPlatform(home.path)
        const durable: string[] = []
        {
          await using storage = await openStorage(home.path, {
            platform: { ...platform, files: faultyFiles(platform.files, fault) },
          })
          const commit = (text: string) =>
            storage.sessions.commit({ session: key, agent: 'main', drafts: [user(text)] }).then(
              (lines) => void durable.push(...lines.map(({ id }) => id)),
              (error) => expect(error).toMatchObject({ code: 'unavailable' }),
            )
          for (let at = 0; at < 4; at++) await Promise.all([commit(`${at} a`), commit(`${at} b`), commit(`${at} c`)])
          healed = true
          await commit('last')
          const session = await storage.sessions.open(key)
          expect(session.seq).toBe(durable.length + 1)
        }
        await using again = await openStorage(home.path)
        const session = await again.sessions.open(key)
        expect(
          session.lines(1).map(({ id }) => id),
          `fault ${k}`,
        ).toEqual(durable)
        expect(await again.sessions.verify(), `fault ${k}`).toMatchObject({ whole: true })
      }
    }
  },
)

test(
  'R6: a journal file that cannot be written is caught up later, without a double or a missing line',
  slow,
  async () => {
    for (const bytes of [0, 1, 100, 250, 600]) {
      await using home = await temporaryFolder()
      let broken = false
      const fault: Fault = (operation, path) =>
        broken && operation === 'append' && path.endsWith('.jsonl') ? { error: 'ENOSPC', bytes } : undefined
      const platform = testPlatform(home.path)
      const files = faultyFiles(platform.files, fault)
      await using storage = await openStorage(home.path, { platform: { ...platform, files } })
      const { sessions, log } = storage
      const commit = (text: string) => sessions.commit({ session: key, agent: 'main', drafts: [user(text)] })
      await commit('one')
      await sessions.flush()
      broken = true
      await Promise.all([commit('two'), commit('three'), commit('four')])
      await expect(sessions.flush()).rejects.toMatchObject({ code: 'unavailable' })
      expect(log.said.join()).toContain('ENOSPC')
      expect((await sessions.open(key)).seq).toBe(5)
      broken = false
      await platform.clock.advance(120_000)
      await commit('five')
      await sessions.flush()
      const { journals } = await sessions.verify(key)
      expect(journals[0]).toMatchObject({ intact: 6, gaps: [] })
      const { lines } = await sessions.history(key, { limit: 10 })
      expect(lines.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6])
    }
  },
)

test('a load from the last checkpoint gives what reading the whole file gives', slow, async () => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('turn' as const), length: fc.integer({ min: 0, max: 30_000 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('settings' as const), length: fc.integer({ min: 0, max: 9 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('checkpoint' as const), length: fc.integer({ min: -1, max: 5 }) }),
    },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 1, maxLength: 30 }),
      fc.constantFrom(40_000, 1 << 22),
      async (steps, windowBytes) => {
        await using home = await temporaryFolder()
        let memory: unknown
        const shot = async (storage: Awaited<ReturnType<typeof openStorage>>) => {
          const { seq, first, settings, origin, title, lowestRole, texts } = await storage.sessions.open(key)
          return { seq, first, settings, origin, title, lowestRole, texts: texts(0) }
        }
        {
          await using storage = await openStorage(home.path, { windowBytes })
          const { sessions } = storage
          for (const { kind, length } of steps) {
            const session = await sessions.open(key)
            const live = session.lines(0)
            const keep = live.at(-1 - length)?.id
            const draft =
              kind === 'turn'
                ? {
                    ...user(`{"kind":"checkpoint"} ${'x'.repeat(length)}`),
                    role: length % 2 ? ('owner' as const) : ('guest' as const),
                  }
                : kind === 'settings'
                  ? {
                      kind,
                      body: { model: `a/${length}`, ...(length > 5 ? { title: null } : { title: `t${length}` }) },
                    }
                  : checkpoint(length < 0 ? undefined : keep, session.settings)
            await sessions.commit({ session: key, agent: 'main', drafts: [draft] })
          }
          memory = await shot(storage)
        }
        await using storage = await openStorage(home.path, { windowBytes })
        expect(await shot(storage)).toEqual(memory)
      },
    ),
    { numRuns: 60 },
  )
})

test('a checkpoint whose kept line was moved by an erasure still finds it', async () => {
  await using home = await temporaryFolder()
  const ids: string[] = []
  {
    await using storage = await openStorage(home.path)
    const { sessions } = storage
    for (let at = 0; at < 6; at++) {
      ids.push(
        ...(await sessions.commit({ session: key, agent: 'main', drafts: [user(`${at} ${'x'.repeat(1_000)}`)] })).map(
          ({ id }) => id,
        ),
      )
    }
    await sessions.commit({ session: key, agent: 'main', drafts: [checkpoint(ids[3]!)] })
    await sessions.erase(key, [ids[0]!, ids[1]!])
    expect((await sessions.open(key)).first).toBe(5)
  }
  await using storage = await openStorage(home.path)
  const session = await storage.sessions.open(key)
  expect(session.first).toBe(5)
  expect(session.lines(0).map(({ seq }) => seq)).toEqual([5, 6, 7, 8])
})
