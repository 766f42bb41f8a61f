import type { Written } from './notes.ts'

/** A piece of a note that can be found: an item of a list, or a paragraph, under its heading. */
export interface Passage {
  readonly path: string
  /** Its first line, counted from 1. */
  readonly line: number
  readonly text: string
  /** The heading above it. */
  readonly heading: string
}

/** Most characters of a passage; a longer paragraph is cut into several. */
const maxPassage = 1000

/** Takes a note apart. */
export function passagesOf({ path, text }: Written): Passage[] {
  const passages: Passage[] = []
  let heading = ''
  let open: { line: number; lines: string[] } | undefined
  const close = () => {
    const whole = open?.lines.join('\n').trim() ?? ''
    for (let from = 0; from < whole.length; from += maxPassage)
      passages.push({ path, line: open!.line, text: whole.slice(from, from + maxPassage), heading })
    open = undefined
  }
  for (const [at, line] of text.split('\n').entries()) {
    const title = /^#{1,6}\s+(.+)$/.exec(line)?.[1]
    if (title !== undefined || line.trim() === '' || /^\s*([-*+]|\d+[.)])\s/.test(line)) close()
    if (title !== undefined) heading = title
    else if (line.trim() !== '') (open ??= { line: at + 1, lines: [] }).lines.push(line)
  }
  close()
  return passages
}
