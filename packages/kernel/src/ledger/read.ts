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
 * `refusals` names. What it came across otherwise is added to `findings`.
 */
export async function* readGroups(
  segments: readonly Segment[],
  refusals: Refusals,
  findings: Findings = emptyFindings(),
  what?: 'promises',
): AsyncGenerator<Group> {
  const numbers = createNumbers()
  for (const [segment, { handle, size }] of segments.entries()) {
    for await (const lines of readLines(handle, 0, size)) {
      for (const { bytes, offset } of lines) {
        const group = readGroup(bytes, what)
        if (group === 'damaged') findings.damaged.push({ segment, offset })
        else if (group === 'newer') findings.newer++
        else if (numbers.take(group.n)) {
          findings.last = numbers.last
          findings.refusals.push(...refusalsOf(group))
          if (!refusals.some(({ from, upto }) => from <= group.n && group.n <= upto)) yield group
        }
      }
    }
  }
}

/** Nothing was come across. */
export function emptyFindings(): Findings {
  return { damaged: [], newer: 0, last: 0, refusals: [] }
}
