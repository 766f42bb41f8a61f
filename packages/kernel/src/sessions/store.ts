import { join } from 'node:path'
import { failure } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import type { Ledger } from '../ledger/ledger.ts'
import type { Platform } from '../platform.ts'
import { createCache } from './cache.ts'
import { eraseJournal } from './erase.ts'
import { liveHistory, readHistory } from './history.ts'
import { openHolds } from './hold.ts'
import { feedIndex } from './index-feed.ts'
import { openJournals } from './journal.ts'
import { loadJournal } from './load.ts'
import { createLocator } from './locate.ts'
import { findMissing } from './recover.ts'
import { createSession, nothingLoaded, type LiveSession, type Loaded } from './session.ts'
import type { Sessions } from './sessions.ts'
import { isWhole, verifyJournal } from './verify.ts'
import { createWriter, type Listen } from './writer.ts'

const defaultWindowBytes = 4 << 20

/** What the session store is made of. */
export interface SessionOptions {
  /** `sessions/` of the home; made when missing. */
  readonly folder: string
  readonly platform: Platform
  readonly ledger: Ledger
  /** Memory for loaded sessions, roughly; those used last stay. */
  readonly cacheBytes: number
  /** The index, an SQLite file: it may be deleted at any time. */
  readonly indexFile: string
  readonly log: Log
  /** A session is loaded at most so far back, whatever its last checkpoint keeps. 4 MiB when absent. */
  readonly windowBytes?: number
}

/** Opens the session store over the journals of a folder. Reads nothing yet. */
export async function openSessions(options: SessionOptions): Promise<Sessions> {
  const { folder, platform, ledger, cacheBytes, indexFile, log, windowBytes = defaultWindowBytes } = options
  const { files } = platform
  await files.makeFolder(folder)
  const journals = openJournals({ platform, log })
  const locator = createLocator(folder, files)
  const feed = feedIndex({ path: indexFile, folder, platform, journals, log })
  const cache = createCache(cacheBytes, ({ inFlight, file }) => inFlight > 0 || journals.isBehind(file))
  const listeners = new Set<Listen>()
  const writer = createWriter({ platform, ledger, journals, locator, cache, feed, listeners, log })
  /** What the ledger has is being compared with the journals: until that is done, nobody knows what they lack. */
  let comparing = false
  const loading = new Map<string, { use: (session: LiveSession) => void; fail: (error: unknown) => void }[]>()

  const read = async (file: string): Promise<Loaded> => {
    const handle = await files.open(file, 'read').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (!handle) return nothingLoaded
    try {
      return await loadJournal(handle, windowBytes)
    } finally {
      await handle[Symbol.asyncDispose]()
    }
  }

  const load = async (key: string, agent: string | undefined): Promise<LiveSession> => {
    for (const candidates = locator.candidates(key, agent); ;) {
      const { value: file } = await candidates.next()
      await journals.settled(file)
      const loaded = await read(file)
      // Another key of the same file name was first.
      if ((loaded.key ?? key) !== key) continue
      if (loaded.damaged > 0)
        log.warn(`sessions: ${loaded.damaged} damaged lines of ${file} were skipped; the rest is whole`)
      return createSession({ key, agent, file, loaded, windowBytes })
    }
  }

  /** Hands the session to `use` at once when it is in memory, else when it is loaded, in the order of the calls. */
  const enter = (
    key: string,
    agent: string | undefined,
    use: (session: LiveSession) => void,
    fail: (error: unknown) => void,
  ): void => {
    const session = cache.get(key)
    if (session) return use(session)
    const waiting = loading.get(key)
    if (waiting) return void waiting.push({ use, fail })
    loading.set(key, [{ use, fail }])
    const leave = (): readonly { use: (session: LiveSession) => void; fail: (error: unknown) => void }[] => {
      const all = loading.get(key) ?? []
      loading.delete(key)
      return all
    }
    load(key, agent).then(
      (loaded) => {
        cache.put(loaded)
        for (const one of leave()) one.use(loaded)
      },
      (error) => {
        for (const one of leave()) one.fail(error)
      },
    )
  }

  const open = (key: string, agent?: string): Promise<LiveSession> =>
    new Promise((resolve, reject) => enter(key, agent, resolve, reject))

  const openExisting = async (key: string): Promise<LiveSession> => {
    const session = await open(key)
    if (session.next.seq === 0) throw missing(key)
    return session
  }

  const journalFiles = async (): Promise<string[]> => {
    const found: string[] = []
    for (const agent of await files.list(folder)) {
      for (const name of await files.list(join(folder, agent)))
        if (name.endsWith('.jsonl')) found.push(join(folder, agent, name))
    }
    return found.sort()
  }

  const erase = async (key: string, lines: readonly string[] | undefined): Promise<number> => {
    const session = await openExisting(key)
    const erased = await journals.exclusive(session.file, async () => {
      const done = await eraseJournal(files, session.file, lines)
      session.reload(await read(session.file))
      return done
    })
    // The ledger may have whole what is damaged in the journal.
    await ledger.erase({
      session: key,
      lines: new Set([...(lines ?? []), ...erased.ids]),
      whole: lines === undefined,
    })
    await feed.renew(session.file)
    return erased.count
  }

  const reload = async (key: string): Promise<void> => {
    const session = await openExisting(key)
    await journals.exclusive(session.file, async () => session.reload(await read(session.file)))
    cache.weigh(session)
  }

  const remove = async (key: string): Promise<void> => {
    const session = await new Promise<LiveSession>((resolve, reject) => {
      // At once, so that a commit which is called after it stands behind it.
      const begin = (found: LiveSession): void => {
        if (found.next.seq === 0) return reject(missing(key))
        writer.remove(found).then(() => resolve(found), reject)
      }
      enter(key, undefined, begin, reject)
    })
    await ledger.erase({ session: key, lines: 'deleted', whole: true })
    await feed.renew(session.file)
  }

  const holds = openHolds({ files, ledger, list: journalFiles })

  return {
    open,
    commit(commit) {
      return new Promise((resolve, reject) => {
        enter(commit.session, commit.agent, (session) => writer.commit(session, commit, resolve, reject), reject)
      })
    },
    onLine(listen) {
      // Wrapped, so that one function may listen twice.
      const own: Listen = (...line) => listen(...line)
      listeners.add(own)
      return { [Symbol.dispose]: () => void listeners.delete(own) }
    },
    async list(query) {
      return feed.ask((index) => index.list(query))
    },
    usage: (query) => feed.ask((index) => index.usage(query)),
    async info(key) {
      const { file } = await open(key)
      return feed.ask((index) => index.info(key), file)
    },
    async history(key, query) {
      const session = await open(key)
      const live = liveHistory(session, query)
      if (live) return live
      await journals.settled(session.file)
      const handle = await files.open(session.file, 'read')
      try {
        return await readHistory(handle, query)
      } finally {
        await handle[Symbol.asyncDispose]()
      }
    },
    async verify(key) {
      const wanted = key === undefined ? await journalFiles() : [(await openExisting(key)).file]
      const verified = []
      for (const file of wanted) {
        await journals.settled(file)
        verified.push(await verifyJournal(file, platform))
      }
      return { whole: verified.every(isWhole), journals: verified }
    },
    reload,
    erase: (key, lines) => holds.change(() => erase(key, lines)),
    delete: (key) => holds.change(() => remove(key)),
    hold: () => holds.hold(),
    async recover(records) {
      comparing = true
      const missing = await findMissing(records, {
        files,
        locate: (key) => locator.locate(key),
        deleted: ledger.deleted,
        remove: (file) => journals.remove(file),
      })
      for (const { file, texts } of missing) {
        journals.touch(file)
        if (texts.length === 0) continue
        log.info(`sessions: ${texts.length} lines that ${file} lacked were appended from the ledger`)
        journals.append(file, texts)
        feed.touch(file)
      }
      comparing = false
      // A disk that refuses now is tried again later; the ledger keeps the lines until then.
      await journals.flush().catch(() => {})
    },
    flush: () => journals.flush(),
    async [Symbol.asyncDispose]() {
      if (!comparing)
        await writer
          .follow()
          .catch((error: Error) => log.warn(`sessions: the journals could not be synced (${error.message})`))
      await journals[Symbol.asyncDispose]()
      await feed[Symbol.asyncDispose]()
    },
  }
}

function missing(key: string): Error {
  return failure(
    'not_found',
    `sessions: there is no session ${JSON.stringify(key.slice(0, 200))}; sessions.list names them`,
  )
}
