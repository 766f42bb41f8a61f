import { readLines } from '../platform/lines.ts'
import { readGroup } from './line.ts'
import type { Segment } from './read.ts'
import { createNumbers } from './state.ts'

const newline = Buffer.from('\n')

/**
 * Appends everything that stands behind byte `from` of a segment to it once more, each commit once, and resolves with
 * how many bytes that took when they are on the disk.
 *
 * A sync that failed in the process before leaves bytes that can be read, count as written, and never reach the disk:
 * no later sync writes them (https://lwn.net/Articles/752063/). Only what is written anew can be relied on. Who reads
 * the log later meets the commits twice, and counts them once.
 */
export async function appendAnew({ handle, size }: Segment, from: number): Promise<number> {
  const numbers = createNumbers()
  const parts: Buffer[] = []
  for await (const lines of readLines(handle, from, size)) {
    for (const { bytes } of lines) {
      const group = readGroup(bytes, 'promises')
      if (group === 'damaged' || (group !== 'newer' && !numbers.take(group.n))) continue
      parts.push(bytes, newline)
    }
  }
  // The newline that stands there now may be lost with the rest.
  const text = Buffer.concat(parts.length > 0 ? [newline, ...parts] : [])
  if (text.length > 0) await handle.append(text)
  await handle.sync()
  return text.length
}
