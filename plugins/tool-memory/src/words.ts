import { DatabaseSync } from 'node:sqlite'
import type { Passage } from './passages.ts'

/**
 * The passages that hold words of a query, best first: by SQLite's full text search, which knows word beginnings and
 * passes over accents. What it does not take apart into words, as Chinese, is found by its letters. The files are the
 * truth, and small: the index is made anew for each search, and cannot be stale.
 */
export function findWords(passages: readonly Passage[], query: string): Passage[] {
  const words = query.match(/[\p{L}\p{N}]+/gu) ?? []
  if (words.length === 0) return []
  using index = new DatabaseSync(':memory:')
  index.exec(`CREATE VIRTUAL TABLE passages USING fts5(heading, text, tokenize = "unicode61 remove_diacritics 2")`)
  const insert = index.prepare('INSERT INTO passages (rowid, heading, text) VALUES (?, ?, ?)')
  index.exec('BEGIN')
  for (const [at, { heading, text }] of passages.entries()) insert.run(at, heading, text)
  index.exec('COMMIT')
  // The beginning of a word is worth something from three letters on.
  const match = words.map((word) => `"${word}"${word.length > 2 ? '*' : ''}`).join(' OR ')
  const rows = index
    .prepare('SELECT rowid FROM passages WHERE passages MATCH ? ORDER BY bm25(passages, 0.5, 1.0), rowid LIMIT 100')
    .all(match)
  const found = rows.map(({ rowid }) => passages[Number(rowid)]!)
  const letters = query.trim().toLowerCase()
  const more = passages.filter((one) => !found.includes(one) && one.text.toLowerCase().includes(letters))
  return [...found, ...more]
}
