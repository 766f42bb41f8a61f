/** How the columns of a table stand; undefined where the writer said nothing. */
export type Align = 'left' | 'center' | 'right' | undefined

/**
 * How one platform writes what Markdown means. Every function is pure, and gets inner text that is already rendered,
 * unless the parameter is called `raw`. Raw text holds no control characters but newlines and tabs, and no half of a
 * surrogate pair.
 */
export interface Markup {
  /** Escapes. The text may begin a message or a line, also where the writer did not begin one: it may have been cut there. */
  text(raw: string): string
  /** The same mark is never nested in itself. */
  strong(inner: string): string
  emphasis(inner: string): string
  strike(inner: string): string
  /** Code within a line. */
  code(raw: string): string
  /** The address is raw, and is http, https, mailto or tel: others are rendered as text. Links are never nested. */
  link(inner: string, url: string): string
  /** One whole, balanced block. The language is a word of letters, digits and `+#._-`. */
  codeBlock(raw: string, language: string | undefined): string
  /** Depth 1 to 6. */
  heading(inner: string, depth: number): string
  /** Rendered blocks with newlines between them. May be nested. */
  quote(inner: string): string
  /**
   * What stands before an item, its indent included: `• `, or `1. ` when it has an index. Depth 0 is the outermost
   * list. Tasks follow as the text `[x] ` or `[ ] `.
   */
  bullet(depth: number, index: number | undefined): string
  /**
   * Cells are plain text without newlines; the first row is the header, and all rows have as many cells as it. A table
   * that is cut calls this once for each part, with the header on each. `alignedTable` makes columns for a code block.
   */
  table(rows: readonly (readonly string[])[], align: readonly Align[]): string
  /** A line across, already rendered. */
  readonly rule: string
  /** Between blocks; an empty line when absent. */
  readonly blockGap?: string
}

/** The most that one message may hold, as the platform counts. */
export interface Limit {
  readonly max: number
  readonly unit: Unit
}

export type Unit = 'utf16' | 'bytes' | 'codepoints'

/** One message's worth. `source` are its bounds in the Markdown, in UTF-16; those of all pieces joined are the whole. */
export interface Piece {
  readonly text: string
  readonly source: { readonly start: number; readonly end: number }
}
