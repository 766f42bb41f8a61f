import type { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers/promises'
import type { MethodParams, MethodResult } from '@openclaw/protocol'
import type { FileHandle, Files } from '../platform.ts'
import { patternBelow } from '../router/subagent.ts'
import { parseLine } from './line.ts'
import { addToSpending, type Spending } from './spending.ts'
import { addToTotals, emptyTotals, type Totals } from './totals.ts'
import { readFound } from './verify.ts'

const schemaVersion = 3
/** Of the words of one session, by their line: more than a journal will ever hold. */
const linesPerSession = 2 ** 28
const linesPerSlice = 64

type SessionInfo = MethodResult<'sessions.get'>

/** Lists, searches and counts over all journals. It can be deleted at any time: it is made from the journals again. */
export interface SessionIndex {
  /** True when it was there before. */
  readonly known: boolean
  /** Size of each journal as far as it was read. */
  sizes(): ReadonlyMap<string, number>
  /** Reads what a journal got since it was read last; all of it when it was rewritten; a missing one is left out. */
  update(file: string): Promise<void>
  /** Reads a journal from its beginning, and takes out of the index's own file what it said before. */
  renew(file: string): Promise<void>
  info(key: string): SessionInfo | undefined
  list(query: MethodParams<'sessions.list'> & { limit: number; offset: number }): MethodResult<'sessions.list'>
  usage(query: MethodParams<'usage.get'>): Pick<MethodResult<'usage.get'>, 'rows' | 'total'>
  close(): void
}

/** Opens the index at `path`, made anew when it is missing, damaged or of another version; without one, in memory alone. */
export async function openIndex(path: string | undefined, files: Files): Promise<SessionIndex> {
  const { DatabaseSync } = await import('node:sqlite')
  if (path === undefined) {
    const memory = new DatabaseSync(':memory:')
    memory.exec(schema)
    return overDatabase(memory, files, false)
  }
  const opened = openDatabase(DatabaseSync, path)
  if (opened) return overDatabase(opened, files, true)
  await removeIndex(path, files)
  // SQLite would make it readable by all; what it puts beside it gets the mode of this file.
  await (await files.open(path, 'append'))[Symbol.asyncDispose]()
  const database = new DatabaseSync(path)
  database.exec(schema)
  return overDatabase(database, files, false)
}

/** Removes an index with its side files. */
export async function removeIndex(path: string, files: Files): Promise<void> {
  for (const suffix of ['', '-wal', '-shm', '-journal']) await files.remove(path + suffix)
}

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = OFF;
  PRAGMA secure_delete = ON;
  CREATE TABLE sessions (
    id INTEGER PRIMARY KEY, file TEXT UNIQUE, key TEXT, agent TEXT, channel TEXT, updated INTEGER, bytes INTEGER, totals TEXT
  );
  CREATE INDEX by_key ON sessions (key);
  CREATE INDEX by_updated ON sessions (updated DESC);
  CREATE INDEX by_agent ON sessions (agent, updated DESC);
  CREATE INDEX by_channel ON sessions (channel, updated DESC);
  CREATE VIRTUAL TABLE said USING fts5 (text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2');
  CREATE TABLE spent (
    session INTEGER, day TEXT, model TEXT, sender TEXT,
    runs INTEGER, calls INTEGER, input INTEGER, cached INTEGER, output INTEGER, cost REAL,
    PRIMARY KEY (session, day, model, sender)
  ) WITHOUT ROWID;
  CREATE INDEX spent_by_day ON spent (day);
  PRAGMA user_version = ${schemaVersion};
`

type Database = typeof DatabaseSync

function openDatabase(Database: Database, path: string): DatabaseSync | undefined {
  let database: DatabaseSync | undefined
  try {
    database = new Database(path)
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
    if (version === schemaVersion) {
      database.exec('PRAGMA synchronous = OFF; PRAGMA secure_delete = ON; SELECT id FROM sessions LIMIT 1')
      return database
    }
  } catch {
    // Not a database, or a damaged one: it is made anew.
  }
  database?.close()
  return undefined
}

interface Row {
  readonly id: number
  readonly file: string
  readonly bytes: number
  readonly totals: string
}

function overDatabase(database: DatabaseSync, files: Files, known: boolean): SessionIndex {
  const byFile = database.prepare('SELECT id, file, bytes, totals FROM sessions WHERE file = ?')
  const byKey = database.prepare('SELECT id, file, bytes, totals FROM sessions WHERE key = ?')
  const addRow = database.prepare(
    "INSERT INTO sessions (file, bytes, totals, updated) VALUES (?, 0, '', 0) RETURNING id",
  )
  const setRow = database.prepare(
    'UPDATE sessions SET key = ?, agent = ?, channel = ?, updated = ?, bytes = ?, totals = ? WHERE id = ?',
  )
  const dropRow = database.prepare('DELETE FROM sessions WHERE id = ?')
  const addWords = database.prepare('INSERT OR REPLACE INTO said (rowid, text) VALUES (?, ?)')
  const dropWords = database.prepare('DELETE FROM said WHERE rowid >= ? AND rowid < ?')

  const addSpent = database.prepare(`
    INSERT INTO spent VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
      runs = runs + excluded.runs, calls = calls + excluded.calls, input = input + excluded.input,
      cached = cached + excluded.cached, output = output + excluded.output, cost = cost + excluded.cost`)
  const dropSpent = database.prepare('DELETE FROM spent WHERE session = ?')

  const forget = (id: number): void => {
    dropWords.run(id * linesPerSession, (id + 1) * linesPerSession)
    dropSpent.run(id)
  }

  /** Writes together: each on its own costs as much as all. */
  const together = (write: () => void): void => {
    database.exec('BEGIN')
    try {
      write()
      database.exec('COMMIT')
    } catch (error) {
      database.exec('ROLLBACK')
      throw error
    }
  }

  const read = async (file: string, row: Row | undefined, handle: FileHandle): Promise<void> => {
    const size = await handle.size()
    if (row && row.bytes === size) return
    const goesOn = row !== undefined && row.bytes < size && row.totals !== ''
    const totals: Totals = goesOn ? (JSON.parse(row.totals) as Totals) : emptyTotals()
    let id = row?.id
    let stale = !goesOn
    let words: [number, string][] = []
    const spent = new Map<string, Spending>()
    const write = (done: boolean): void =>
      together(() => {
        if (stale && id !== undefined) forget(id)
        stale = false
        id ??= (addRow.get(file) as { id: number }).id
        for (const [seq, text] of words) addWords.run(id * linesPerSession + seq, text)
        words = []
        for (const { day, model, sender, runs, calls, input, cached, output, costUsd } of spent.values())
          addSpent.run(id, day, model, sender, runs, calls, input, cached, output, costUsd)
        spent.clear()
        if (!done) return
        const { key, agent, address, updatedAt } = totals
        // The title is searched like what was said; no line has the number 0.
        addWords.run(id * linesPerSession, titleOf(totals))
        setRow.run(key, agent, address.channel ?? '', updatedAt, size, JSON.stringify(totals), id)
      })
    for await (const { reading } of readFound(handle, goesOn ? row.bytes : 0, size)) {
      if (reading.state === 'damaged') {
        totals.damaged++
        continue
      }
      const line = parseLine(reading.text)
      addToSpending(spent, totals.spender, line)
      const said = addToTotals(totals, line)
      if (said) words.push([reading.head.seq, said])
      if (words.length < linesPerSlice) continue
      write(false)
      // A long journal is read in slices, so that the gateway answers meanwhile.
      await setImmediate()
    }
    write(true)
  }

  const update = async (file: string): Promise<void> => {
    const row = byFile.get(file) as unknown as Row | undefined
    const handle = await files.open(file, 'read').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (handle) {
      try {
        await read(file, row, handle)
      } finally {
        await handle[Symbol.asyncDispose]()
      }
    } else if (row) {
      forget(row.id)
      dropRow.run(row.id)
    }
  }

  return {
    known,
    sizes() {
      const rows = database.prepare('SELECT file, bytes FROM sessions').all() as { file: string; bytes: number }[]
      return new Map(rows.map(({ file, bytes }) => [file, bytes]))
    },
    update,
    async renew(file) {
      const row = byFile.get(file) as unknown as Row | undefined
      if (row) {
        forget(row.id)
        dropRow.run(row.id)
        // A deleted word stays in the file until its segment is merged and its pages are written over.
        database.exec("INSERT INTO said (said) VALUES ('optimize'); PRAGMA wal_checkpoint(TRUNCATE); VACUUM")
      }
      await update(file)
      database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    },
    info(key) {
      const row = byKey.get(key) as unknown as Row | undefined
      return row && infoOf(row)
    },
    list({ agent, channel, below, search, limit, offset }) {
      const wanted = search === undefined ? undefined : ftsQuery(search)
      if (wanted === '') return { sessions: [], total: 0 }
      const where = [
        ...(agent === undefined ? [] : ['agent = $agent']),
        ...(channel === undefined ? [] : ['channel = $channel']),
        ...(below === undefined ? [] : ['key GLOB $below']),
        ...(wanted === undefined
          ? []
          : [`id IN (SELECT rowid / ${linesPerSession} FROM said WHERE said MATCH $wanted)`]),
      ].join(' AND ')
      const filter = where === '' ? '' : ` WHERE ${where}`
      const named = {
        ...(agent === undefined ? {} : { $agent: agent }),
        ...(channel === undefined ? {} : { $channel: channel }),
        ...(below === undefined ? {} : { $below: patternBelow(below) }),
        ...(wanted === undefined ? {} : { $wanted: wanted }),
      }
      const { total } = database.prepare(`SELECT count(*) AS total FROM sessions${filter}`).get(named) as {
        total: number
      }
      const rows = database
        .prepare(
          `SELECT id, file, bytes, totals FROM sessions${filter} ORDER BY updated DESC LIMIT $limit OFFSET $offset`,
        )
        .all({ ...named, $limit: limit, $offset: offset }) as unknown as Row[]
      return { sessions: rows.map(infoOf), total }
    },
    usage({ by = 'day', from = '', to = '9999', agent, limit = 100 }) {
      const sums = `coalesce(sum(runs), 0) AS runs, coalesce(sum(calls), 0) AS calls, coalesce(sum(input), 0) AS input,
        coalesce(sum(cached), 0) AS cached, coalesce(sum(output), 0) AS output, coalesce(sum(cost), 0.0) AS costUsd`
      const source = `FROM spent JOIN sessions ON sessions.id = spent.session
        WHERE day >= $from AND day <= $to${agent === undefined ? '' : ' AND sessions.agent = $agent'}`
      const named = { $from: from, $to: to, ...(agent === undefined ? {} : { $agent: agent }) }
      const key = { day: 'day', model: 'model', sender: 'sender', agent: 'sessions.agent', session: 'sessions.key' }[by]
      const order = by === 'day' ? 'key' : 'costUsd DESC, input + output DESC, key'
      const rows = database
        .prepare(`SELECT ${key} AS key, ${sums} ${source} GROUP BY ${key} ORDER BY ${order} LIMIT $limit`)
        .all({ ...named, $limit: limit }) as unknown as MethodResult<'usage.get'>['rows']
      const total = database.prepare(`SELECT ${sums} ${source}`).get(named) as MethodResult<'usage.get'>['total']
      return { rows: rows.map((row) => ({ ...row })), total: { ...total } }
    },
    close: () => database.close(),
  }
}

function titleOf({ settings, words }: Totals): string {
  return settings.title ?? words ?? ''
}

function infoOf({ file, bytes, totals: text }: Row): SessionInfo {
  const totals = JSON.parse(text) as Totals
  const { key, agent, address, settings, createdAt, updatedAt, lines, damaged, usage } = totals
  return {
    key,
    agent,
    channel: address.channel ?? '',
    account: address.account ?? '',
    ...(address.peer ? { peer: address.peer } : {}),
    title: titleOf(totals),
    createdAt,
    updatedAt,
    lines,
    bytes,
    damaged,
    running: false,
    settings,
    usage,
    file,
  }
}

/** Every word of a search has to occur, the last one perhaps unfinished; nothing of it is taken for FTS5's own syntax. */
function ftsQuery(search: string): string {
  const words = search.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []
  return words.map((word) => `"${word}"*`).join(' ')
}
