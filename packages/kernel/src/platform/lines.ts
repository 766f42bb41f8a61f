import type { FileHandle } from '../platform.ts'

const newline = 0x0a
const blockBytes = 1 << 20

/** One line of a file, without its newline. */
export interface RawLine {
  readonly bytes: Buffer
  readonly offset: number
  /** False for a tail that no newline ends. */
  readonly ended: boolean
}

/**
 * The lines of a file from `from` on, as far as `upto`, in blocks, so that a file of any size is read in bounded
 * memory. Empty lines are left out: they are what an append after a torn tail leaves behind.
 */
export async function* readLines(handle: FileHandle, from: number, upto: number): AsyncGenerator<RawLine[]> {
  let rest: Buffer[] = []
  let start = from
  for (let at = from; at < upto;) {
    const block = asBuffer(await handle.read(at, Math.min(blockBytes, upto - at)))
    if (block.length === 0) break
    at += block.length
    const last = block.lastIndexOf(newline)
    if (last < 0) {
      rest.push(block)
      continue
    }
    const whole = rest.length > 0 ? Buffer.concat([...rest, block.subarray(0, last + 1)]) : block.subarray(0, last + 1)
    yield splitLines(whole, start)
    start += whole.length
    rest = last + 1 < block.length ? [block.subarray(last + 1)] : []
  }
  if (rest.length > 0) yield splitLines(Buffer.concat(rest), start)
}

/** The lines of bytes that stand at `offset` of a file; empty ones are left out. */
export function splitLines(bytes: Buffer, offset: number): RawLine[] {
  const lines: RawLine[] = []
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(newline, start)
    const stop = end < 0 ? bytes.length : end
    if (stop > start) lines.push({ bytes: bytes.subarray(start, stop), offset: offset + start, ended: end >= 0 })
    start = stop + 1
  }
  return lines
}

/** The same bytes with Buffer's searching. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/**
 * The lines of a file before `end`, from the last block to the first; within a block they stand in the file's order.
 * The first blocks are small, because the reader often finds what it looks for at once.
 */
export async function* readLinesBack(handle: FileHandle, end: number): AsyncGenerator<RawLine[]> {
  let rest: Buffer[] = []
  let size = 1 << 16
  for (let at = end; at > 0; size = Math.min(size * 2, blockBytes)) {
    const from = Math.max(0, at - size)
    const block = asBuffer(await handle.read(from, at - from))
    at = from
    // Until its beginning is read, what stands before the first newline is part of a line only.
    const first = from === 0 ? -1 : block.indexOf(newline)
    if (first < 0 && from > 0) {
      rest.unshift(block)
      continue
    }
    yield splitLines(Buffer.concat([block.subarray(first + 1), ...rest]), from + first + 1)
    rest = from > 0 ? [block.subarray(0, first + 1)] : []
  }
}
