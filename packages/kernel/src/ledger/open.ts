import type { Log as Report } from '@openclaw/sdk'
import type { Files, Platform } from '../platform.ts'
import { eraseSegment } from './erase.ts'
import type { Ledger } from './ledger.ts'
import { encodeEntries, encodeGroup } from './line.ts'
import { openLog } from './log.ts'
import { emptyFindings, type Findings, type Refusals } from './read.ts'
import { findSegments, pathAfter, readSegments, type SegmentFile } from './segments.ts'
import { createState, type LedgerState } from './state.ts'
import { appendAnew } from './tail.ts'

/** A segment is ended when it has so many bytes: a start after a crash reads at most one of them. */
const segmentBytes = 4 << 20
/** At an orderly end so much may stand behind the head without a new one being made for the next start. */
const tailBytes = 256 << 10

/**
 * Opens the ledger of a folder, which is made when missing, and folds what stands in it since the last whole head.
 * Damaged lines are skipped, counted and reported; nothing of the original is changed. Rejects with node's error when
 * the folder cannot be read.
 */
export async function openLedger(options: {
  folder: string
  platform: Platform
  log: Report
  segmentBytes?: number
}): Promise<Ledger> {
  const { folder, platform, log: report } = options
  const { files, clock } = platform
  await files.makeFolder(folder)
  const found = await findSegments(files, folder)
  if (found.length === 0) found.push({ path: pathAfter(folder, undefined), size: 0 })
  // What a head says is folded once, and may be large.
  const opened = found.map(({ head, ...one }) => ({ ...one, ...(head ? { head: { ...head, groups: [] } } : {}) }))
  let segments: readonly SegmentFile[] = opened
  const current = () => segments.at(-1)!
  const handle = await files.open(current().path, 'append')

  try {
    const { state, findings } = await fold(files, found)
    reportFindings(findings, opened, report)
    const { followed } = state
    // The last record of an orderly end says that the journals have all that stands before it, so that is on the disk.
    const ended = state.last === (followed === 0 ? 0 : followed + 1)
    const { size, head } = current()
    // What a killed process wrote can be read before it is on the disk, and the name of its file too: neither may count
    // until it is.
    const [anew] = await Promise.all([
      ended ? handle.sync().then(() => 0) : appendAnew({ handle, size }, head?.bytes ?? 0),
      files.syncFolder(folder),
    ])
    const log = openLog({
      handle,
      open: () => files.open(current().path, 'append'),
      name: () => current().path,
      last: state.last,
      // How it ends now is not how it ends when what was last written is lost.
      torn: size > 0 && anew === 0,
      clock,
    })
    let bytes = size + anew
    let headBytes = head?.bytes ?? 0
    let ending: Promise<void> | undefined
    let closed = false

    /** Begins a segment with everything that is open and known, and lets go of those that nobody needs any more. */
    async function begin(): Promise<void> {
      const path = pathAfter(folder, current())
      const at = clock.now()
      const head = state.head().map((records) => `${encodeGroup(state.last, at, encodeEntries(records))}\n`)
      const text = Buffer.from(head.join(''))
      try {
        await using next = await files.open(path, 'append')
        await next.append(text)
        await next.sync()
      } catch (error) {
        await files.remove(path).catch(() => {})
        throw error
      }
      segments = [...segments, { path, size: text.length, head: { upto: state.last, groups: [], bytes: text.length } }]
      bytes = headBytes = text.length
      await drop()
    }

    /** Removes segments whose lines are in their journals. One before the last stays, should that one's head be damaged. */
    async function drop(): Promise<void> {
      while (droppable()) {
        await files.remove(segments[0]!.path)
        segments = segments.slice(1)
      }
    }
    let holds = 0
    const droppable = () =>
      holds === 0 && segments.length > 2 && (segments[1]!.head?.upto ?? Infinity) <= state.followed

    const end = (work: () => Promise<void>): void => {
      ending ??= log
        .pause(work)
        .catch((error: unknown) => {
          // The segment goes on as it is; the next try comes when as much again stands in it.
          bytes = 0
          report.warn('ledger: a new segment could not be begun', { error: String(error) })
        })
        .finally(() => (ending = undefined))
    }

    const append: Ledger['append'] = (entries, settled) => {
      const at = clock.now()
      const records = encodeEntries(entries)
      log.append(records, at, (refused, n) => {
        if (!refused) {
          state.apply(entries, at, n)
          bytes += records.length + 64
        }
        settled(refused)
        if (closed || ending) return
        // A head that is large is not written again for little.
        if (bytes > Math.max(options.segmentBytes ?? segmentBytes, 4 * headBytes)) end(begin)
        else if (droppable()) end(drop)
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
        if (ended) return
        const from = opened.findLastIndex(({ head }) => head && head.upto <= followed)
        const after = from < 0 ? 0 : opened[from]!.head!.upto
        const { refusals } = findings
        for await (const { n, group } of readSegments(files, opened.slice(Math.max(from, 0)), { refusals, after })) {
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
      get followed() {
        return state.followed
      },
      async hold() {
        const noted: { path: string; size: number }[] = []
        holds++
        try {
          await log.pause(async () => {
            for (const { path } of segments) noted.push({ path, size: (await files.stat(path))?.size ?? 0 })
          })
        } catch (error) {
          holds--
          throw error
        }
        return { files: noted, [Symbol.dispose]: () => void holds-- }
      },
      async erase(erasure) {
        const { outbounds, dead, approvals, handovers, parts } = state.owed
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
        const isClosed = (id: string): boolean =>
          [outbounds, dead, approvals, handovers, parts].every((open) => !open.has(id))
        await log.pause(async () => {
          const known = { closed: isClosed, deletedAt: state.deleted.get(erasure.session) ?? 0 }
          for (const { path } of segments) {
            await using source = await files.open(path, 'read')
            await files.replace(path, eraseSegment({ handle: source, size: await source.size() }, erasure, known))
          }
        })
      },
      async [Symbol.asyncDispose]() {
        closed = true
        await ending
        if (bytes - headBytes > tailBytes && log.trouble === undefined) {
          end(begin)
          await ending
        }
        await log[Symbol.asyncDispose]()
      },
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

async function fold(files: Files, segments: readonly SegmentFile[]): Promise<Folded> {
  const first = await foldOnce(files, segments, [])
  // A refusal stands behind what it refuses, and is rare: only then the log is read twice.
  return first.findings.refusals.length === 0 ? first : foldOnce(files, segments, first.findings.refusals)
}

/** Folds what stands behind the last whole head, or everything when there is none. */
async function foldOnce(files: Files, segments: readonly SegmentFile[], refusals: Refusals): Promise<Folded> {
  const state = createState()
  const findings = emptyFindings()
  const from = Math.max(
    0,
    segments.findLastIndex(({ head }) => head),
  )
  const { upto = 0, groups = [] } = segments[from]?.head ?? {}
  for (const { n, at, group } of groups) state.apply(group, at, n)
  const rest = readSegments(files, segments.slice(from), { refusals, findings, what: 'promises', after: upto })
  for await (const { n, at, group } of rest) state.apply(group, at, n)
  findings.damaged = findings.damaged.map(({ segment, offset }) => ({ segment: segment + from, offset }))
  return { state, findings }
}

function reportFindings({ damaged, newer }: Findings, segments: readonly SegmentFile[], report: Report): void {
  if (newer > 0) report.warn(`ledger: ${newer} lines of a newer version were kept and passed over`)
  const first = damaged[0]
  if (!first) return
  report.warn(
    `ledger: ${damaged.length} damaged lines were skipped, the first at byte ${first.offset} of ${segments[first.segment]?.path}; the rest is whole`,
    { damaged: damaged.length },
  )
}
