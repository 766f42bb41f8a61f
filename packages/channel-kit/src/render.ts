import type { Limit, Markup, Piece } from './markup.ts'

/** Markdown to messages in a platform's markup. */
export function renderMarkdown(markdown: string, markup: Markup, limit: Limit): readonly Piece[] {
  if (markdown.trim() === '') return []
  return [{ text: markup.text(markdown).slice(0, limit.max), source: { start: 0, end: markdown.length } }]
}
