import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isLine, type Line } from '@openclaw/protocol'

/** One message of a person, as the journals of a home have it. */
export interface Noted {
  readonly line: string
  readonly sender: string | undefined
  readonly text: string
  /** Runs that took it. */
  readonly runs: readonly string[]
}

/** Every user line of a home's sessions, with the runs that took it, and how each run ended. */
export async function readJournals(home: string): Promise<{
  readonly noted: readonly Noted[]
  readonly answered: ReadonlySet<string>
  readonly failed: ReadonlySet<string>
}> {
  const folder = join(home, 'sessions', 'main')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'))
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  const lines = texts.flatMap((text) => text.split('\n').filter(Boolean)).map((line) => JSON.parse(line) as Line)
  const takes = lines.filter((line) => isLine(line, 'run', 'take')).map(({ body }) => body)
  return {
    noted: lines
      .filter((line) => isLine(line, 'user'))
      .map(({ id, body, origin }) => ({
        line: id,
        sender: origin?.sender,
        text: body.text,
        runs: takes.filter((one) => one.takes.includes(id)).map(({ run }) => run),
      })),
    answered: new Set(
      lines.filter((line) => isLine(line, 'assistant')).flatMap(({ body }) => (body.stop === 'end' ? [body.run] : [])),
    ),
    failed: new Set(lines.filter((line) => isLine(line, 'end')).map(({ body }) => body.run)),
  }
}
