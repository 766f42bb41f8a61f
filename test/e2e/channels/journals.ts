import { readdirSync, readFileSync, type Dirent } from 'node:fs'
import { join } from 'node:path'
import { isLine, type Line } from '@openclaw/protocol'

/** One message of a person, as the journals of a home have it. */
export interface Noted {
  readonly line: string
  /** Who said it: the sender's id, or on the page, where all are the owner, the session. */
  readonly sender: string
  readonly text: string
  /** Runs that took it. */
  readonly runs: readonly string[]
}

/** What stands in a home in the end. */
export interface Journals {
  readonly noted: readonly Noted[]
  /** Runs that ended with an answer, and those that ended otherwise. */
  readonly answered: ReadonlySet<string>
  readonly failed: ReadonlySet<string>
}

/** Whole lines of all agents' sessions with their session's key. What a kill tore is passed over, as the program does it. */
export function readLines(home: string): readonly { readonly session: string; readonly line: Line }[] {
  return entriesOf(join(home, 'sessions'))
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => filesIn(join(home, 'sessions', name)))
    .filter(({ name }) => name.endsWith('.jsonl'))
    .flatMap(({ text }) => {
      const lines = text.split('\n').flatMap((one) => parse(one) ?? [])
      const head = lines.find((line) => isLine(line, 'session'))
      return lines.map((line) => ({ session: head?.body.key ?? '', line }))
    })
}

/** Every user line of a home's sessions, with the runs that took it, and how each run ended. */
export function readJournals(home: string): Journals {
  const all = readLines(home)
  const lines = all.map(({ line }) => line)
  const takes = lines.filter((line) => isLine(line, 'run', 'take')).map(({ body }) => body)
  const ends = all.flatMap(({ session, line }) => (isLine(line, 'end') ? [{ session, run: line.body.run }] : []))
  // A message that was given up before any step of its run is named by no line: one end without a beginning is its own.
  const unbegun = ends.filter(({ run }) => !takes.some((one) => one.run === run))
  const runsOf = (session: string, line: string): string[] => {
    const runs = takes.filter((one) => one.takes.includes(line)).map(({ run }) => run)
    if (runs.length > 0) return runs
    const at = unbegun.findIndex((one) => one.session === session)
    return at < 0 ? [] : unbegun.splice(at, 1).map(({ run }) => run)
  }
  return {
    noted: all.flatMap(({ session, line }) => {
      if (!isLine(line, 'user')) return []
      const { id, origin, body } = line
      return [{ line: id, sender: origin?.sender ?? session, text: body.text, runs: runsOf(session, id) }]
    }),
    answered: new Set(
      lines.filter((line) => isLine(line, 'assistant')).flatMap(({ body }) => (body.stop === 'end' ? [body.run] : [])),
    ),
    failed: new Set(ends.map(({ run }) => run)),
  }
}

/** How often the tool ran for each mark: it leaves a line in a file of that name. */
export function readEffects(home: string): ReadonlyMap<string, number> {
  const files = filesIn(join(home, 'workspace')).filter(({ name }) => name.startsWith('did-'))
  return new Map(files.map(({ name, text }) => [name.slice('did-'.length), text.split('\n').filter(Boolean).length]))
}

function filesIn(folder: string): readonly { readonly name: string; readonly text: string }[] {
  return entriesOf(folder)
    .filter((entry) => entry.isFile())
    .map(({ name }) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    // Nobody has written anything yet.
    return []
  }
}

function parse(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line
  } catch {
    return undefined
  }
}
