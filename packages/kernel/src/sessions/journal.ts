import { dirname } from 'node:path'
import { failure } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import type { FileHandle, Platform } from '../platform.ts'

const openHandles = 256
const knownFiles = 4_096
/** So many of the longest unused are looked at when there are too many: most of a busy gateway's are in use. */
const looks = 8
const syncsAtOnce = 16
const firstRetryMs = 1_000
const longestRetryMs = 60_000
const blockBytes = 1 << 20
/** Lines wait so long for others of their file, unless somebody wants to read it: they stand in the ledger meanwhile. */
const gatherMs = 200
/** So much text waits at most. */
const gatherChars = 4 << 20

/** The journal files as they follow the ledger: appends in the background, in order, one at a time for each file. */
export interface Journals extends AsyncDisposable {
  /** Queues lines for a file; they are written a moment later, together. A refusing disk is tried until it takes them. */
  append(file: string, texts: readonly string[]): void
  /** What an earlier process wrote to the file may not be on the disk, nor get there: the next `sync` writes it anew. */
  touch(file: string): void
  /** Runs when all that was queued before is in the file, while the file is not open; what is queued after waits. */
  exclusive<T>(file: string, work: () => Promise<T>): Promise<T>
  /** Removes the file, with what was queued and is not written yet. */
  remove(file: string): Promise<void>
  /** All that was queued is on the disk, whatever happens to the machine; rejects with `unavailable` when it is not. */
  sync(): Promise<void>
  /** All that was queued is in the file; rejects with `unavailable` when the disk refuses it now. */
  settled(file: string): Promise<void>
  /** The same for every file, once each was tried. */
  flush(): Promise<void>
  /** Something is queued for the file. */
  isBehind(file: string): boolean
}

/** Done in its turn; `closed` while the file is not open. */
interface Work {
  readonly closed: boolean
  run(): Promise<void>
}

interface Journal {
  /** Lines to append, and work to be done between them. */
  queue: (string[] | Work)[]
  running: Promise<void> | undefined
  handle: FileHandle | undefined
  /** How the file ends, as far as it is known; only we write to it. */
  size: number | undefined
  torn: boolean
  retryMs: number
  retry: Disposable | undefined
  trouble: unknown
}

/** Journals over the files of a platform. */
export function openJournals({ platform, log }: { platform: Platform; log: Log }): Journals {
  const { files, clock } = platform
  // Both in the order of use, so that what was not used for the longest time goes first.
  const journals = new Map<string, Journal>()
  const opened = new Set<Journal>()
  const unsynced = new Set<string>()
  const unsyncedFolders = new Set<string>()
  /**
   * A sync of them failed, or may have: what it was to write can be read, and no later sync puts it on the disk
   * (https://lwn.net/Articles/752063/).
   */
  const doubted = new Set<string>()
  /** Files whose lines wait for others. */
  const gathering = new Set<string>()
  let gathered = 0
  let writing: Disposable | undefined
  let closed = false

  const journalOf = (file: string): Journal => {
    const known = journals.get(file)
    if (known) journals.delete(file)
    else if (journals.size >= knownFiles) forgetIdle()
    const journal = known ?? {
      queue: [],
      running: undefined,
      handle: undefined,
      size: undefined,
      torn: false,
      retryMs: firstRetryMs,
      retry: undefined,
      trouble: undefined,
    }
    journals.set(file, journal)
    return journal
  }

  const forgetIdle = (): void => {
    let looked = 0
    for (const [file, journal] of journals) {
      if (looked++ === looks) return
      if (isIdle(journal) && !journal.handle) journals.delete(file)
    }
  }

  const release = async (journal: Journal): Promise<void> => {
    const { handle } = journal
    journal.handle = undefined
    opened.delete(journal)
    await handle?.[Symbol.asyncDispose]()
  }

  const handleOf = async (file: string, journal: Journal): Promise<FileHandle> => {
    const handle = journal.handle ?? (await files.open(file, 'append'))
    journal.handle = handle
    opened.delete(journal)
    opened.add(journal)
    // How an append before, of this process or an earlier one, ended.
    if (journal.size === undefined) {
      const size = await handle.size()
      journal.torn = size > 0 && (await handle.read(size - 1, 1))[0] !== 0x0a
      journal.size = size
    }
    return handle
  }

  const write = async (file: string, journal: Journal, texts: readonly string[]): Promise<void> => {
    let left = texts
    try {
      const handle = await handleOf(file, journal)
      const before = journal.size ?? 0
      const lead = journal.torn ? '\n' : ''
      const bytes = Buffer.from(`${lead}${texts.join('\n')}\n`)
      try {
        await handle.append(bytes)
      } catch (error) {
        const written = (await handle.size().catch(() => before)) - before
        // Lines that went in whole are not written a second time.
        left = texts.slice(wholeLines(lead, texts, written))
        throw error
      }
      journal.size = before + bytes.length
      journal.torn = false
      unsynced.add(file)
    } catch (error) {
      if (left.length > 0) journal.queue.unshift([...left])
      throw error
    }
  }

  const drain = async (file: string, journal: Journal): Promise<void> => {
    try {
      for (let next = journal.queue.shift(); next; next = journal.queue.shift()) {
        if (Array.isArray(next)) {
          await write(file, journal, next)
          continue
        }
        if (next.closed) await release(journal)
        await next.run()
        if (next.closed) journal.size = undefined
      }
      journal.trouble = undefined
      journal.retryMs = firstRetryMs
    } catch (error) {
      if (journal.trouble === undefined) {
        log.error(`sessions: cannot append to ${file} (${(error as Error).message}); the ledger has it, trying again`)
      }
      journal.trouble = error
      journal.size = undefined
      await release(journal).catch(() => {})
      journal.retry = clock.after(journal.retryMs, () => void wake(file, journal))
      journal.retryMs = Math.min(longestRetryMs, journal.retryMs * 2)
    }
    journal.running = undefined
    await closeIdle()
  }

  const wake = (file: string, journal: Journal): Promise<void> => {
    journal.retry?.[Symbol.dispose]()
    journal.retry = undefined
    return (journal.running ??= Promise.resolve().then(() => drain(file, journal)))
  }

  const writeGathered = (): void => {
    writing?.[Symbol.dispose]()
    writing = undefined
    gathered = 0
    for (const file of gathering) {
      const journal = journals.get(file)
      // A disk that refused is tried again at its time, not with each line.
      if (journal && journal.queue.length > 0 && !journal.retry) void wake(file, journal)
    }
    gathering.clear()
  }

  const isIdle = (journal: Journal): boolean => !journal.running && !journal.retry && journal.queue.length === 0

  const closeIdle = async (): Promise<void> => {
    let looked = 0
    for (const journal of opened) {
      if (opened.size <= openHandles || looked++ === looks) return
      if (isIdle(journal)) return release(journal)
    }
  }

  const settled = async (file: string): Promise<void> => {
    const journal = journals.get(file)
    if (!journal || isIdle(journal)) return
    await wake(file, journal)
    if (journal.trouble === undefined) return
    const reason = (journal.trouble as Error).message
    throw failure(
      'unavailable',
      `sessions: ${file} cannot be written (${reason}); free space or mend the disk, and try again`,
      {
        cause: journal.trouble,
      },
    )
  }

  const flush = async (): Promise<void> => {
    const tried = await Promise.allSettled([...journals.keys()].map(settled))
    const refused = tried.find((one) => one.status === 'rejected')
    if (refused) throw refused.reason
  }

  const enqueue = <T>(file: string, closed: boolean, work: () => Promise<T>): Promise<T> => {
    const journal = journalOf(file)
    return new Promise((resolve, reject) => {
      journal.queue.push({ closed, run: () => work().then(resolve, reject) })
      void wake(file, journal)
    })
  }

  const syncFile = async (file: string): Promise<void> => {
    // It was removed since.
    if (!unsynced.delete(file)) return
    const journal = journalOf(file)
    try {
      if (doubted.has(file)) await writeAnew(file, journal)
      else await (await handleOf(file, journal)).sync()
      unsyncedFolders.add(dirname(file))
    } catch (error) {
      unsynced.add(file)
      doubted.add(file)
      throw error
    }
  }

  /** The same bytes in a file of their own, which takes the place of the doubted one once it is on the disk. */
  const writeAnew = async (file: string, journal: Journal): Promise<void> => {
    await release(journal)
    await using source = await files.open(file, 'read')
    await files.replace(file, blocksOf(source, await source.size()))
    doubted.delete(file)
  }

  return {
    append(file, texts) {
      // What became durable while everything ends stands in the ledger, from which the next start appends it.
      if (closed) return
      const journal = journalOf(file)
      const last = journal.queue.at(-1)
      if (Array.isArray(last)) last.push(...texts)
      else journal.queue.push([...texts])
      gathering.add(file)
      for (const text of texts) gathered += text.length
      if (gathered > gatherChars) writeGathered()
      else writing ??= clock.after(gatherMs, writeGathered)
    },
    touch(file) {
      unsynced.add(file)
      doubted.add(file)
    },
    exclusive: (file, work) => enqueue(file, true, work),
    remove(file) {
      const journal = journalOf(file)
      journal.queue = journal.queue.filter((item) => !Array.isArray(item))
      return enqueue(file, true, async () => {
        await files.remove(file)
        unsynced.delete(file)
        doubted.delete(file)
        unsyncedFolders.add(dirname(file))
      })
    },
    async sync() {
      await flush()
      const synced = [...unsynced]
      while (synced.length > 0)
        await Promise.all(synced.splice(-syncsAtOnce).map((file) => enqueue(file, false, () => syncFile(file))))
      for (const folder of unsyncedFolders) {
        unsyncedFolders.delete(folder)
        await files.syncFolder(folder)
      }
    },
    settled,
    flush,
    isBehind: (file) => {
      const journal = journals.get(file)
      return journal !== undefined && !isIdle(journal)
    },
    async [Symbol.asyncDispose]() {
      closed = true
      writing?.[Symbol.dispose]()
      await Promise.allSettled([...journals.keys()].map(settled))
      for (const journal of journals.values()) {
        journal.retry?.[Symbol.dispose]()
        await release(journal)
      }
      journals.clear()
    },
  }
}

async function* blocksOf(handle: FileHandle, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < size; at += blockBytes) yield await handle.read(at, Math.min(blockBytes, size - at))
}

/** How many of the texts are wholly within the first `written` bytes of an append. */
function wholeLines(lead: string, texts: readonly string[], written: number): number {
  let end = lead.length
  for (const [index, text] of texts.entries()) {
    end += Buffer.byteLength(text) + 1
    if (end > written) return index
  }
  return texts.length
}
