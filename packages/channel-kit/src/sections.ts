import { closes, linesOf, opens, type Fence } from './lines.ts'

/** A part of a document that is parsed by itself. */
export interface Section {
  /** Bounds in the Markdown. */
  readonly start: number
  readonly end: number
  /** Opens again the code block in which the part before was cut. */
  readonly reopened: string
  /** It ends within a code block. */
  readonly open: boolean
}

/**
 * Parsing takes more than its share of time in long documents. Above `wanted` characters a document is cut where nothing
 * spans the cut: at an empty line before a line that begins with text. Where there is no such place for `most`
 * characters, it is cut at a line, a space, or anywhere.
 */
const wanted = 8_000
const most = 16_000

/** Cuts a document into sections, in order and without gaps; nearly always it is one. */
export function sections(markdown: string): readonly Section[] {
  if (markdown.length <= wanted) return [{ start: 0, end: markdown.length, reopened: '', open: false }]
  const found: Section[] = []
  let start = 0
  let reopened = ''
  let fence: Fence | undefined
  let afterEmpty = false
  const cut = (end: number) => {
    if (end <= start) return
    found.push({ start, end, reopened, open: fence !== undefined })
    start = end
    reopened = fence ? `${fence.opening}\n` : ''
  }
  for (const line of linesOf(markdown)) {
    if (!fence && afterEmpty && line.start - start >= wanted && /^[^\s>\-+*\d]/.test(line.text)) cut(line.start)
    if (line.end - start > most) cut(line.start)
    while (line.end - start > most) cut(placeWithin(markdown, start, start + most))
    afterEmpty = line.text.trim() === ''
    if (fence) {
      if (closes(line.text, fence)) fence = undefined
    } else fence = opens(line.text)
  }
  cut(markdown.length)
  return found
}

const graphemes = new Intl.Segmenter()

/** The last place in a line where it may be cut: after a space, else between graphemes. */
function placeWithin(text: string, start: number, end: number): number {
  const space = text.lastIndexOf(' ', end - 1)
  if (space > start) return space + 1
  const window = text.slice(end - 200, end + 200)
  const boundary = graphemes.segment(window).containing(200)?.index ?? 200
  return boundary === 0 ? end : end - 200 + boundary
}
