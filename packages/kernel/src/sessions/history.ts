import type { AnyLine } from '@openclaw/protocol'
import type { FileHandle } from '../platform.ts'
import { readLines, readLinesBack } from '../platform/lines.ts'
import { parseLine, readLine } from './line.ts'
import { readAll } from './load.ts'
import type { Session } from './sessions.ts'

/** Which lines of a journal: the last ones, the last ones before a sequence, or the first ones after one. */
export interface HistoryQuery {
  readonly before?: number
  readonly after?: number
  readonly limit: number
}

export interface History {
  readonly lines: readonly AnyLine[]
  /** There are further lines in the direction that was asked for. */
  readonly more: boolean
}

/** Answers from memory when all of what is asked for is live, else undefined. */
export function liveHistory(session: Session, query: HistoryQuery): History | undefined {
  const { before = Infinity, after, limit } = query
  const upto = Math.min(before - 1, session.seq)
  if (after !== undefined) {
    if (after + 1 < session.first) return undefined
    const lines = session.lines(after, Math.min(upto, after + limit + 1))
    return lines.length > limit || after + limit + 1 >= upto
      ? { lines: lines.slice(0, limit), more: lines.length > limit }
      : undefined
  }
  const from = Math.max(0, upto - limit - 1)
  if (from + 1 < session.first) return undefined
  const lines = session.lines(from, upto)
  // With lines missing there may be too few of them in this span.
  return lines.length > limit || from === 0 ? { lines: lines.slice(-limit), more: lines.length > limit } : undefined
}

/** Reads lines of a file, live or not, in order. Damaged ones are left out. */
export async function readHistory(handle: FileHandle, query: HistoryQuery): Promise<History> {
  const { before = Infinity, after, limit } = query
  const size = await handle.size()
  if (after === undefined) {
    const end = before === Infinity ? size : await seekLine(handle, size, before)
    const texts: string[] = []
    // One more than asked for says whether there are more.
    for await (const lines of readLinesBack(handle, end)) {
      texts.unshift(
        ...readAll(lines)
          .lines.filter(({ seq }) => seq < before)
          .map(({ text }) => text),
      )
      if (texts.length > limit) break
    }
    return { lines: texts.slice(-limit).map(parseLine), more: texts.length > limit }
  }
  const texts: string[] = []
  for await (const lines of readLines(handle, await seekLine(handle, size, after + 1), size)) {
    texts.push(
      ...readAll(lines)
        .lines.filter(({ seq }) => seq > after && seq < before)
        .map(({ text }) => text),
    )
    if (texts.length > limit) break
  }
  return { lines: texts.slice(0, limit).map(parseLine), more: texts.length > limit }
}

const probeBytes = 1 << 16

/** Where to begin reading so as to meet every line from a sequence on: found by halving, as lines stand in order. */
async function seekLine(handle: FileHandle, size: number, seq: number): Promise<number> {
  let low = 0
  let high = size
  while (high - low > probeBytes) {
    const middle = low + Math.floor((high - low) / 2)
    const found = await firstLineFrom(handle, middle, high)
    if (found && found.seq < seq) low = found.offset
    else high = middle
  }
  return seq === Infinity ? size : await offsetOf(handle, low, size, seq)
}

/** The first whole line that begins behind an offset. */
async function firstLineFrom(
  handle: FileHandle,
  from: number,
  upto: number,
): Promise<{ offset: number; seq: number } | undefined> {
  let partial = true
  for await (const lines of readLines(handle, from, upto)) {
    for (const { bytes, offset } of lines) {
      if (partial) {
        partial = false
        continue
      }
      const reading = readLine(bytes)
      if (reading.state !== 'damaged') return { offset, seq: reading.head.seq }
    }
  }
  return undefined
}

async function offsetOf(handle: FileHandle, from: number, size: number, seq: number): Promise<number> {
  for await (const lines of readLines(handle, from, size)) {
    for (const { bytes, offset } of lines) {
      const reading = readLine(bytes)
      if (reading.state !== 'damaged' && reading.head.seq >= seq) return offset
    }
  }
  return size
}
