import { join } from 'node:path'
import { failure, type Config, type MethodResult } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import type { FileHandle, Platform } from '../platform.ts'
import { cleanFields, cleanText } from './clean.ts'
import { lastLines, linesAfter } from './read.ts'

const levels = ['debug', 'info', 'warn', 'error'] as const
type Level = (typeof levels)[number]
const dayMs = 86_400_000

/** Files of one day are at most this part of the whole, so that the oldest can go while the newest stay. */
const partOfWhole = 4
/** Lines that wait for the disk at most; what comes beyond is counted and left out. */
const mostWaiting = 10_000

/** The gateway's log: JSON lines in `logs/<date>.log`, without message text, secrets masked by value. */
export interface LogFile extends Log, AsyncDisposable {
  /** From now on every line goes through this: it replaces secrets by value. */
  maskWith(mask: (text: string) => string): void
  /** Level and limits, as the configuration has them; the defaults stand in its schema. */
  configure(rules: Config['logs']): void
  /** All lines are with the file system. What the disk refuses is counted and left out; logging never fails. */
  flush(): Promise<void>
  /** Lines after a cursor, or the last ones; newest last. The cursor goes on from there. */
  tail(cursor: string | undefined, limit: number): Promise<MethodResult<'logs.tail'>>
  /** Hears each line when it is made. A throw ends the hearing and goes no further. */
  follow(listen: (line: string) => void): Disposable
}

/** Opens the log of a home. Lines are written soon and together; the order is that of the calls. */
export function openLog(options: {
  /** `logs/` of the home. */
  readonly folder: string
  readonly platform: Platform
  /** A further place for every line, e.g. a terminal; it gets what the file gets. */
  readonly echo?: Log
}): LogFile {
  const { folder, echo } = options
  const { clock, files } = options.platform
  let mask = (text: string) => text
  let least: Level = 'info'
  let maxBytes = 50 * 2 ** 20
  let maxAgeMs = 14 * dayMs
  const followers = new Set<(line: string) => void>()
  let waiting: string[] = []
  let dropped = 0
  let writing: Promise<void> = Promise.resolve()
  let current: { readonly name: string; readonly handle: FileHandle; bytes: number } | undefined

  const names = async () => (await files.list(folder)).filter((name) => namePattern.test(name)).toSorted(byAge)
  const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)

  /** The file for the next lines: the day's, or a further one of the day when that is full. */
  const fileFor = async (bytes: number) => {
    const day = dayOf(clock.now())
    const fits = (size: number) => size === 0 || size + bytes <= maxBytes / partOfWhole
    if (current && current.name.startsWith(day) && fits(current.bytes)) return current
    await current?.handle[Symbol.asyncDispose]()
    current = undefined
    const last = (await names()).findLast((name) => name.startsWith(day))
    const size = last === undefined ? 0 : ((await files.stat(join(folder, last)))?.size ?? 0)
    const name =
      last !== undefined && fits(size) ? last : last === undefined ? `${day}.log` : `${day}.${numberOf(last) + 1}.log`
    const handle = await files.open(join(folder, name), 'append')
    current = { name, handle, bytes: name === last ? size : 0 }
    await dropOld(name)
    return current
  }
  const dropOld = async (keep: string) => {
    const oldest = dayOf(clock.now() - maxAgeMs)
    let room = maxBytes * (1 - 1 / partOfWhole)
    for (const name of (await names()).toReversed()) {
      if (name === keep) continue
      room -= (await files.stat(join(folder, name)))?.size ?? 0
      if (room < 0 || name.slice(0, 10) < oldest) await files.remove(join(folder, name))
    }
  }
  const write = async () => {
    const lines = waiting
    waiting = []
    if (lines.length === 0) return
    const bytes = new TextEncoder().encode(lines.join(''))
    try {
      const file = await fileFor(bytes.length)
      await file.handle.append(bytes)
      file.bytes += bytes.length
    } catch {
      // A full disk must not stop what is logged about.
      dropped += lines.length
      current = undefined
    }
  }
  const push = (level: Level, text: string, fields: object | undefined) => {
    if (levels.indexOf(level) < levels.indexOf(least)) return
    const cleaned = fields && (cleanFields(fields) as object)
    const line = mask(
      JSON.stringify({
        at: new Date(clock.now()).toISOString(),
        level,
        text: cleanText(text),
        ...(cleaned ? { fields: cleaned } : {}),
      }),
    )
    echo?.[level](mask(cleanText(text)), cleaned && (JSON.parse(mask(JSON.stringify(cleaned))) as object))
    for (const listen of followers) {
      try {
        listen(line)
      } catch {
        followers.delete(listen)
      }
    }
    if (waiting.length >= mostWaiting) return void dropped++
    // All lines of one turn of the event loop go to the disk together.
    if (waiting.length === 0) writing = writing.then(write)
    if (dropped > 0) {
      waiting.push(
        `${JSON.stringify({ at: new Date(clock.now()).toISOString(), level: 'warn', text: `${dropped} lines could not be written` })}\n`,
      )
      dropped = 0
    }
    waiting.push(`${line}\n`)
  }
  const flush = () => (writing = writing.then(write))

  return {
    debug: (text, fields) => push('debug', text, fields),
    info: (text, fields) => push('info', text, fields),
    warn: (text, fields) => push('warn', text, fields),
    error: (text, fields) => push('error', text, fields),
    maskWith(replace) {
      mask = replace
    },
    configure(rules = {}) {
      least = rules.level ?? 'info'
      maxBytes = (rules.maxMb ?? 50) * 2 ** 20
      maxAgeMs = (rules.maxAgeDays ?? 14) * dayMs
    },
    flush,
    async tail(cursor, limit) {
      await flush()
      const all = await names()
      if (cursor === undefined) {
        let last: string[] = []
        let end = `${dayOf(clock.now())}.log:0`
        for (const file of all.toReversed()) {
          const read = await lastLines(files, join(folder, file), limit - last.length)
          if (file === all.at(-1)) end = `${file}:${read.end}`
          last = [...read.lines, ...last]
          if (last.length >= limit) break
        }
        return { cursor: end, lines: last }
      }
      const [, name = '', offset = ''] = /^([^:]+):(\d+)$/.exec(cursor) ?? []
      if (!namePattern.test(name))
        throw failure('invalid_params', `logs: "${cursor}" is no cursor; use one that logs.tail gave, or none`)
      const lines: string[] = []
      let next = cursor
      for (const file of all.filter((one) => byAge(one, name) >= 0)) {
        const read = await linesAfter(
          files,
          join(folder, file),
          file === name ? Number(offset) : 0,
          limit - lines.length,
        )
        lines.push(...read.lines)
        next = `${file}:${read.end}`
        if (lines.length >= limit) break
      }
      return { cursor: next, lines }
    },
    follow(listen) {
      followers.add(listen)
      return { [Symbol.dispose]: () => void followers.delete(listen) }
    },
    async [Symbol.asyncDispose]() {
      await flush()
      await current?.handle[Symbol.asyncDispose]()
      current = undefined
    },
  }
}

const namePattern = /^\d{4}-\d\d-\d\d(?:\.\d+)?\.log$/

function numberOf(name: string): number {
  return Number(/\.(\d+)\.log$/.exec(name)?.[1] ?? 0)
}

function byAge(one: string, other: string): number {
  return one.slice(0, 10) === other.slice(0, 10) ? numberOf(one) - numberOf(other) : one < other ? -1 : 1
}
