import type { Workspace } from '@openclaw/sdk'

const pieceBytes = 256 * 1024

/** Lines out of a file, and where they ended. */
export interface Lines {
  readonly text: string
  /** Number of the last line that is shown; less than the first one when there is none. */
  readonly last: number
  /** True when the file goes on after it. */
  readonly more: boolean
  /** Set when line `last` was too long to show whole. */
  readonly cut: boolean
}

/**
 * Reads lines `first` to `first + count - 1` (counted from 1), at most `maxText` characters, in pieces: a huge file
 * costs no memory, and what comes after the last line is not read.
 */
export async function readLines(
  workspace: Pick<Workspace, 'read'>,
  file: { readonly path: string; readonly sizeBytes: number },
  { first, count, maxText, signal }: { first: number; count: number; maxText: number; signal: AbortSignal },
): Promise<Lines> {
  const decoder = new TextDecoder('utf-8')
  let text = ''
  let line = 1
  let atLineStart = true
  for (let start = 0; start < file.sizeBytes; start += pieceBytes) {
    signal.throwIfAborted()
    const bytes = await workspace.read(file.path, { start, end: Math.min(start + pieceBytes, file.sizeBytes) })
    const piece = decoder.decode(bytes, { stream: start + pieceBytes < file.sizeBytes })
    for (let at = 0; at < piece.length;) {
      if (atLineStart && line >= first + count) return { text, last: line - 1, more: true, cut: false }
      const newline = piece.indexOf('\n', at)
      const end = newline < 0 ? piece.length : newline + 1
      if (line >= first) {
        const room = maxText - text.length
        if (end - at > room) return stopAtLimit(text, piece.slice(at, at + room), line)
        text += piece.slice(at, end)
      }
      atLineStart = newline >= 0
      if (atLineStart) line++
      at = end
    }
  }
  return { text, last: atLineStart ? line - 1 : line, more: false, cut: false }
}

/** Ends with the last whole line, unless a single line is longer than everything that may be shown. */
function stopAtLimit(text: string, rest: string, line: number): Lines {
  const whole = text.lastIndexOf('\n') + 1
  if (whole > 0) return { text: text.slice(0, whole), last: line - 1, more: true, cut: false }
  return { text: text + rest, last: line, more: true, cut: true }
}
