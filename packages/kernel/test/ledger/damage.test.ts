import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { testPlatform } from '@openclaw/testing'
import { expect, test } from 'vitest'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { openLedger } from '../../src/ledger/open.ts'
import type { Files, Platform } from '../../src/platform.ts'
import { accept, faultyFiles, keepingLog, outbound, settle, temporaryFolder, type Fault } from '../storage.ts'

const segment = '000000000001.log'

function open(folder: string, files?: Files, log = keepingLog()): Promise<Ledger> {
  const platform: Platform = { ...testPlatform(folder), ...(files ? { files } : {}) }
  return openLedger({ folder, platform, log })
}

/** Three lines as three commits write them. */
async function threeLines(folder: string): Promise<Buffer> {
  await using ledger = await open(folder)
  for (const id of ['a', 'b', 'c']) await ledger.commit([accept(id, { session: `key of ${id}: ü 🦞` })])
  return readFile(join(folder, segment))
}

test(
  'R5: a log cut at any byte keeps every whole line, counts the torn one, and goes on',
  { timeout: 60_000 },
  async () => {
    await using home = await temporaryFolder()
    const path = join(home.path, segment)
    const whole = await threeLines(home.path)
    const ends = [...whole.keys()].filter((at) => whole[at] === 0x0a)
    for (let cut = 0; cut <= whole.length; cut++) {
      await writeFile(path, whole.subarray(0, cut))
      {
        await using ledger = await open(home.path)
        // A line is whole once its last brace is there, with or without its newline.
        const kept = ends.filter((end) => end <= cut).length
        expect([...ledger.owed.accepts.keys()], `cut at ${cut}`).toEqual(['a', 'b', 'c'].slice(0, kept))
        expect(ledger.damaged, `cut at ${cut}`).toBe(cut === 0 || whole[cut - 1] === 0x0a || ends.includes(cut) ? 0 : 1)
        await ledger.commit([accept('d')])
      }
      const after = await readFile(path)
      expect(after.subarray(0, cut)).toEqual(whole.subarray(0, cut))
      await using again = await open(home.path)
      expect([...again.owed.accepts.keys()].at(-1), `cut at ${cut}`).toBe('d')
    }
  },
)

test(
  'R5: random damage costs the lines it hits, is reported, and changes nothing else',
  { timeout: 60_000 },
  async () => {
    await using home = await temporaryFolder()
    const path = join(home.path, segment)
    const ids = Array.from({ length: 12 }, (_, at) => `id-${at}`)
    {
      await using ledger = await open(home.path)
      for (const id of ids) await ledger.commit([accept(id)])
    }
    const whole = await readFile(path)
    const lines = whole.toString().trimEnd().split('\n')
    const place = fc.integer({ min: 0, max: whole.length - 1 })
    const damage = fc.oneof(
      fc.record({ kind: fc.constant('flip' as const), at: place, bit: fc.integer({ min: 0, max: 7 }) }),
      fc.record({ kind: fc.constant('nul' as const), at: place, bit: fc.integer({ min: 1, max: 500 }) }),
      fc.record({
        kind: fc.constant('twice' as const),
        at: fc.integer({ min: 0, max: 11 }),
        bit: fc.integer({ min: 0, max: 11 }),
      }),
      fc.record({
        kind: fc.constant('swap' as const),
        at: fc.integer({ min: 0, max: 11 }),
        bit: fc.integer({ min: 0, max: 11 }),
      }),
    )
    await fc.assert(
      fc.asyncProperty(damage, async ({ kind, at, bit }) => {
        let bytes = Buffer.from(whole)
        const order = [...lines]
        if (kind === 'flip') bytes[at]! ^= 1 << bit
        if (kind === 'nul') bytes.fill(0, at, Math.min(bytes.length, at + bit))
        if (kind === 'twice') order.splice(bit, 0, lines[at]!)
        if (kind === 'swap') [order[at], order[bit]] = [order[bit]!, order[at]!]
        if (kind === 'twice' || kind === 'swap') bytes = Buffer.from(`${order.join('\n')}\n`)
        await writeFile(path, bytes)
        const log = keepingLog()
        await using ledger = await open(home.path, undefined, log)
        const expected = bytes
          .toString('latin1')
          .split('\n')
          .filter((line) => lines.includes(line))
        const kept = [...ledger.owed.accepts.keys()]
        expect(new Set(kept)).toEqual(new Set(expected.map((line) => JSON.parse(line).group[0].id)))
        expect(kept).toHaveLength(new Set(expected).size)
        if (kept.length < ids.length) {
          expect(ledger.damaged).toBeGreaterThan(0)
          expect(log.said.join()).toContain('damaged')
        }
        expect((await readFile(path)).subarray(0, bytes.length)).toEqual(bytes)
      }),
      { numRuns: 300 },
    )
  },
)

test('an acceptance that stands twice is not open again behind its settlement', async () => {
  await using home = await temporaryFolder()
  const path = join(home.path, segment)
  {
    await using ledger = await open(home.path)
    await ledger.commit([accept('a')])
    await ledger.commit([settle('r', 'a')])
  }
  const [first, second] = (await readFile(path, 'utf8')).split('\n')
  for (const order of [
    [first, second, first],
    [second, first],
  ]) {
    await writeFile(path, `${order.join('\n')}\n`)
    await using ledger = await open(home.path)
    expect(ledger.owed.accepts.size).toBe(0)
  }
})

/** The disk refuses the k-th append or sync, once or from then on. */
function faultAt(k: number, forever: boolean, bytes?: number): { fault: Fault; heal(): void } {
  let count = 0
  let healed = false
  return {
    heal: () => (healed = true),
    fault(operation) {
      if (operation === 'replace' || healed) return undefined
      count++
      const wrong = forever ? count >= k : count === k
      return wrong ? { error: 'ENOSPC', ...(bytes === undefined ? {} : { bytes }) } : undefined
    },
  }
}

test(
  'R6: a refused append or sync rejects with unavailable, nothing of it counts, and the next one goes through',
  { timeout: 60_000 },
  async () => {
    for (const forever of [false, true]) {
      for (let k = 2; k <= 21; k++) {
        await using home = await temporaryFolder()
        const { fault, heal } = faultAt(k, forever, k % 3 === 0 ? 60 : undefined)
        const files = faultyFiles(testPlatform(home.path).files, fault)
        const durable: string[] = []
        const refused: string[] = []
        {
          await using ledger = await open(home.path, files)
          for (let at = 0; at < 10; at++) {
            const id = `${at}`
            await ledger.commit([accept(id), outbound(id)]).then(
              () => durable.push(id),
              (error) => {
                expect(error).toMatchObject({ code: 'unavailable' })
                expect(ledger.trouble).toContain('ENOSPC')
                refused.push(id)
              },
            )
          }
          heal()
          await ledger.commit([accept('last')])
          durable.push('last')
          expect(ledger.trouble).toBeUndefined()
          expect([...ledger.owed.accepts.keys()]).toEqual(durable)
        }
        expect(refused.length).toBeGreaterThan(0)
        await using again = await open(home.path)
        expect([...again.owed.accepts.keys()], `fault ${k}, ${forever ? 'for ever' : 'once'}`).toEqual(durable)
        expect([...again.owed.outbounds.keys()]).toEqual(durable.filter((id) => id !== 'last'))
      }
    }
  },
)

test('R6: what waits behind a refused commit is refused with it, in order, before anybody commits anew', async () => {
  await using home = await temporaryFolder()
  const { fault } = faultAt(2, false)
  await using ledger = await open(home.path, faultyFiles(testPlatform(home.path).files, fault))
  const order: string[] = []
  const append = (id: string): Promise<void> =>
    new Promise((resolve) => {
      ledger.append([accept(id)], (refused) => {
        order.push(`${id} ${refused ? 'refused' : 'kept'}`)
        resolve()
      })
    })
  const first = append('a')
  const second = append('b')
  const anew = first.then(() => {
    order.push('anew')
    return ledger.commit([accept('c')])
  })
  await Promise.all([first, second])
  await anew
  expect(order).toEqual(['a refused', 'b refused', 'anew'])
  expect([...ledger.owed.accepts.keys()]).toEqual(['c'])
})
