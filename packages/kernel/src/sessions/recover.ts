import type { LedgerRecord } from '@openclaw/protocol'
import type { Files } from '../platform.ts'
import { asBuffer, splitLines } from '../platform/lines.ts'
import { readLine } from './line.ts'
import { lastLine } from './load.ts'

/** What a journal lacks of what the ledger has; nothing, mostly. */
export interface Missing {
  readonly file: string
  readonly texts: readonly string[]
}

interface Behind {
  readonly file: string
  readonly seq: number
  readonly lines: Map<number, string>
}

const firstBytes = 1 << 16

/**
 * Compares the ledger's lines with the last line of each journal, and answers what is above it, in order: one for each
 * journal that was compared. A journal of
 * a session that was deleted and began anew is compared with its new beginning: when it does not start so, the old file
 * outlived its deletion, and `remove` is called.
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

  const compare = async (key: string, id: string): Promise<Behind> => {
    const file = await locate(key)
    if (deleted.has(key) && (await firstId(files, file)) !== id) await remove(file)
    const behind = { file, seq: await lastSeq(files, file), lines: new Map() }
    sessions.set(key, behind)
    return behind
  }

  for await (const { session, line } of records) {
    const { id, seq } = line as { id: string; seq: number }
    const behind = sessions.get(session) ?? (await compare(session, id))
    if (seq > behind.seq) behind.lines.set(seq, JSON.stringify(line))
  }
  for (const key of deleted) if (!sessions.has(key)) await remove(await locate(key))
  return [...sessions.values()].map(({ file, lines }) => ({
    file,
    texts: [...lines].sort(([a], [b]) => a - b).map(([, text]) => text),
  }))
}

async function lastSeq(files: Files, file: string): Promise<number> {
  return (await reading(files, file, async (handle, size) => (await lastLine(handle, size))?.seq)) ?? 0
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
