import { join } from 'node:path'
import { failure, type Config, type Usage } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import type { Platform } from '../platform.ts'
import { dayOf } from '../sessions/spending.ts'

/** What was used today, in local time, so that a bill cannot run away. Survives restarts. */
export interface Budget {
  /**
   * Throws `rate_limited` when today's limit is reached, or that of a sender who is not the owner. The first time in a
   * day that a sender reaches theirs, `onFirst` is told.
   */
  check(sender: string | undefined, onFirst?: (text: string) => void): void
  add(usage: Usage, sender: string | undefined): void
  /** Gives what was reached last as much again for today, and says what that was; undefined when nothing was reached. */
  raise(): Promise<string | undefined>
  readonly today: Readonly<Pick<Day, 'tokens' | 'costUsd'>> & {
    readonly limits: { readonly tokens: number; readonly costUsd: number }
  }
  flush(): Promise<void>
}

/** One day's counters. `raised` counts how often a limit was given once more: the day's, or a sender's by their name. */
interface Day {
  day: string
  tokens: number
  costUsd: number
  senders: Record<string, number>
  raised: Record<string, number>
}

/** Defaults of `limits`. */
const perDay = { tokens: 20_000_000, costUsd: 10 }
const perSender = { costUsd: 1 }
const everybody = '*'
/** A counter for each of so many senders; who comes after them is counted together. */
const mostSenders = 10_000

export async function openBudget(parts: {
  platform: Platform
  home: string
  log: Log
  limits(): Config['limits']
}): Promise<Budget> {
  const { clock, files } = parts.platform
  const path = join(parts.home, 'state', 'usage.json')
  let today = read(await files.readText(path), dayOf(clock.now()))
  let reached: string | undefined
  let writing: Promise<void> | undefined
  let dirty = false

  const save = () =>
    files.replace(path, JSON.stringify(today)).catch((error: unknown) => {
      parts.log.warn("usage: today's counter could not be written; it counts on in memory", { error: String(error) })
    })
  async function write() {
    while (dirty) {
      dirty = false
      await save()
      await clock.sleep(1000).catch(() => {})
    }
    writing = undefined
  }
  const current = () => {
    const day = dayOf(clock.now())
    if (today.day !== day) {
      today = fresh(day)
      reached = undefined
    }
    return today
  }
  const times = (what: string) => 1 + (current().raised[what] ?? 0)
  const ofDay = () => {
    const { tokens, costUsd } = { ...perDay, ...parts.limits()?.perDay }
    return { tokens: tokens * times(everybody), costUsd: costUsd * times(everybody) }
  }
  const nameIn = (senders: Day['senders'], sender: string) =>
    sender in senders || Object.keys(senders).length < mostSenders ? sender : everybody

  return {
    check(sender, onFirst) {
      const used = current()
      const { tokens, costUsd } = ofDay()
      const what =
        used.tokens >= tokens
          ? `${tokens} tokens (limits.perDay.tokens)`
          : used.costUsd >= costUsd
            ? `$${costUsd} (limits.perDay.costUsd)`
            : ''
      if (what) {
        reached = everybody
        throw failure('rate_limited', `today's limit of ${what} is reached; the owner lets it go on with /more`)
      }
      if (sender === undefined) return
      const name = nameIn(used.senders, sender)
      const own = (parts.limits()?.perSender?.costUsd ?? perSender.costUsd) * times(name)
      if ((used.senders[name] ?? 0) < own) return
      if (reached !== name) onFirst?.(`${sender} has reached today's limit of $${own}; /more gives as much again`)
      reached = name
      throw failure('rate_limited', `today's limit of $${own} for one person is reached; the owner may let it go on`)
    },
    add(usage, sender) {
      const used = current()
      used.tokens += usage.input + usage.output
      used.costUsd += usage.costUsd ?? 0
      if (sender !== undefined && usage.costUsd !== undefined) {
        const name = nameIn(used.senders, sender)
        used.senders[name] = (used.senders[name] ?? 0) + usage.costUsd
      }
      dirty = true
      writing ??= write()
    },
    async raise() {
      const { raised } = current()
      const what = reached
      if (what === undefined) return undefined
      raised[what] = (raised[what] ?? 0) + 1
      reached = undefined
      await save()
      return what === everybody ? "today's limit" : `today's limit of ${what}`
    },
    get today() {
      const { tokens, costUsd } = current()
      return { tokens, costUsd, limits: ofDay() }
    },
    async flush() {
      if (dirty || writing) await save()
    },
  }
}

const fresh = (day: string): Day => ({ day, tokens: 0, costUsd: 0, senders: {}, raised: {} })

function read(text: string | undefined, day: string): Day {
  try {
    const found = JSON.parse(text ?? '') as Partial<Day>
    const { tokens, costUsd, senders, raised } = found
    if (found.day === day && typeof tokens === 'number' && typeof costUsd === 'number')
      return { day, tokens, costUsd, senders: numbers(senders), raised: numbers(raised) }
  } catch {
    // A damaged counter starts again: it guards a bill, not data.
  }
  return fresh(day)
}

function numbers(found: unknown): Record<string, number> {
  const entries = Object.entries(typeof found === 'object' && found !== null ? found : {})
  return Object.fromEntries(entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'))
}
