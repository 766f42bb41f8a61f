import { join } from 'node:path'
import type { Log as Report } from '@openclaw/sdk'
import type { FileHandle, Platform } from '../platform.ts'
import { eraseSegment } from './erase.ts'
import type { Ledger } from './ledger.ts'
import { encodeEntries, type Group } from './line.ts'
import { openLog } from './log.ts'
import { emptyFindings, readGroups, type Findings, type Refusals, type Segment } from './read.ts'
import { createState, type LedgerState } from './state.ts'

const segmentName = /^\d{12}\.log$/
const firstSegment = '000000000001.log'

/**
 * Opens the ledger of a folder, which is made when missing, and folds what stands in it. Damaged lines are skipped,
 * counted and reported; nothing of the original is changed. Rejects with node's error when the folder cannot be read.
 */
export async function openLedger(options: { folder: string; platform: Platform; log: Report }): Promise<Ledger> {
  const { folder, platform, log: report } = options
  const { files, clock } = platform
  await files.makeFolder(folder)
  const names = (await files.list(folder)).filter((name) => segmentName.test(name)).sort()
  const paths = (names.length > 0 ? names : [firstSegment]).map((name) => join(folder, name))
  const path = paths.at(-1)!
  const handle = await files.open(path, 'append')

  const sizes = new Map<string, number>()
  /** Reads the segments as far as they reached when the ledger was opened. */
  async function* read(refusals: Refusals, findings?: Findings, what?: 'promises'): AsyncGenerator<Group> {
    const segments: Segment[] = []
    try {
      for (const one of paths) segments.push({ handle: await files.open(one, 'read'), size: sizes.get(one)! })
      yield* readGroups(segments, refusals, findings, what)
    } finally {
      for (const { handle: one } of segments) await one[Symbol.asyncDispose]()
    }
  }

  try {
    for (const one of paths) sizes.set(one, (await files.stat(one))?.size ?? 0)
    // The name of a new log is on the disk before anything is promised in it.
    if (sizes.get(path) === 0) await handle.sync()
    const { state, findings } = await fold(read)
    reportFindings(findings, paths, report)
    const { followed } = state
    const torn = await endsTorn(handle, sizes.get(path)!)
    const log = openLog({
      handle,
      open: () => files.open(path, 'append'),
      name: path,
      last: findings.last,
      torn,
      clock,
    })

    const append: Ledger['append'] = (entries, settled) => {
      const at = clock.now()
      log.append(encodeEntries(entries), at, (refused, n) => {
        if (!refused) state.apply(entries, at, n)
        settled(refused)
      })
    }
    const commit: Ledger['commit'] = (entries) =>
      new Promise((resolve, reject) => append(entries, (refused) => (refused ? reject(refused) : resolve())))

    return {
      owed: state.owed,
      append,
      commit,
      seen: state.seen,
      outcome: state.outcome,
      get trouble() {
        return log.trouble
      },
      damaged: findings.damaged.length,
      async *lines() {
        // Where the record that says so is itself the last one, the journals have everything.
        if (followed > 0 && state.last === followed + 1) return
        for await (const { n, group } of read(findings.refusals)) {
          if (n <= followed) continue
          for (const record of group) {
            if (record.type === 'line' && n > (state.deleted.get(record.session) ?? 0)) yield record
          }
        }
      },
      deleted: new Set([...state.deleted].filter(([, n]) => n > followed).map(([session]) => session)),
      get last() {
        return state.last
      },
      async erase(erasure) {
        const { outbounds, dead, approvals } = state.owed
        if (erasure.whole) {
          const open = [...outbounds.values(), ...dead.values()]
            .filter(({ outbound }) => outbound.session === erasure.session)
            .map(({ outbound }) => ({
              type: 'cancelled' as const,
              outbound: outbound.id,
              reason: 'the session was erased',
            }))
          if (open.length > 0) await commit(open)
        }
        const closed = (id: string): boolean => !outbounds.has(id) && !dead.has(id) && !approvals.has(id)
        await log.pause(async () => {
          const known = { closed, deletedAt: state.deleted.get(erasure.session) ?? 0 }
          for (const one of paths) {
            const source = await files.open(one, 'read')
            try {
              await files.replace(one, eraseSegment({ handle: source, size: await source.size() }, erasure, known))
            } finally {
              await source[Symbol.asyncDispose]()
            }
          }
        })
      },
      [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
    }
  } catch (error) {
    await handle[Symbol.asyncDispose]()
    throw error
  }
}

interface Folded {
  readonly state: LedgerState
  readonly findings: Findings
}

type Read = (refusals: Refusals, findings: Findings, what: 'promises') => AsyncIterable<Group>

async function fold(read: Read): Promise<Folded> {
  const first = await foldOnce(read, [])
  // A refusal stands behind what it refuses, and is rare: only then the log is read twice.
  return first.findings.refusals.length === 0 ? first : foldOnce(read, first.findings.refusals)
}

async function foldOnce(read: Read, refusals: Refusals): Promise<Folded> {
  const state = createState()
  const findings = emptyFindings()
  for await (const { n, at, group } of read(refusals, findings, 'promises')) {
    state.apply(group, at, n)
  }
  return { state, findings }
}

async function endsTorn(handle: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false
  const last = await handle.read(size - 1, 1)
  return last[0] !== 0x0a
}

function reportFindings({ damaged, newer }: Findings, paths: readonly string[], report: Report): void {
  if (newer > 0) report.warn(`ledger: ${newer} lines of a newer version were kept and passed over`)
  const first = damaged[0]
  if (!first) return
  report.warn(
    `ledger: ${damaged.length} damaged lines were skipped, the first at byte ${first.offset} of ${paths[first.segment]}; the rest is whole`,
    { damaged: damaged.length },
  )
}
