import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { LedgerRecord } from '@openclaw/protocol'
import { openLedger } from '../../src/ledger/open.ts'
import { anyDamage, damaged, filesOn, intactLines, memoryPlatform } from '../damage.ts'
import { accept, keepingLog, outbound, settle } from '../storage.ts'

const folder = '/home/ledger'
const runs = { numRuns: 10_000 }

type Files = Readonly<Record<string, Buffer>>

/** A ledger of so many messages, of which each third stays open, as it stands on the disk. */
async function written(count: number, segmentBytes: number): Promise<Files> {
  const platform = memoryPlatform()
  {
    await using ledger = await openLedger({ folder, platform, log: keepingLog(), segmentBytes })
    for (let at = 0; at < count; at++) {
      await ledger.commit([accept(`a${at}`)])
      if (at % 3 !== 0) await ledger.commit([settle(`r${at}`, `a${at}`), outbound(`o${at}`)])
      if (at === 7) await ledger.commit([{ type: 'followed', upto: ledger.last }])
    }
  }
  return filesOn(platform.disk)
}

interface Read {
  readonly accepts: readonly string[]
  readonly damaged: number
  readonly said: string
  readonly after: Files
}

async function read(files: Files): Promise<Read> {
  const platform = memoryPlatform(files)
  const log = keepingLog()
  const ledger = await openLedger({ folder, platform, log, segmentBytes: 1 << 30 })
  const after = filesOn(platform.disk)
  return { accepts: [...ledger.owed.accepts.keys()], damaged: ledger.damaged, said: log.said.join(), after }
}

/** What lines promise, folded as simply as can be. */
function openOf(lines: readonly string[]): ReadonlySet<string> {
  const records = lines.flatMap((line) => (JSON.parse(line) as { group: LedgerRecord[] }).group)
  const open = new Set(records.flatMap((record) => (record.type === 'accept' ? [record.id] : [])))
  for (const record of records) if (record.type === 'settle') for (const id of record.accepts) open.delete(id)
  return open
}

test(
  'R5: 10,000 random damages of a ledger cost the lines they hit and nothing else',
  { timeout: 120_000 },
  async () => {
    const files = await written(9, 1 << 30)
    const [path, whole] = Object.entries(files)[0]!
    await fc.assert(
      fc.asyncProperty(anyDamage, async (damage) => {
        const bytes = damaged(whole, damage)
        const { accepts, said, after, ...found } = await read({ [path]: bytes })
        const intact = intactLines(whole, bytes)
        expect(new Set(accepts)).toEqual(openOf(intact))
        expect(after[path]!.subarray(0, bytes.length)).toEqual(bytes)
        const lines = bytes.toString('latin1').split('\n').filter(Boolean)
        const hurt = lines.filter((line) => !intact.includes(line)).length
        expect(found.damaged).toBe(hurt)
        if (hurt > 0) expect(said).toContain('damaged')
      }),
      runs,
    )
  },
)

test(
  'R5: 10,000 random damages of a ledger of segments lose nothing that stands in it',
  { timeout: 120_000 },
  async () => {
    const files = await written(16, 2000)
    const paths = Object.keys(files).sort()
    expect(paths.length).toBeGreaterThan(1)
    const untouched = await read(files)
    const open = new Set(untouched.accepts)
    await fc.assert(
      fc.asyncProperty(anyDamage, fc.nat({ max: paths.length - 1 }), async (damage, at) => {
        const path = paths[at]!
        const bytes = damaged(files[path]!, damage)
        const { accepts, after } = await read({ ...files, [path]: bytes })
        expect(after[path]!.subarray(0, bytes.length)).toEqual(bytes)
        // Every segment begins with what was open: only what began in the damaged one may be missed.
        const others = paths.filter((one) => one !== path).flatMap((one) => files[one]!.toString('latin1').split('\n'))
        const standing = openOf([...others.filter(Boolean), ...intactLines(files[path]!, bytes)])
        const lost = [...open].filter((id) => standing.has(id) && !accepts.includes(id))
        expect(lost).toEqual([])
      }),
      runs,
    )
  },
)
