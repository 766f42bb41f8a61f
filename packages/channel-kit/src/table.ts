import type { Align } from './markup.ts'

/** Rows as lines of monospace columns, with a ruler under the header: what goes into a code block. */
export function alignedTable(rows: readonly (readonly string[])[], align: readonly Align[] = []): string {
  return rows.map((row) => row.map((cell, column) => (align[column] === 'right' ? cell : cell)).join('  ')).join('\n')
}
