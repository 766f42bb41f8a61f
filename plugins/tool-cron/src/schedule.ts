import { failure } from '@openclaw/sdk'
import { Cron } from 'croner'
import Type, { type Static } from 'typebox'

const timeZone = Type.String({ description: 'In which its times are read and shown.' })
const At = Type.Object({ kind: Type.Literal('at'), atMs: Type.Integer(), timeZone })
const Every = Type.Object({
  kind: Type.Literal('every'),
  everyMs: Type.Integer(),
  fromMs: Type.Integer({ description: 'One of its moments; the others are whole intervals away.' }),
  timeZone,
})
const ByCron = Type.Object({ kind: Type.Literal('cron'), expression: Type.String(), timeZone })

/** When a job runs. Moments are milliseconds since 1970. */
export const Schedule = Type.Union([At, Every, ByCron])
export type Schedule = Static<typeof Schedule>

/**
 * The first moment of a schedule after another one; undefined when there is none.
 *
 * When clocks change, a cron expression goes by the rule of Vixie cron: one that names its hours and minutes runs once,
 * also when its time occurs twice, and right after the change when it does not occur; one with `*` or a step in them
 * runs whenever the wall clock shows a fitting time.
 *
 * Throws `invalid_params` for an expression that cannot be read.
 */
export function nextMoment(schedule: Schedule, afterMs: number): number | undefined {
  if (schedule.kind === 'at') return schedule.atMs > afterMs ? schedule.atMs : undefined
  if (schedule.kind === 'every') {
    const { everyMs, fromMs } = schedule
    return fromMs > afterMs ? fromMs : fromMs + (Math.floor((afterMs - fromMs) / everyMs) + 1) * everyMs
  }
  return cronOf(schedule).nextRun(new Date(afterMs))?.getTime()
}

/** The last moment of a schedule that is not after another one, given a moment `fromMs` that is not after it either. */
export function lastMoment(schedule: Schedule, fromMs: number, untilMs: number): number {
  if (schedule.kind === 'at') return fromMs
  if (schedule.kind === 'every') return fromMs + Math.floor((untilMs - fromMs) / schedule.everyMs) * schedule.everyMs
  return (
    cronOf(schedule)
      .previousRuns(1, new Date(untilMs + 1))[0]
      ?.getTime() ?? fromMs
  )
}

/**
 * Throws `invalid_params` when a schedule has no moment after `nowMs`, or when two of its next moments are less than
 * `shortestMs` apart.
 */
export function checkSchedule(schedule: Schedule, nowMs: number, shortestMs: number): void {
  const first = nextMoment(schedule, nowMs)
  if (first === undefined) throw failure('invalid_params', `the job would never run: ${sayWhen(schedule)} is over`)
  let before = first
  for (let looked = 0; looked < looks; looked++) {
    const next = nextMoment(schedule, before)
    if (next === undefined) return
    if (next - before < shortestMs)
      throw failure(
        'invalid_params',
        `a job runs at most every ${shortestMs / 1000} s, and ${sayWhen(schedule)} is more often; plugins.cron.config.shortestMs says how often it may be`,
      )
    before = next
  }
}

/** Neighbouring moments that are looked at for whether they are too close. */
const looks = 60

/** A schedule as people read it. */
export function sayWhen(schedule: Schedule): string {
  if (schedule.kind === 'at') return `once at ${sayMoment(schedule.atMs, schedule.timeZone)}`
  if (schedule.kind === 'every') return `every ${sayLength(schedule.everyMs)}`
  return `${schedule.expression} (${schedule.timeZone})`
}

/** A moment as people read it: `2026-03-01 09:00 Europe/Berlin`. */
export function sayMoment(ms: number, timeZone: string): string {
  // Swedes write dates as ISO 8601 does.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
  return `${format.format(ms)} ${timeZone}`
}

function sayLength(ms: number): string {
  for (const [unit, length] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
  ] as const)
    if (ms % length === 0) return `${ms / length} ${unit}`
  return `${ms / 1000} s`
}

/** Throws `invalid_params` for a time zone that there is not. */
export function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
  } catch {
    throw failure('invalid_params', `there is no time zone "${timeZone}"; one looks like Europe/Berlin`)
  }
}

/** Croner computes and never waits: it is given no function to call. */
function cronOf({ expression, timeZone }: Static<typeof ByCron>): Cron {
  try {
    return new Cron(expression, { timezone: timeZone, mode: '5-part', fixedTimeRule: 'no-wildcard' })
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    throw failure('invalid_params', `the cron expression ${JSON.stringify(expression)} cannot be read: ${why}`)
  }
}
