import { failure } from '@openclaw/sdk'
import { literalOutline, outlineOf } from './build.ts'
import { chunk } from './chunk.ts'
import type { Limit, Markup, Piece } from './markup.ts'
import { measure } from './measure.ts'
import { sourceAt } from './place.ts'
import { proseIn } from './prose.ts'

/** Shorter messages than this exist nowhere, and the sign for what does not fit must fit. */
const least = 4

/**
 * Markdown to messages in a platform's markup, each within the limit. Cuts between blocks, else items, rows or lines,
 * else sentences, else words, else graphemes; marks, quotes and code blocks that are cut are closed and opened again, a
 * table repeats its header. Where even one grapheme and its marks are too long the marks go; what is too long without
 * them becomes U+FFFD. What cannot be seen gives no pieces; a document of which nothing would be seen, such as a lone
 * definition, is shown as it stands. Throws `invalid_params` for a limit below 4.
 */
export function renderMarkdown(markdown: string, markup: Markup, limit: Limit): readonly Piece[] {
  if (!(limit.max >= least))
    throw failure('invalid_params', `a message of ${limit.max} ${limit.unit} holds nothing; give at least ${least}`)
  return renderProse(markdown, markup, limit) ?? renderParsed(markdown, markup, limit)
}

/** A text without Markdown that fits, which is nearly every answer; the same as {@link renderParsed}, much faster. */
function renderProse(markdown: string, markup: Markup, limit: Limit): readonly Piece[] | undefined {
  if (markdown.length > limit.max) return undefined
  const paragraphs = proseIn(markdown.trimEnd())
  if (!paragraphs) return undefined
  const text = paragraphs.map((paragraph) => markup.text(paragraph.text)).join(markup.blockGap ?? '\n\n')
  return measure(text, limit.unit) > limit.max ? undefined : [{ text, source: { start: 0, end: markdown.length } }]
}

/** What is drawn by no font: white space, joiners and the like, and what separates blocks in an outline. */
const unseen = /^[\s\p{Default_Ignorable_Code_Point}\x1d-\x1f]*$/u

/** Does it all: parses, outlines, cuts. */
export function renderParsed(markdown: string, markup: Markup, limit: Limit): readonly Piece[] {
  const size = (text: string) => measure(text, limit.unit)
  const half = limit.max / 2
  const roomFor = {
    link: (url: string) => size(markup.link('', url)) <= half,
    row: (head: readonly string[], row: readonly string[]) => size(markup.table([head, row], [])) <= half,
  }
  let outline = outlineOf(markdown, roomFor)
  if (unseen.test(outline.text)) outline = literalOutline(markdown, roomFor)
  if (unseen.test(outline.text)) return []
  const chunks = chunk(outline, markup, size, limit.max).filter(({ text }) => !unseen.test(text))
  const starts = apart(
    chunks.map(({ from }) => sourceAt(outline, markdown, from)),
    markdown.length,
  )
  return chunks.map(({ text }, index) => ({
    text,
    source: { start: starts[index]!, end: starts[index + 1] ?? markdown.length },
  }))
}

/** Moves positions, which ascend, so that the first is 0 and each is at least one after the one before. */
function apart(positions: readonly number[], length: number): number[] {
  let least = 0
  return positions.map((position, index) => {
    const most = length - (positions.length - index)
    const placed = index === 0 ? 0 : Math.min(Math.max(position, least), most)
    least = placed + 1
    return placed
  })
}
