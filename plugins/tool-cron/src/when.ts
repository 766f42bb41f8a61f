import { failure } from '@openclaw/sdk'
import { Cron } from 'croner'
import Type, { type Static } from 'typebox'
import { checkTimeZone, type Schedule } from './schedule.ts'

const length = '^([1-9][0-9]{0,8})(s|min|m|h|d|w)$'

/** When a job runs, as people and models say it: one of the first four. */
export const when = {
  in: Type.Optional(Type.String({ pattern: length, description: 'Once, so long from now: `20m`, `2h`, `3d`.' })),
  at: Type.Optional(
    Type.String({
      maxLength: 40,
      description: 'Once, at an ISO 8601 time: `2026-03-01T09:00`, in `timeZone` unless it ends in Z or an offset.',
    }),
  ),
  every: Type.Optional(Type.String({ pattern: length, description: 'Again and again: `30m`, `6h`, `1d`.' })),
  cron: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'Minute, hour, day, month and weekday in `timeZone`: `0 9 * * 1-5`.',
    }),
  ),
  timeZone: Type.Optional(Type.String({ minLength: 1, maxLength: 60, description: '`Europe/Berlin`.' })),
}
const When = Type.Object(when)
export type When = Static<typeof When>

/** Is anything said of when? */
export function saysWhen(given: When): boolean {
  return (given.in ?? given.at ?? given.every ?? given.cron) !== undefined
}

/** Reads when a job runs. Throws `invalid_params` for what is no time, and unless exactly one way of saying it is used. */
export function readWhen(given: When, nowMs: number, defaultZone: string): Schedule {
  const ways = [given.in, given.at, given.every, given.cron].filter((one) => one !== undefined)
  if (ways.length !== 1)
    throw failure('invalid_params', 'say in exactly one way when the job runs: in, at, every or cron')
  const timeZone = given.timeZone ?? defaultZone
  checkTimeZone(timeZone)
  if (given.in !== undefined) return { kind: 'at', atMs: nowMs + readLength(given.in), timeZone }
  if (given.at !== undefined) return { kind: 'at', atMs: readMoment(given.at, timeZone), timeZone }
  if (given.every !== undefined) return { kind: 'every', everyMs: readLength(given.every), fromMs: nowMs, timeZone }
  return { kind: 'cron', expression: given.cron!.trim().replace(/\s+/g, ' '), timeZone }
}

const units = { s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 } as const

function readLength(text: string): number {
  const [, count, unit] = new RegExp(length).exec(text) ?? []
  if (!count || !unit) throw failure('invalid_params', `${JSON.stringify(text)} is no length of time; one is 20m`)
  return Number(count) * units[unit as keyof typeof units]
}

function readMoment(text: string, timeZone: string): number {
  const [, date, time, offset] =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?$/.exec(text) ?? []
  const wrong = (cause?: unknown) =>
    failure('invalid_params', `${JSON.stringify(text)} is no time; one is 2026-03-01T09:00`, { cause })
  if (!date || !time) throw wrong()
  const whole = `${date}T${time.length === 5 ? `${time}:00` : time}`
  if (offset) {
    const atMs = Date.parse(`${whole}${offset}`)
    if (Number.isNaN(atMs)) throw wrong()
    return atMs
  }
  let moment: Date | null
  try {
    moment = new Cron(whole, { timezone: timeZone, mode: '5-part' }).nextRun(new Date(0))
  } catch (thrown) {
    throw wrong(thrown)
  }
  if (!moment) throw wrong()
  return moment.getTime()
}
