import { hash } from 'node:crypto'
import type { LedgerRecord } from '@openclaw/protocol'
import { readLines } from '../platform/lines.ts'
import { eraseDamage, eraseLine } from '../sessions/line.ts'
import type { Erasure } from './ledger.ts'
import { encodeEntries, encodeGroup, readGroup, type Entry } from './line.ts'
import type { Segment } from './read.ts'

/** What an erasure has to know of the log. */
export interface Known {
  /** False for what is still owed, whose text is needed. */
  closed(id: string): boolean
  /** Number of the commit that deleted the session last. */
  readonly deletedAt: number
}

/** The bytes of a segment with the text that an erasure names replaced by digests; other lines stay byte for byte. */
export async function* eraseSegment(
  { handle, size }: Segment,
  erasure: Erasure,
  known: Known,
): AsyncGenerator<Uint8Array> {
  const mark = JSON.stringify(erasure.session)
  for await (const lines of readLines(handle, 0, size)) {
    for (const { bytes, ended } of lines) {
      yield bytes.includes(mark) ? eraseFrom(bytes, erasure, known) : bytes
      if (ended) yield newline
    }
  }
}

const newline = Buffer.from('\n')

function eraseFrom(bytes: Buffer, erasure: Erasure, known: Known): Uint8Array {
  const group = readGroup(bytes)
  // A newer version's line is not ours to change.
  if (group === 'newer') return bytes
  if (group === 'damaged') return mayHold(bytes, erasure) ? Buffer.from(eraseDamage(bytes)) : bytes
  // The erased lines name the runs whose outbounds repeat them, wherever those stand in the commit.
  const runs = new Set(
    group.group.flatMap((record) => (isErased(record, group.n, erasure, known) ? runOf(record) : [])),
  )
  const entries = group.group.map((record) => eraseRecord(record, group.n, erasure, known, runs))
  return Buffer.from(encodeGroup(group.n, group.at, encodeEntries(entries)))
}

/** Nobody can say what damaged bytes still hold of a text whose line they name. */
function mayHold(bytes: Buffer, { lines }: Erasure): boolean {
  return lines === 'deleted' || [...bytes.toString().matchAll(/"id":"([^"]+)"/g)].some((match) => lines.has(match[1]!))
}

type LineRecord = LedgerRecord<'line'>

/** Is this a journal line that goes? */
function isErased(record: LedgerRecord, n: number, { session, lines }: Erasure, known: Known): record is LineRecord {
  if (record.type !== 'line' || record.session !== session) return false
  return lines === 'deleted' ? n <= known.deletedAt : lines.has((record.line as { id: string }).id)
}

function runOf({ line }: LineRecord): string[] {
  const run = (line as { body?: { run?: string } }).body?.run
  return run === undefined ? [] : [run]
}

function eraseRecord(
  record: LedgerRecord,
  n: number,
  erasure: Erasure,
  known: Known,
  runs: ReadonlySet<string>,
): Entry {
  const { session, lines, whole } = erasure
  if (!('session' in record) || record.session !== session) return record
  if (lines === 'deleted' && n > known.deletedAt) return record
  if (isErased(record, n, erasure, known)) {
    return { type: 'line', session, text: eraseLine(JSON.stringify(record.line)) }
  }
  if (record.type === 'outbound' && known.closed(record.id) && (whole || runs.has(record.run ?? ''))) {
    const { text, attachments: _, choices: __, ...rest } = record
    return { ...rest, text: '', erased: hash('sha256', text) } as LedgerRecord<'outbound'>
  }
  if (record.type === 'handover' && known.closed(record.id) && (whole || runs.has(record.run))) {
    const { text, attachments: _, ...rest } = record
    return { ...rest, text: '', erased: hash('sha256', text) } as LedgerRecord<'handover'>
  }
  if (record.type === 'parts' && known.closed(record.accept)) return { ...record, texts: [] }
  if (record.type === 'approval' && known.closed(record.id) && whole) return { ...record, subject: '' }
  return record
}
