import type { Align } from './markup.ts'

/** Rows as lines of monospace columns with a ruler under the header: what goes into a code block. */
export function alignedTable(rows: readonly (readonly string[])[], align: readonly Align[] = []): string {
  const columns = rows[0]?.map((_, column) => Math.max(3, ...rows.map((row) => displayWidth(row[column] ?? '')))) ?? []
  const line = (row: readonly string[]) =>
    columns
      .map((width, column) => pad(row[column] ?? '', width, align[column]))
      .join('  ')
      .trimEnd()
  const [head = [], ...body] = rows
  return [line(head), columns.map((width) => '-'.repeat(width)).join('  '), ...body.map(line)].join('\n')
}

function pad(cell: string, width: number, align: Align): string {
  const free = width - displayWidth(cell)
  const before = align === 'right' ? free : align === 'center' ? free >> 1 : 0
  return ' '.repeat(before) + cell + ' '.repeat(free - before)
}

const graphemes = new Intl.Segmenter()

/** Columns that a text takes in a monospace font: 2 for wide East Asian characters and emoji, 0 for what combines. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += wide.test(segment) ? 2 : nothing.test(segment) ? 0 : 1
  return width
}

const nothing = /^[\p{Default_Ignorable_Code_Point}\p{Mn}\p{Me}\p{Cc}]*$/u

/** Scripts and blocks that are wide by https://www.unicode.org/reports/tr11/, and emoji as people see them. */
const wide =
  /\p{Emoji_Presentation}|\p{Emoji}\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1aff0}-\u{1b2fb}\u{20000}-\u{3fffd}]/u
