import { failure } from '@openclaw/sdk'
import type { Hunk } from './patch.ts'

/**
 * The text with all hunks made, each after the one before. A hunk fits where its lines stand letter by letter; a file
 * with CRLF line ends is matched by plain ones and keeps its own. Throws `conflict` with the hunk that fits nowhere, or
 * in several places.
 */
export function fitHunks(path: string, text: string, hunks: readonly Hunk[]): string {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : ''
  const lines = text.slice(mark.length).match(/[^\n]*\n|[^\n]+$/g) ?? []
  const bare = lines.map((line) => line.replace(/\r?\n$/, ''))
  const ending = text.includes('\r\n') ? '\r\n' : '\n'
  const result: string[] = []
  let done = 0
  const keepUntil = (at: number) => {
    while (done < at) result.push(lines[done++]!)
  }
  for (const [index, hunk] of hunks.entries()) {
    const refuse = (why: string) => failure('conflict', `${path}, hunk ${index + 1} of ${hunks.length}: ${why}`)
    keepUntil(findPlace(bare, hunk, done, refuse))
    for (const { kind, text: line } of hunk.lines) {
      if (kind === 'add') result.push(line + ending)
      else if (kind === 'keep') keepUntil(done + 1)
      else done++
    }
  }
  keepUntil(lines.length)
  // A file without a last line end stays one, and what comes after its last line begins on a new one.
  const whole = result.map((line) => (line.endsWith('\n') ? line : line + ending)).join('')
  return mark + (text === '' || text.endsWith('\n') ? whole : whole.replace(/\r?\n$/, ''))
}

function findPlace(
  bare: readonly string[],
  { after, lines, atEnd }: Hunk,
  from: number,
  refuse: (why: string) => Error,
) {
  const start = after === undefined ? from : 1 + bare.findIndex((line, at) => at >= from && line.trim() === after)
  if (start === 0 && after !== undefined)
    throw refuse(`there is no line "${after}"${from > 0 ? ` after line ${from}` : ''}`)
  const wanted = lines.filter(({ kind }) => kind !== 'add').map(({ text }) => text)
  if (wanted.length === 0) return after === undefined ? bare.length : start
  const places: number[] = []
  for (let at = atEnd ? Math.max(start, bare.length - wanted.length) : start; at + wanted.length <= bare.length; at++)
    if (wanted.every((line, offset) => bare[at + offset] === line)) places.push(at)
  if (places.length === 0) throw refuse(missing(bare, wanted, start))
  if (places.length > 1 && after === undefined)
    throw refuse(
      `its lines stand there ${places.length} times, from line ${places
        .slice(0, 10)
        .map((at) => at + 1)
        .join(', ')}; give more lines around them, or the line before after @@`,
    )
  return places[0]!
}

/** How far the nearest place fits: the line to look at, rather than all of the hunk. */
function missing(bare: readonly string[], wanted: readonly string[], start: number): string {
  let best = { at: -1, fitting: 0 }
  for (let at = start; at < bare.length; at++) {
    const other = wanted.findIndex((line, offset) => bare[at + offset] !== line)
    if (other > best.fitting) best = { at, fitting: other }
  }
  const where = best.at < 0 ? `"${wanted[0]}"` : `"${wanted[best.fitting]}" at line ${best.at + best.fitting + 1}`
  return `its lines do not stand in the file${start > 0 ? ` after line ${start}` : ''}, first of all ${where}; read the file and copy them exactly`
}
