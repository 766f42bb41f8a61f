import { hash } from 'node:crypto'
import { ledgerVersion, type LedgerRecord } from '@openclaw/protocol'

/** A journal line on its way into the ledger as ready JSON text, so that it is encoded once. */
export interface EncodedLine {
  readonly type: 'line'
  readonly session: string
  readonly text: string
}

/** What a commit is made of. */
export type Entry = LedgerRecord | EncodedLine

/** One commit as it was read back. */
export interface Group {
  readonly v: number
  readonly n: number
  readonly at: number
  readonly group: readonly LedgerRecord[]
}

const lineStart = '{"type":"line","session":'
const tailBytes = ',"sum":"0123456789abcdef"}'.length

/**
 * The JSON texts of a commit's records, comma-separated: what is promised first, journal lines after it, so that a boot
 * can read the promises without the lines.
 */
export function encodeEntries(entries: readonly Entry[]): string {
  let promises = ''
  let lines = ''
  for (const entry of entries) {
    const text = encodeEntry(entry)
    if (entry.type === 'line') lines = lines === '' ? text : `${lines},${text}`
    else promises = promises === '' ? text : `${promises},${text}`
  }
  return promises !== '' && lines !== '' ? `${promises},${lines}` : promises + lines
}

function encodeEntry(entry: Entry): string {
  if (entry.type === 'line' && 'text' in entry) return encodeLine(JSON.stringify(entry.session), entry.text)
  return JSON.stringify(entry)
}

function encodeLine(session: string, text: string): string {
  return `${lineStart}${session},"line":${text}}`
}

/** The text of one ledger line without its newline; `records` are the records' JSON, comma-separated. */
export function encodeGroup(n: number, at: number, records: string): string {
  const head = `{"v":${ledgerVersion},"n":${n},"at":${at},"group":[${records}]`
  return head + tailOf(head)
}

/**
 * Reads one line: a commit, one of a newer version, or damage. Lines of every version prove themselves alike, so that
 * a flipped bit in the version is not taken for the future. `promises` leaves the journal lines out, which are most of it.
 */
export function readGroup(bytes: Buffer, what: 'all' | 'promises' = 'all'): Group | 'newer' | 'damaged' {
  const headBytes = bytes.length - tailBytes
  if (headBytes <= 0 || bytes.toString('latin1', headBytes) !== tailOf(bytes.subarray(0, headBytes))) return 'damaged'
  const text = bytes.toString()
  const parsed = (what === 'promises' ? parse(withoutLines(text)) : undefined) ?? parse(text)
  if (typeof parsed?.v !== 'number') return 'damaged'
  if (parsed.v > ledgerVersion) return 'newer'
  return typeof parsed.n === 'number' && Array.isArray(parsed.group) ? (parsed as Group) : 'damaged'
}

/** Cut before the first journal line. Inside of strings quotes are escaped, so the mark is a record's own beginning. */
function withoutLines(text: string): string {
  const at = text.indexOf(lineStart)
  return at < 0 ? text : `${text.slice(0, text[at - 1] === ',' ? at - 1 : at)}]}`
}

function parse(text: string): Partial<Group> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function tailOf(head: string | Buffer): string {
  return `,"sum":"${hash('sha256', head).slice(0, 16)}"}`
}
