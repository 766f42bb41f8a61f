import type { Files } from '../platform.ts'

/** Bytes that are read at once: what a tail costs depends on what it shows, not on the file. */
const pieceBytes = 1 << 18
const newline = 10

/** Whole lines of a file from an offset on, at most `limit`, and where the next one begins. */
export async function linesAfter(
  files: Files,
  path: string,
  offset: number,
  limit: number,
): Promise<{ readonly lines: readonly string[]; readonly end: number }> {
  await using file = await openOrNothing(files, path)
  const lines: string[] = []
  let end = offset
  let bytes: Uint8Array = new Uint8Array()
  while (file && lines.length < limit) {
    const piece = await file.read(end + bytes.length, pieceBytes)
    if (piece.length === 0) break
    bytes = Buffer.concat([bytes, piece])
    let from = 0
    for (let to = bytes.indexOf(newline); to >= 0 && lines.length < limit; to = bytes.indexOf(newline, from)) {
      lines.push(Buffer.from(bytes.subarray(from, to)).toString())
      from = to + 1
    }
    bytes = bytes.subarray(from)
    end += from
  }
  return { lines, end }
}

/** The last whole lines of a file, at most `limit`, and where the next one begins. */
export async function lastLines(
  files: Files,
  path: string,
  limit: number,
): Promise<{ readonly lines: readonly string[]; readonly end: number }> {
  await using file = await openOrNothing(files, path)
  const size = (await file?.size()) ?? 0
  let bytes: Uint8Array = new Uint8Array()
  let from = size
  while (file && from > 0 && count(bytes) <= limit) {
    const length = Math.min(pieceBytes, from)
    from -= length
    bytes = Buffer.concat([await file.read(from, length), bytes])
  }
  const whole = bytes.lastIndexOf(newline) + 1
  const lines = Buffer.from(bytes.subarray(0, whole)).toString().split('\n').slice(0, -1)
  // The first one may have been cut, unless the file begins with it.
  return { lines: (from > 0 ? lines.slice(1) : lines).slice(-limit), end: from + whole }
}

function count(bytes: Uint8Array): number {
  let found = 0
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) found++
  return found
}

async function openOrNothing(files: Files, path: string) {
  try {
    return await files.open(path, 'read')
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined
    throw error
  }
}
