import { join } from 'node:path'
import type { FileHandle, Files } from '../platform.ts'
import type { Group } from './line.ts'
import { emptyFindings, readGroups, readHead, type Findings, type Head, type Refusals } from './read.ts'

const segmentName = /^\d{12}\.log$/

/** One file of the log. */
export interface SegmentFile {
  readonly path: string
  /** Bytes that it had when the ledger was opened, or when it was begun. */
  readonly size: number
  /** Its head, where it is whole: everything up to that commit is in it. */
  readonly head?: Head
}

/** The file that comes after another one. */
export function pathAfter(folder: string, last: SegmentFile | undefined): string {
  const number = last ? Number(last.path.slice(-16, -4)) + 1 : 1
  return join(folder, `${String(number).padStart(12, '0')}.log`)
}

/** The segments of a folder, oldest first, with the heads of the last ones, as far back as a start has to look. */
export async function findSegments(files: Files, folder: string): Promise<SegmentFile[]> {
  const names = (await files.list(folder)).filter((name) => segmentName.test(name)).sort()
  const paths = names.map((name) => join(folder, name))
  const found: SegmentFile[] = []
  for (const path of paths.toReversed()) {
    const size = (await files.stat(path))?.size ?? 0
    // What stands before the last whole head is of use for its journal lines alone.
    const head = found.some((one) => one.head) ? undefined : await headOfFile(files, path, size)
    found.unshift({ path, size, ...(head ? { head } : {}) })
  }
  return found
}

async function headOfFile(files: Files, path: string, size: number): Promise<Head | undefined> {
  if (size === 0) return undefined
  await using handle = await files.open(path, 'read')
  return await readHead({ handle, size })
}

/** The commits of segments in order, without those up to number `after`, as far as each reached when it was found. */
export async function* readSegments(
  files: Files,
  segments: readonly SegmentFile[],
  from: {
    readonly refusals: Refusals
    readonly findings?: Findings
    readonly what?: 'promises'
    readonly after: number
  },
): AsyncGenerator<Group> {
  const open: { handle: FileHandle; size: number }[] = []
  try {
    for (const { path, size } of segments) open.push({ handle: await files.open(path, 'read'), size })
    yield* readGroups(open, from.refusals, from.findings ?? emptyFindings(), from.what, from.after)
  } finally {
    for (const { handle } of open) await handle[Symbol.asyncDispose]()
  }
}
