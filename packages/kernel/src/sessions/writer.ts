import { failure, lineBodies, type Line, type LineDraft } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import type { Ledger } from '../ledger/ledger.ts'
import type { Entry } from '../ledger/line.ts'
import type { Platform } from '../platform.ts'
import type { SessionCache } from './cache.ts'
import type { IndexFeed } from './index-feed.ts'
import type { Journals } from './journal.ts'
import { stampLine } from './line.ts'
import type { Locator } from './locate.ts'
import type { LiveSession } from './session.ts'
import type { Commit } from './sessions.ts'

/** So many lines at most are compared with the journals after a crash. */
const followEvery = 10_000

export type Listen = (session: string, line: Line, text: string) => void

/** The one writer of all journals: stamps, commits to the ledger, and lets the journal files follow. */
export interface Writer {
  commit(
    session: LiveSession,
    commit: Commit,
    done: (lines: readonly Line[]) => void,
    fail: (error: unknown) => void,
  ): void
  /** Records that a session is deleted and removes its file; its next commit begins it anew. */
  remove(session: LiveSession): Promise<void>
  /** Puts all journals on the disk and says so in the ledger, so that the next start need not compare them with it. */
  follow(): Promise<void>
}

/** A writer through this ledger to these journals. */
export function createWriter(parts: {
  platform: Platform
  ledger: Ledger
  journals: Journals
  locator: Locator
  cache: SessionCache
  feed: IndexFeed
  listeners: ReadonlySet<Listen>
  log: Log
}): Writer {
  const { platform, ledger, journals, locator, cache, feed, listeners, log } = parts
  const { clock, random } = platform

  const tell = (session: string, line: Line, text: string): void => {
    for (const listen of listeners) {
      try {
        listen(session, line, text)
      } catch (error) {
        // Whoever listens cannot undo what is durable, nor keep the others from hearing of it.
        log.error(`sessions: a listener failed at line ${line.id} of ${session}: ${(error as Error).message}`)
      }
    }
  }

  /** Stamps drafts behind what is durable or on its way; nothing is reserved yet. */
  const stamp = (session: LiveSession, { agent, drafts }: Commit): readonly { line: Line; text: string }[] => {
    let { seq, parent } = session.next
    const at = clock.now()
    const beginning: readonly LineDraft[] = seq > 0 ? [] : [{ kind: 'session', body: { key: session.key, agent } }]
    return [...beginning, ...drafts].map((draft) => {
      if (!Object.hasOwn(lineBodies, draft.kind)) {
        throw failure('invalid_params', `sessions: ${session.key} cannot take a line of kind "${String(draft.kind)}"`)
      }
      const stamped = stampLine(withOffsets(session, draft), { id: random.id(), seq: ++seq, at, parent })
      parent = stamped.line.id
      return stamped
    })
  }

  // What was there before is not known to be on the disk: the last process may have been killed.
  let unfollowed = 1
  let following = false

  const follow = async (): Promise<void> => {
    if (unfollowed === 0 || ledger.last === 0) return
    unfollowed = 0
    // Whatever is durable now was handed to its journal.
    const upto = ledger.last
    try {
      await journals.sync()
      await ledger.commit([{ type: 'followed', upto }])
    } catch (error) {
      unfollowed ||= 1
      throw error
    }
  }

  const followSoon = (): void => {
    following = true
    const done = (): void => void (following = false)
    // Nothing hangs on it but the length of the next start.
    follow()
      .catch((error: Error) => log.warn(`sessions: the journals could not be synced (${error.message})`))
      .then(done, done)
  }

  return {
    follow,
    commit(session, commit, done, fail) {
      try {
        const stamped = commit.drafts.length === 0 ? [] : stamp(session, commit)
        const lines = stamped.slice(stamped.length - commit.drafts.length).map(({ line }) => line)
        const encoded = stamped.map(({ text }): Entry => ({ type: 'line', session: session.key, text }))
        const entries = [...encoded, ...(commit.records?.(lines) ?? [])]
        const last = stamped.at(-1)?.line
        if (last && session.next.seq === 0) session.file = locator.take(session.key, session.file)
        if (last) session.next = { seq: last.seq, parent: last.id }
        session.inFlight++
        ledger.append(entries, (refused) => {
          session.inFlight--
          if (refused) {
            session.giveBack()
            return fail(refused)
          }
          for (const { line, text } of stamped) session.apply(line, text)
          if (stamped.length > 0) {
            journals.append(
              session.file,
              stamped.map(({ text }) => text),
            )
            feed.touch(session.file)
            cache.weigh(session)
            unfollowed += stamped.length
            if (unfollowed >= followEvery && !following) followSoon()
          }
          for (const { line, text } of stamped) tell(session.key, line, text)
          done(lines)
        })
      } catch (error) {
        fail(error)
      }
    },
    remove(session) {
      return new Promise((resolve, reject) => {
        // What is committed from here on stands behind the deletion in the ledger, so it begins a new journal.
        session.next = { seq: 0, parent: undefined }
        session.inFlight++
        ledger.append([{ type: 'deleted', session: session.key }], (refused) => {
          session.inFlight--
          if (refused) {
            session.giveBack()
            return reject(refused)
          }
          session.clear()
          cache.weigh(session)
          journals.remove(session.file).then(resolve, reject)
        })
      })
    },
  }
}

/** A checkpoint says where in the file the first line stands that it keeps, and the first that was live before. */
function withOffsets(session: LiveSession, draft: LineDraft): LineDraft {
  if (draft.kind !== 'checkpoint') return draft
  const { keep, was } = draft.body
  const placed = (place: { id: string; offset: number }) => ({
    ...place,
    offset: session.offsetOf(place.id) ?? place.offset,
  })
  return {
    ...draft,
    body: { ...draft.body, ...(keep ? { keep: placed(keep) } : {}), ...(was ? { was: placed(was) } : {}) },
  }
}
