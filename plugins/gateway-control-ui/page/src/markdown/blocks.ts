import { type Inline, parseInline } from './inline.ts'

/** A block of a message. */
export type Block =
  | { readonly type: 'paragraph'; readonly inline: readonly Inline[] }
  | { readonly type: 'heading'; readonly level: number; readonly inline: readonly Inline[] }
  | { readonly type: 'code'; readonly language: string; readonly text: string }
  | { readonly type: 'quote'; readonly blocks: readonly Block[] }
  | { readonly type: 'list'; readonly start: number | undefined; readonly items: readonly Item[] }
  | {
      readonly type: 'table'
      readonly align: readonly Align[]
      readonly head: readonly Cell[]
      readonly rows: readonly (readonly Cell[])[]
    }
  | { readonly type: 'rule' }
/** One item of a list; `checked` where it is a task. */
export interface Item {
  readonly checked: boolean | undefined
  readonly blocks: readonly Block[]
}
/** How a column stands; undefined where the text does not say. */
export type Align = 'left' | 'right' | 'center' | undefined
type Cell = readonly Inline[]

/** Deeper quotes and lists are shown as text: it bounds what rendering has to recurse into. */
const maxDepth = 12

/**
 * Reads the Markdown that models write: CommonMark's blocks with GitHub's tables and task lists, less setext headings
 * and indented code, which in a chat are mostly accidents. Never fails; a half-written block reads as what it is going
 * to be, so that streamed text does not jump.
 */
export function parseMarkdown(text: string): readonly Block[] {
  return parseBlocks(text.replaceAll(/\r\n?/g, '\n').replaceAll('\t', '    ').split('\n'), 0)
}

function parseBlocks(lines: readonly string[], depth: number): Block[] {
  const blocks: Block[] = []
  let at = 0
  while (at < lines.length) {
    const line = lines[at] ?? ''
    if (!line.trim()) {
      at += 1
      continue
    }
    const read =
      readFence(lines, at) ??
      readHeading(line, at) ??
      readRule(line, at) ??
      (depth < maxDepth ? (readQuote(lines, at, depth) ?? readList(lines, at, depth)) : undefined) ??
      readTable(lines, at) ??
      readParagraph(lines, at)
    blocks.push(read.block)
    at = read.end
  }
  return blocks
}

type Read = { readonly block: Block; readonly end: number } | undefined

const fence = /^( *)(`{3,}|~{3,})([^`]*)$/

function readFence(lines: readonly string[], at: number): Read {
  const open = fence.exec(lines[at] ?? '')
  if (!open) return undefined
  const indent = open[1]?.length ?? 0
  const ticks = open[2] ?? ''
  let end = at + 1
  while (end < lines.length && !closes(lines[end] ?? '', ticks)) end += 1
  const text = lines
    .slice(at + 1, end)
    .map((line) => unindent(line, indent))
    .join('\n')
  return { block: { type: 'code', language: (open[3] ?? '').trim().split(/\s/, 1)[0] ?? '', text }, end: end + 1 }
}

function closes(line: string, ticks: string): boolean {
  const text = line.trim()
  return text.length >= ticks.length && text === (ticks[0] ?? '').repeat(text.length)
}

function unindent(line: string, most: number): string {
  let count = 0
  while (count < most && line[count] === ' ') count += 1
  return line.slice(count)
}

function readHeading(line: string, at: number): Read {
  const found = /^ {0,3}(#{1,6})(?: (.*))?$/.exec(line)
  if (!found) return undefined
  const text = (found[2] ?? '').trim().replace(/(?:^| )#+$/, '')
  return { block: { type: 'heading', level: found[1]?.length ?? 1, inline: parseInline(text) }, end: at + 1 }
}

function readRule(line: string, at: number): Read {
  const text = line.replaceAll(' ', '')
  return text.length > 2 && /^(?:-+|\*+|_+)$/.test(text) ? { block: { type: 'rule' }, end: at + 1 } : undefined
}

function readQuote(lines: readonly string[], at: number, depth: number): Read {
  if (!/^ {0,3}>/.test(lines[at] ?? '')) return undefined
  const inner: string[] = []
  let end = at
  for (; end < lines.length; end += 1) {
    const line = lines[end] ?? ''
    const quoted = /^ {0,3}> ?/.exec(line)
    if (quoted) inner.push(line.slice(quoted[0].length))
    else if (line.trim() && inner.at(-1)?.trim() && !startsBlock(line)) inner.push(line)
    else break
  }
  return { block: { type: 'quote', blocks: parseBlocks(inner, depth + 1) }, end }
}

const marker = /^( *)([-+*]|\d{1,9}[.)])(?: +|$)/

function readList(lines: readonly string[], at: number, depth: number): Read {
  const first = marker.exec(lines[at] ?? '')
  if (!first) return undefined
  const kind = first[2]?.at(-1) ?? ''
  const base = first[1]?.length ?? 0
  const items: Item[] = []
  let end = at
  while (end < lines.length) {
    const line = lines[end] ?? ''
    const found = marker.exec(line)
    if (!found || found[2]?.at(-1) !== kind || (found[1]?.length ?? 0) > base + 3 || readRule(line, end)) break
    const item = readItem(lines, end, found)
    items.push(toItem(item.lines, depth))
    end = item.end
  }
  return {
    block: { type: 'list', start: /\d/.test(first[2] ?? '') ? Number.parseInt(first[2] ?? '1', 10) : undefined, items },
    end,
  }
}

function readItem(lines: readonly string[], at: number, found: RegExpExecArray): { lines: string[]; end: number } {
  const own = (found[1]?.length ?? 0) + (found[2]?.length ?? 0)
  // Models indent what belongs to an item by anything from two columns to the width of the marker.
  const needs = (found[1]?.length ?? 0) + Math.min(found[2]?.length ?? 1, 2) + 1 - (found[2]?.length === 1 ? 0 : 1)
  const inner = [(lines[at] ?? '').slice(found[0].length)]
  let end = at + 1
  for (; end < lines.length; end += 1) {
    const line = lines[end] ?? ''
    const indent = line.length - line.trimStart().length
    if (!line.trim()) {
      const next = lines.slice(end + 1, end + 3).find((one) => one.trim())
      if (next === undefined || next.length - next.trimStart().length < needs) break
      inner.push('')
    } else if (indent >= needs) inner.push(unindent(line, own + 1))
    else if (inner.at(-1)?.trim() && !startsBlock(line)) inner.push(line.trimStart())
    else break
  }
  // Blank lines between items belong to neither.
  while (end < lines.length && !(lines[end] ?? '').trim() && marker.test(lines[end + 1] ?? '')) end += 1
  return { lines: inner, end }
}

function toItem(lines: string[], depth: number): Item {
  const task = /^\[([ xX])\] +/.exec(lines[0] ?? '')
  if (task) lines[0] = (lines[0] ?? '').slice(task[0].length)
  return { checked: task ? task[1] !== ' ' : undefined, blocks: parseBlocks(lines, depth + 1) }
}

function readTable(lines: readonly string[], at: number): Read {
  const line = lines[at] ?? ''
  const ruler = lines[at + 1] ?? ''
  if (!line.includes('|') || !ruler.includes('-')) return undefined
  const columns = cells(ruler)
  const head = cells(line)
  if (columns.length !== head.length || !columns.every((one) => /^:?-+:?$/.test(one))) return undefined
  const align = columns.map((one): Align =>
    one.endsWith(':') ? (one.startsWith(':') ? 'center' : 'right') : one.startsWith(':') ? 'left' : undefined,
  )
  const rows: Cell[][] = []
  let end = at + 2
  for (; end < lines.length && (lines[end] ?? '').includes('|'); end += 1) {
    const row = cells(lines[end] ?? '')
    rows.push(head.map((_, index) => parseInline(row[index] ?? '')))
  }
  return { block: { type: 'table', align, head: head.map(parseInline), rows }, end }
}

/** Cells of a row; a pipe in a code span or behind a backslash does not end one. */
function cells(line: string): string[] {
  const found: string[] = []
  let cell = ''
  let code = false
  for (let index = 0; index < line.length; index += 1) {
    const char = line[index] ?? ''
    if (char === '\\' && line[index + 1] === '|') {
      cell += '|'
      index += 1
    } else if (char === '|' && !code) {
      found.push(cell.trim())
      cell = ''
    } else {
      if (char === '`') code = !code
      cell += char
    }
  }
  found.push(cell.trim())
  if (found[0] === '') found.shift()
  if (found.at(-1) === '') found.pop()
  return found
}

function startsBlock(line: string): boolean {
  return fence.test(line) || /^ {0,3}(?:#{1,6} |>)/.test(line) || marker.test(line) || readRule(line, 0) !== undefined
}

function readParagraph(lines: readonly string[], at: number): { block: Block; end: number } {
  let end = at + 1
  while (end < lines.length && (lines[end] ?? '').trim() && !startsBlock(lines[end] ?? '') && !readTable(lines, end))
    end += 1
  const text = lines
    .slice(at, end)
    .map((line) => line.trimStart())
    .join('\n')
    .trimEnd()
  return { block: { type: 'paragraph', inline: parseInline(text) }, end }
}
