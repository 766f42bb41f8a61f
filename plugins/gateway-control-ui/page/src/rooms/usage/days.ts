import type { MethodResult } from '@openclaw/protocol'

type Row = MethodResult<'usage.get'>['rows'][number]

/** One day in a row of them. */
export interface Day {
  /** `2026-01-31` */
  readonly day: string
  readonly costUsd: number
  readonly tokens: number
  readonly runs: number
}

/** The day so many days before today, as this browser counts them. */
export function daysBack(days: number, nowMs = Date.now()): string {
  const at = new Date(nowMs)
  return formatDay(new Date(at.getFullYear(), at.getMonth(), at.getDate() - days))
}

/** Every day from one to today, with nothing where nothing was used. */
export function fillDays(rows: readonly Row[], from: string, nowMs = Date.now()): Day[] {
  const known = new Map(rows.map((row) => [row.key, row]))
  const last = [formatDay(new Date(nowMs)), ...known.keys()].toSorted().at(-1)!
  const days: Day[] = []
  const [year = 0, month = 1, date = 1] = from.split('-').map(Number)
  for (const at = new Date(year, month - 1, date); formatDay(at) <= last; at.setDate(at.getDate() + 1)) {
    const day = formatDay(at)
    const row = known.get(day)
    days.push({ day, costUsd: row?.costUsd ?? 0, tokens: row ? row.input + row.output : 0, runs: row?.runs ?? 0 })
  }
  return days
}

function formatDay(at: Date): string {
  return [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
}
