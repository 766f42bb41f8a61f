import { readFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'

/** What loading a session costs at least: its live bytes from a file of their own, and parsing them. */
export async function readBare(path: string): Promise<unknown[]> {
  const text = await readFile(path, 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** A table of as many rows, of which one page is read. */
export function pageBare(rows: readonly unknown[], count: number): () => unknown[] {
  const database = new DatabaseSync(':memory:')
  database.exec(
    'CREATE TABLE plain (id INTEGER PRIMARY KEY, updated INTEGER, row TEXT); CREATE INDEX latest ON plain (updated DESC)',
  )
  const add = database.prepare('INSERT INTO plain (updated, row) VALUES (?, ?)')
  database.exec('BEGIN')
  for (let at = 0; at < count; at++) add.run(at, JSON.stringify(rows[at % rows.length]))
  database.exec('COMMIT')
  const page = database.prepare('SELECT row FROM plain ORDER BY updated DESC LIMIT 50')
  const total = database.prepare('SELECT count(*) FROM plain')
  return () => {
    total.get()
    return page.all().map(({ row }) => JSON.parse(String(row)))
  }
}
