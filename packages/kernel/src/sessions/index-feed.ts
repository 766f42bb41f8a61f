import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Log } from '@openclaw/sdk'
import type { Platform } from '../platform.ts'
import type { Journals } from './journal.ts'
import { openIndex, removeIndex, type SessionIndex } from './session-index.ts'

/** So many journals are read before a list is answered; what else is behind follows in the background. */
const readFirst = 500
const statsAtOnce = 32

/** Keeps the index up with the journals, from its first use on. */
export interface IndexFeed extends AsyncDisposable {
  /** A journal got lines. Costs nothing until the index is used. */
  touch(file: string): void
  /**
   * Asks the index, up with what was touched, or with one journal. One that had to be made anew may still be getting
   * old sessions; one that turns out to be damaged is made anew.
   */
  ask<T>(question: (index: SessionIndex) => T, file?: string): Promise<T>
  /** Reads a rewritten or removed journal anew, if the index knows it. */
  renew(file: string): Promise<void>
}

/** Over the journals below `folder`, with the index at `path`. */
export function feedIndex(options: {
  path: string
  folder: string
  platform: Platform
  journals: Journals
  log: Log
}): IndexFeed {
  const { path, folder, platform, journals, log } = options
  const { files } = platform
  const touched = new Set<string>()
  let opening: Promise<SessionIndex> | undefined
  let last: Promise<unknown> = Promise.resolve()
  let following: Promise<void> | undefined
  let closed = false

  /** The index is written by one at a time. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work)
    last = result.catch(() => {})
    return result
  }

  const updateNext = (index: SessionIndex, wanted?: string): Promise<void> =>
    inTurn(async () => {
      const [next] = touched
      const file = wanted ?? next
      if (file === undefined || closed || !touched.delete(file)) return
      try {
        await journals.settled(file).catch(() => {})
        await index.update(file)
      } catch (error) {
        log.warn(`sessions: cannot read ${file} into the index (${(error as Error).message}); it is missing in lists`)
      }
    })

  const follow = async (index: SessionIndex): Promise<void> => {
    while (touched.size > 0 && !closed) {
      await updateNext(index)
      await setImmediate()
    }
    following = undefined
  }

  const open = async (): Promise<SessionIndex> => {
    const index = await openIndex(path, files)
    const compared = compare(index)
    // One that was there is right but for what was touched since, and for what happened while no gateway ran.
    if (!index.known) await compared
    else compared.catch((error: Error) => log.warn(`sessions: cannot look through ${folder}: ${error.message}`))
    return index
  }

  /** Touches every journal whose size is not what the index read; the last used ones first. */
  const compare = async (index: SessionIndex): Promise<void> => {
    const sizes = new Map(index.sizes())
    const changed: { file: string; modifiedMs: number }[] = []
    for (const agent of await files.list(folder)) {
      const names = (await files.list(join(folder, agent))).filter((name) => name.endsWith('.jsonl'))
      for (let at = 0; at < names.length && !closed; at += statsAtOnce) {
        const slice = names.slice(at, at + statsAtOnce).map((name) => join(folder, agent, name))
        const stats = await Promise.all(slice.map((file) => files.stat(file)))
        for (const [place, stat] of stats.entries()) {
          const file = slice[place]!
          if (stat && stat.size !== sizes.get(file)) changed.push({ file, modifiedMs: stat.modifiedMs })
          sizes.delete(file)
        }
      }
    }
    for (const { file } of changed.sort((a, b) => b.modifiedMs - a.modifiedMs)) touched.add(file)
    // What is left has no journal any more.
    for (const file of sizes.keys()) touched.add(file)
    if (!closed) following ??= follow(index)
  }

  const current = async (file?: string): Promise<SessionIndex> => {
    const index = await (opening ??= open().catch((error) => {
      opening = undefined
      throw error
    }))
    if (file !== undefined) await updateNext(index, file)
    else for (let read = 0; read < readFirst && touched.size > 0; read++) await updateNext(index)
    if (touched.size > 0) following ??= follow(index)
    // What the background is reading just now counts too.
    await last
    return index
  }

  return {
    touch: (file) => void touched.add(file),
    async ask(question, file) {
      try {
        return question(await current(file))
      } catch (error) {
        if (!isDamage(error)) throw error
        log.warn(`sessions: the index ${path} is damaged (${(error as Error).message}); it is made anew`)
        const index = await opening?.catch(() => undefined)
        opening = undefined
        await inTurn(async () => index?.close())
        await removeIndex(path, files)
        return question(await current(file))
      }
    },
    async renew(file) {
      touched.add(file)
      // An index that was not used yet is on the disk all the same, with the words that shall go.
      if (!opening && !(await files.stat(path))) return
      const index = await (opening ??= open())
      await inTurn(() => index.renew(file))
      touched.delete(file)
    },
    async [Symbol.asyncDispose]() {
      closed = true
      await following?.catch(() => {})
      await last
      const index = await opening?.catch(() => undefined)
      index?.close()
    },
  }
}

/** SQLite's codes for a damaged file and for one that is no database (https://www.sqlite.org/rescode.html). */
const damageCodes: ReadonlySet<unknown> = new Set([11, 26])

function isDamage(error: unknown): boolean {
  const { errcode } = error as { errcode?: number }
  return typeof errcode === 'number' && damageCodes.has(errcode & 0xff)
}
