import { isLine, type AnyLine, type Settings } from '@openclaw/protocol'
import type { FileHandle } from '../platform.ts'
import { asBuffer, readLinesBack, splitLines, type RawLine } from '../platform/lines.ts'
import { parseLine, readLine } from './line.ts'
import { firstWords, patchSettings, roleOf, type LiveLine, type Loaded } from './session.ts'

const checkpointMark = Buffer.from('"kind":"checkpoint"')
const settingsMark = Buffer.from('"kind":"settings"')
const newline = 0x0a
// More than most sessions have: what one read brings needs no second one.
const firstReadBytes = 1 << 20
const headBytes = 1 << 16
const longestHead = 1 << 20

/**
 * Reads what is live of a journal: from the first line that the last checkpoint keeps, and at most `windowBytes` of the
 * end. What it costs depends on that, not on the file. Damaged lines are skipped and counted.
 */
export async function loadJournal(handle: FileHandle, windowBytes: number): Promise<Loaded> {
  const size = await handle.size()
  const [head, tail] = await Promise.all([readBeginning(handle, size), readEnd(handle, size, windowBytes)])
  const { lines, damaged } = readAll(splitLines(tail.bytes, tail.offset))
  const last = lines.at(-1) ?? (await lastLine(handle, tail.offset))
  let settings: Settings = tail.cut ? await settingsBefore(handle, tail.offset) : {}
  for (const { kind, text } of lines) {
    if (kind === 'settings' || kind === 'checkpoint') settings = foldSettings(settings, parseLine(text))
  }
  return {
    ...head,
    live: lines,
    seq: last?.seq ?? 0,
    last: last?.id,
    settings,
    end: size + (tail.torn ? 1 : 0),
    damaged,
  }
}

/** Reads lines that stand together: in the order of their sequence, each once, even when damage put them otherwise. */
export function readAll(raw: readonly RawLine[]): { lines: LiveLine[]; damaged: number } {
  const lines: LiveLine[] = []
  let damaged = 0
  let ordered = true
  for (const { bytes, offset } of raw) {
    const reading = readLine(bytes)
    if (reading.state === 'damaged') {
      damaged++
      continue
    }
    const { id, seq, kind } = reading.head
    ordered &&= seq > (lines.at(-1)?.seq ?? 0)
    lines.push({ id, seq, kind, role: roleOf(reading.head), text: reading.text, offset, bytes: bytes.length })
  }
  if (ordered) return { lines, damaged }
  const ids = new Set<string>()
  const once = lines.sort((a, b) => a.seq - b.seq).filter(({ id }) => !ids.has(id) && ids.add(id))
  return { lines: once, damaged: damaged + lines.length - once.length }
}

/** The last whole line before an offset. */
export async function lastLine(handle: FileHandle, end: number): Promise<LiveLine | undefined> {
  for await (const lines of readLinesBack(handle, end)) {
    const last = readAll(lines).lines.at(-1)
    if (last) return last
  }
  return undefined
}

interface Tail {
  readonly bytes: Buffer
  readonly offset: number
  /** The window ended before a checkpoint was met. */
  readonly cut: boolean
  /** No newline ends the file. */
  readonly torn: boolean
}

async function readEnd(handle: FileHandle, size: number, windowBytes: number): Promise<Tail> {
  // With the byte before the window, so that a line which begins with it is known to.
  const furthest = Math.max(0, size - windowBytes - 1)
  let bytes = Buffer.alloc(0)
  let offset = size
  const reachTo = async (target: number): Promise<void> => {
    const from = Math.max(furthest, target)
    if (from >= offset) return
    bytes = Buffer.concat([asBuffer(await handle.read(from, offset - from)), bytes])
    offset = from
  }
  const cutAt = (at: number, cut: boolean): Tail => {
    const torn = bytes.length > 0 && bytes.at(-1) !== newline
    return { bytes: bytes.subarray(at - offset), offset: at, cut, torn }
  }
  /** Where the first line of the window begins. */
  const windowStart = (): number => {
    const end = bytes.indexOf(newline)
    return offset === 0 ? 0 : end < 0 ? size : offset + end + 1
  }

  let searched = size
  for (let step = firstReadBytes; ; step *= 4) {
    await reachTo(size - step)
    const found = lastCheckpoint(bytes, searched - offset, offset > 0)
    if (found.checkpoint) {
      const { at, line } = found.checkpoint
      const start = offset + at
      const keep = isLine(line, 'checkpoint') ? line.body.keep : undefined
      if (!keep) return cutAt(start, false)
      await reachTo(Math.min(keep.offset, start))
      if (standsAt(bytes, keep.offset - offset, keep.id)) return cutAt(keep.offset, false)
      // After an erasure the line stands elsewhere; it is looked for by its id.
      await reachTo(0)
      const mark = bytes.lastIndexOf(`"id":"${keep.id}"`, start - offset)
      const moved = mark < 0 ? -1 : bytes.lastIndexOf(newline, mark) + 1
      if (standsAt(bytes, moved, keep.id)) return cutAt(offset + moved, false)
      // Kept lines begin before the window, or are gone by damage.
      return cutAt(keep.offset < furthest ? windowStart() : start, false)
    }
    searched = offset + found.searched
    if (offset === furthest) return cutAt(windowStart(), offset > 0)
  }
}

/** The last checkpoint that begins before `end`; or how far the search need not be done again. */
function lastCheckpoint(
  bytes: Buffer,
  end: number,
  partial: boolean,
): { checkpoint?: { at: number; line: AnyLine }; searched: number } {
  let from = Math.min(bytes.length, end + checkpointMark.length)
  for (;;) {
    const mark = bytes.subarray(0, from).lastIndexOf(checkpointMark)
    if (mark < 0) return { searched: 0 }
    const at = bytes.lastIndexOf(newline, mark) + 1
    // Its beginning is not read yet: it is looked at again with more before it.
    if (at === 0 && partial) return { searched: mark + checkpointMark.length }
    const stop = bytes.indexOf(newline, mark)
    const reading = readLine(bytes.subarray(at, stop < 0 ? bytes.length : stop))
    if (reading.state === 'intact' && reading.head.kind === 'checkpoint') {
      return { checkpoint: { at, line: parseLine(reading.text) }, searched: at }
    }
    from = mark
  }
}

function standsAt(bytes: Buffer, at: number, id: string): boolean {
  if (at < 0 || at >= bytes.length) return false
  const stop = bytes.indexOf(newline, at)
  const reading = readLine(bytes.subarray(at, stop < 0 ? bytes.length : stop))
  return reading.state !== 'damaged' && reading.head.id === id
}

type Beginning = Pick<Loaded, 'key' | 'agent' | 'origin' | 'words'>

/** Whose journal this is, and how the conversation began. */
async function readBeginning(handle: FileHandle, size: number): Promise<Beginning> {
  const beginning: Beginning = { key: undefined, agent: undefined, origin: undefined, words: undefined }
  for (let length = headBytes; ; length *= 4) {
    for (const { bytes, offset } of splitLines(asBuffer(await handle.read(0, Math.min(length, size))), 0)) {
      const reading = readLine(bytes)
      if (reading.state !== 'intact') continue
      if (offset === 0 || reading.head.kind === 'user') {
        const line = parseLine(reading.text)
        if (isLine(line, 'session')) Object.assign(beginning, line.body)
        if (isLine(line, 'user')) return { ...beginning, origin: line.origin, words: firstWords(line.body.text) }
      }
    }
    if (length >= size || length >= longestHead) return beginning
  }
}

/** What was set before an offset. */
async function settingsBefore(handle: FileHandle, end: number): Promise<Settings> {
  const patches: AnyLine[] = []
  for await (const lines of readLinesBack(handle, end)) {
    for (const { bytes } of lines.reverse()) {
      if (!bytes.includes(settingsMark) && !bytes.includes(checkpointMark)) continue
      const reading = readLine(bytes)
      if (reading.state !== 'intact') continue
      const line = parseLine(reading.text)
      if (isLine(line, 'settings')) patches.push(line)
      if (isLine(line, 'checkpoint')) return patches.reduceRight(foldSettings, line.body.settings)
    }
  }
  return patches.reduceRight<Settings>(foldSettings, {})
}

function foldSettings(settings: Settings, line: AnyLine): Settings {
  if (isLine(line, 'settings')) return patchSettings(settings, line.body)
  return isLine(line, 'checkpoint') ? line.body.settings : settings
}
