import { hash } from 'node:crypto'
import type { LedgerRecord } from '@openclaw/protocol'
import { readLines } from '../platform/lines.ts'
import { eraseDamage, eraseLine } from '../sessions/line.ts'
import { encodeEntry, encodeGroup, readGroup, type Entry, type Group } from './line.ts'
import type { Segment } from './read.ts'

/** Which text of whom goes. */
export interface Erasure {
  readonly session: string
  readonly lines: ReadonlySet<string> | 'all'
  /** False for what is still owed, whose text is needed. */
  closed(id: string): boolean
}

/** The bytes of a segment with the text that an erasure names replaced by digests; other lines stay byte for byte. */
export async function* eraseSegment({ handle, size }: Segment, erasure: Erasure): AsyncGenerator<Uint8Array> {
  const marks = marksOf(erasure)
  for await (const lines of readLines(handle, 0, size)) {
    for (const { bytes, ended } of lines) {
      yield marks.some((mark) => bytes.includes(mark)) ? Buffer.from(eraseFrom(bytes, erasure)) : bytes
      if (ended) yield newline
    }
  }
}

const newline = Buffer.from('\n')

/** What a line must hold to be concerned: the session's key, or the ids of its lines. */
function marksOf({ session, lines }: Erasure): Buffer[] {
  return (lines === 'all' ? [session] : [...lines]).map((mark) => Buffer.from(JSON.stringify(mark)))
}

function eraseFrom(bytes: Buffer, erasure: Erasure): string | Buffer {
  const group = readGroup(bytes)
  // Nobody can say what damaged bytes still hold of the text; a newer version's line is not ours to change.
  if (group === 'damaged') return eraseDamage(bytes)
  if (group === 'newer') return bytes
  const runs = new Set<string>()
  const entries = group.group.map((record) => eraseRecord(record, erasure, runs))
  return encodeGroup(group.n, group.at, entries.map(encodeEntry).join())
}

function eraseRecord(record: Group['group'][number], erasure: Erasure, runs: Set<string>): Entry {
  const { session, lines, closed } = erasure
  if (!('session' in record) || record.session !== session) return record
  if (record.type === 'line') {
    const { id, body } = record.line as { id: string; body?: { run?: string } }
    if (lines !== 'all' && !lines.has(id)) return record
    if (body?.run !== undefined) runs.add(body.run)
    return { type: 'line', session, text: eraseLine(JSON.stringify(record.line)) }
  }
  if (record.type === 'outbound' && closed(record.id) && (lines === 'all' || runs.has(record.run ?? ''))) {
    const { text, attachments: _, choices: __, ...rest } = record
    return { ...rest, text: '', erased: hash('sha256', text) } as LedgerRecord<'outbound'>
  }
  if (record.type === 'approval' && closed(record.id) && lines === 'all') return { ...record, subject: '' }
  return record
}
