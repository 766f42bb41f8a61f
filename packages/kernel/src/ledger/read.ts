import type { LedgerRecord } from '@openclaw/protocol'
import type { FileHandle } from '../platform.ts'
import { readLines } from '../platform/lines.ts'
import { readGroup, type Group } from './line.ts'
import { createNumbers, refusalsOf } from './state.ts'

/** A span of the log: an open file and how much of it is read. */
export interface Segment {
  readonly handle: FileHandle
  readonly size: number
}

/** Commits that were refused, by their numbers. */
export type Refusals = readonly { readonly from: number; readonly upto: number }[]

/** What reading a log came across besides its groups. */
export interface Findings {
  damaged: { segment: number; offset: number }[]
  newer: number
  last: number
  refusals: { from: number; upto: number }[]
}

/**
 * The groups of a log in order, each once: without damaged lines, those of newer versions, and the commits that
 * `refusals` names; those of heads, and commits up to number `after`, are left out. What it came across otherwise is
 * added to `findings`.
 */
export async function* readGroups(
  segments: readonly Segment[],
  refusals: Refusals,
  findings: Findings = emptyFindings(),
  what?: 'promises',
  after = 0,
): AsyncGenerator<Group> {
  const numbers = createNumbers(after)
  findings.last = after
  for (const [segment, { handle, size }] of segments.entries()) {
    for await (const lines of readLines(handle, 0, size)) {
      for (const { bytes, offset } of lines) {
        const group = readGroup(bytes, what)
        if (group === 'damaged') findings.damaged.push({ segment, offset })
        else if (group === 'newer') findings.newer++
        else if (headPart(group)) continue
        else if (numbers.take(group.n)) {
          findings.last = numbers.last
          findings.refusals.push(...refusalsOf(group))
          if (!refusals.some(({ from, upto }) => from <= group.n && group.n <= upto)) yield group
        }
      }
    }
  }
}

/** Which part of a segment's head a group is; undefined for a commit. */
function headPart({ group: [first] }: Group): LedgerRecord<'head'> | undefined {
  return first?.type === 'head' ? first : undefined
}

/** The lines with which a segment begins, and how many bytes they take. */
export interface Head {
  readonly upto: number
  readonly groups: readonly Group[]
  readonly bytes: number
}

/** The head of a segment; undefined when it has none, or a part is missing or damaged. */
export async function readHead({ handle, size }: Segment): Promise<Head | undefined> {
  const parts: Group[] = []
  for await (const lines of readLines(handle, 0, size)) {
    for (const { bytes, offset } of lines) {
      const group = readGroup(bytes, 'promises')
      const head = typeof group === 'string' ? undefined : headPart(group)
      if (typeof group === 'string' || head?.part !== parts.length + 1) return undefined
      parts.push(group)
      if (head.part === head.of) return { upto: head.upto, groups: parts, bytes: offset + bytes.length + 1 }
    }
  }
  return undefined
}

/** Nothing was come across. */
export function emptyFindings(): Findings {
  return { damaged: [], newer: 0, last: 0, refusals: [] }
}
