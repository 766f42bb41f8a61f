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

const sumStart = ',"sum":"'
const tailBytes = sumStart.length + 16 + 2

/** The JSON text of one record. */
export function encodeEntry(entry: Entry): string {
  if (entry.type === 'line' && 'text' in entry) return encodeLine(JSON.stringify(entry.session), entry.text)
  return JSON.stringify(entry)
}

function encodeLine(session: string, text: string): string {
  return `{"type":"line","session":${session},"line":${text}}`
}

/** The text of one ledger line without its newline; `records` are the records' JSON, comma-separated. */
export function encodeGroup(n: number, at: number, records: string): string {
  const head = `{"v":${ledgerVersion},"n":${n},"at":${at},"group":[${records}]`
  return `${head}${sumStart}${sumOf(head)}"}`
}

/** Reads one line: a commit, one of a newer version, or damage. */
export function readGroup(bytes: Buffer): Group | 'newer' | 'damaged' {
  const headBytes = bytes.length - tailBytes
  const whole =
    headBytes > 0 &&
    bytes.toString('latin1', headBytes, headBytes + sumStart.length) === sumStart &&
    bytes.toString('latin1', headBytes + sumStart.length) === `${sumOf(bytes.subarray(0, headBytes))}"}`
  const parsed = parse(bytes)
  if (!parsed) return 'damaged'
  // How a newer version proves itself is not ours to know.
  if (typeof parsed.v === 'number' && parsed.v > ledgerVersion) return 'newer'
  if (!whole || typeof parsed.n !== 'number' || !Array.isArray(parsed.group)) return 'damaged'
  return parsed as Group
}

function parse(bytes: Buffer): Partial<Group> | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString())
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function sumOf(head: string | Buffer): string {
  return hash('sha256', head).slice(0, 16)
}
