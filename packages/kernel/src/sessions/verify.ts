import type { AnyLine, Verification as VerificationSchema } from '@openclaw/protocol'
import { isLine } from '@openclaw/protocol'
import type { Static } from 'typebox'
import type { FileHandle, Platform } from '../platform.ts'
import { readLines } from '../platform/lines.ts'
import { parseLine, readLine, type Reading } from './line.ts'

export type Verification = Static<typeof VerificationSchema>

/** One line of a journal file, as it was found. */
export interface Found {
  /** Counted from 1 in the file. */
  readonly number: number
  readonly offset: number
  readonly reading: Reading
}

/** Every line of a journal file in its order, damaged ones included. Rejects with node's error when there is no file. */
export async function* readJournal(path: string, platform: Pick<Platform, 'files'>): AsyncGenerator<Found> {
  const handle = await platform.files.open(path, 'read')
  try {
    yield* readFound(handle, 0, await handle.size())
  } finally {
    await handle[Symbol.asyncDispose]()
  }
}

/** The lines of an open journal between two offsets. */
export async function* readFound(handle: FileHandle, from: number, upto: number): AsyncGenerator<Found> {
  let number = 0
  for await (const lines of readLines(handle, from, upto)) {
    for (const { bytes, offset } of lines) yield { number: ++number, offset, reading: readLine(bytes) }
  }
}

/** Checks every line of a journal file against its sum, and that none is missing. Needs no gateway, changes nothing. */
export async function verifyJournal(path: string, platform: Pick<Platform, 'files'>): Promise<Verification> {
  const verification: Verification = { file: path, lines: 0, intact: 0, erased: 0, newer: 0, damaged: [], gaps: [] }
  const seqs: number[] = []
  const ids = new Set<string>()
  for await (const { number, offset, reading } of readJournal(path, platform)) {
    verification.lines = number
    if (reading.state === 'damaged') {
      verification.damaged.push({ line: number, offset, reason: reading.reason })
      continue
    }
    verification[reading.state]++
    const { id, seq } = reading.head
    if (ids.has(id)) verification.damaged.push({ line: number, offset, reason: 'it stands in the file before already' })
    else if (seq < (seqs.at(-1) ?? 0))
      verification.damaged.push({ line: number, offset, reason: 'it stands behind later lines' })
    ids.add(id)
    seqs.push(seq)
    // Damage to the first line is followed by a second one of its kind.
    const key = verification.key ?? keyOf(reading)
    if (key !== undefined) verification.key = key
  }
  verification.gaps = gapsOf(seqs)
  return verification
}

/** Nothing is damaged and nothing is missing. */
export function isWhole({ damaged, gaps }: Verification): boolean {
  return damaged.length === 0 && gaps.length === 0
}

/** The key that a `session` line states. */
export function keyOf(reading: Reading): string | undefined {
  if (reading.state !== 'intact' || reading.head.kind !== 'session') return undefined
  const line: AnyLine = parseLine(reading.text)
  return isLine(line, 'session') ? line.body.key : undefined
}

function gapsOf(seqs: number[]): Verification['gaps'] {
  const gaps: Verification['gaps'] = []
  let last = 0
  for (const seq of seqs.sort((a, b) => a - b)) {
    if (seq > last + 1) gaps.push({ from: last + 1, to: seq - 1 })
    last = Math.max(last, seq)
  }
  return gaps
}
