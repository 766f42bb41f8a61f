import type { Files } from '../platform.ts'
import { readLines } from '../platform/lines.ts'
import { eraseDamage, eraseLine, parseLine, readLine, type LineFacts } from './line.ts'

/** What an erasure came to. */
export interface Erased {
  /** Ids of the lines that have no body now, with those that had none before, and those that damaged bytes named. */
  readonly ids: Set<string>
  /** Lines that lost their body now. */
  count: number
}

const idInDamage = /"id":"([^"]+)"/g
const newline = Buffer.from('\n')

/**
 * Writes a journal anew with digests in place of the bodies of these lines, or of all: then only what the session is
 * and what it was set to stays. Other lines stay byte for byte. Damaged bytes that may hold the text go too.
 */
export async function eraseJournal(files: Files, file: string, lines: readonly string[] | undefined): Promise<Erased> {
  const wanted = lines && new Set(lines)
  const erased: Erased = { ids: new Set(), count: 0 }
  const source = await files.open(file, 'read')
  try {
    await files.replace(file, rewrite(source, await source.size(), wanted, erased))
  } finally {
    await source[Symbol.asyncDispose]()
  }
  return erased
}

async function* rewrite(
  source: Awaited<ReturnType<Files['open']>>,
  size: number,
  wanted: ReadonlySet<string> | undefined,
  erased: Erased,
): AsyncGenerator<Uint8Array> {
  for await (const lines of readLines(source, 0, size)) {
    for (const { bytes, ended } of lines) {
      const text = eraseFrom(bytes, wanted, erased)
      yield text === undefined ? bytes : Buffer.from(text)
      if (ended) yield newline
    }
  }
}

/** The text to stand instead, or undefined when the line stays. */
function eraseFrom(bytes: Buffer, wanted: ReadonlySet<string> | undefined, erased: Erased): string | undefined {
  const reading = readLine(bytes)
  if (reading.state === 'damaged') {
    const ids = [...bytes.toString().matchAll(idInDamage)].map((match) => match[1]!)
    if (wanted && !ids.some((id) => wanted.has(id))) return undefined
    for (const id of ids) erased.ids.add(id)
    return eraseDamage(bytes)
  }
  if (wanted ? !wanted.has(reading.head.id) : stays(reading.head, reading.text)) return undefined
  erased.ids.add(reading.head.id)
  if (reading.state === 'erased') return undefined
  erased.count++
  return eraseLine(reading.text)
}

/** Without its key a journal would be nobody's, and a model setting says nothing about a person; a title may. */
function stays({ kind }: LineFacts, text: string): boolean {
  if (kind === 'session') return true
  if (kind !== 'settings') return false
  const body = parseLine(text).body as { title?: unknown } | undefined
  return body?.title === undefined || body.title === null
}
