import type { Workspace } from '@openclaw/sdk'
import { isText } from './kind.ts'

const pieceBytes = 256 * 1024
/** What comes later in a line is not looked at; only machines write such lines. */
const longestLine = 10_000

/** A line that is shown: a hit with its place in it, or what stands around one. */
export interface Shown {
  readonly line: number
  readonly text: string
  readonly hit: number | undefined
}

/** Where the first hit of each line is, -1 where there is none. */
export type Look = (lines: readonly string[]) => readonly number[]

/** The hits of a file with `context` lines around each, in order and each line once. A file that is not text has none. */
export async function* searchFile(
  workspace: Pick<Workspace, 'read'>,
  file: { readonly path: string; readonly sizeBytes: number },
  look: Look,
  context: number,
  signal: AbortSignal,
): AsyncGenerator<Shown, void, undefined> {
  let before: Shown[] = []
  let after = 0
  let line = 0
  for await (const lines of linesOf(workspace, file, signal)) {
    for (const [index, at] of look(lines).entries()) {
      const shown = { line: ++line, text: lines[index]!, hit: at < 0 ? undefined : at }
      if (at >= 0) {
        yield* before
        before = []
        after = context
        yield shown
      } else if (after > 0) {
        after--
        yield shown
      } else if (context > 0) {
        before.push(shown)
        if (before.length > context) before.shift()
      }
    }
  }
}

/** A file's lines in batches, so that a huge file costs no memory. */
async function* linesOf(
  workspace: Pick<Workspace, 'read'>,
  { path, sizeBytes }: { readonly path: string; readonly sizeBytes: number },
  signal: AbortSignal,
): AsyncGenerator<readonly string[], void, undefined> {
  const decoder = new TextDecoder('utf-8')
  let rest = ''
  for (let start = 0; start < sizeBytes; start += pieceBytes) {
    signal.throwIfAborted()
    const bytes = await workspace.read(path, { start, end: Math.min(start + pieceBytes, sizeBytes) })
    if (start === 0 && !isText(bytes.subarray(0, 8192))) return
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop()!.slice(0, longestLine)
    yield lines.map((line) => line.slice(0, longestLine).replace(/\r$/, ''))
  }
  if (rest) yield [rest]
}
