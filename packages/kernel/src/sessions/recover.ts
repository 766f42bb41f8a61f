import type { LedgerRecord } from '@openclaw/protocol'
import type { Files } from '../platform.ts'
import { asBuffer, readLinesBack, splitLines } from '../platform/lines.ts'
import { readLine } from './line.ts'
import { readAll } from './load.ts'

/** What a journal lacks of what the ledger has; nothing, mostly. */
export interface Missing {
  readonly file: string
  readonly texts: readonly string[]
}

interface Behind {
  readonly file: string
  /** Sequences that are there, as far back as the ledger goes. */
  readonly there: ReadonlySet<number>
  readonly lines: Map<number, string>
}

const firstBytes = 1 << 16

/**
 * Compares the ledger's lines with those of each journal, and answers what it lacks, in order: one for each journal that
 * was compared. A loss of power may have kept later lines and lost earlier ones, so the last one alone proves nothing. A
 * journal of a session that was deleted and began anew is compared with its new beginning: when it does not start so,
 * the old file outlived its deletion, and `remove` is called.
 */
export async function findMissing(
  records: AsyncIterable<LedgerRecord<'line'>>,
  options: {
    files: Files
    locate(key: string): Promise<string>
    deleted: ReadonlySet<string>
    remove(file: string): Promise<void>
  },
): Promise<readonly Missing[]> {
  const { files, locate, deleted, remove } = options
  const sessions = new Map<string, Behind>()

  const compare = async (key: string, id: string, seq: number): Promise<Behind> => {
    const file = await locate(key)
    if (deleted.has(key) && (await firstId(files, file)) !== id) await remove(file)
    const behind = { file, there: await sequencesFrom(files, file, seq), lines: new Map() }
    sessions.set(key, behind)
    return behind
  }

  for await (const { session, line } of records) {
    const { id, seq } = line as { id: string; seq: number }
    const behind = sessions.get(session) ?? (await compare(session, id, seq))
    if (!behind.there.has(seq)) behind.lines.set(seq, JSON.stringify(line))
  }
  for (const key of deleted) if (!sessions.has(key)) await remove(await locate(key))
  return [...sessions.values()].map(({ file, lines }) => ({
    file,
    texts: [...lines].sort(([a], [b]) => a - b).map(([, text]) => text),
  }))
}

/** Sequences from `seq` on that whole lines of a journal have. */
async function sequencesFrom(files: Files, file: string, seq: number): Promise<ReadonlySet<number>> {
  const there = new Set<number>()
  await reading(files, file, async (handle, size) => {
    for await (const raw of readLinesBack(handle, size)) {
      const { lines } = readAll(raw)
      for (const line of lines) there.add(line.seq)
      // Lines stand in order but for those that a recovery appended, which are none of before `seq`.
      if (lines.some((line) => line.seq < seq)) return
    }
  })
  return there
}

async function firstId(files: Files, file: string): Promise<string | undefined> {
  return reading(files, file, async (handle, size) => {
    const [first] = splitLines(asBuffer(await handle.read(0, Math.min(size, firstBytes))), 0)
    const read = first && readLine(first.bytes)
    return read && read.state !== 'damaged' ? read.head.id : undefined
  })
}

async function reading<T>(
  files: Files,
  file: string,
  work: (handle: Awaited<ReturnType<Files['open']>>, size: number) => Promise<T>,
): Promise<T | undefined> {
  if (!(await files.stat(file))) return undefined
  const handle = await files.open(file, 'read')
  try {
    return await work(handle, await handle.size())
  } finally {
    await handle[Symbol.asyncDispose]()
  }
}
