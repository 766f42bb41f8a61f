/**
 * When cron expressions come due, worked out the slow way: every minute of a stretch is asked what the wall clock of a
 * time zone shows, and that is held against the fields. It shares nothing with what is tested but the time zones of ICU.
 */

interface Wall {
  readonly minute: number
  readonly hour: number
  readonly day: number
  readonly month: number
  readonly weekday: number
  /** The wall clock read as if it were UTC. */
  readonly asUtc: number
}

const minuteMs = 60_000
const dayMs = 1440 * minuteMs
const formats = new Map<string, Intl.DateTimeFormat>()

function offsetOf(timeZone: string, atMs: number): number {
  let format = formats.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-u-hc-h23', { timeZone, timeZoneName: 'longOffset' })
    formats.set(timeZone, format)
  }
  const text = format.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')!.value
  const [, sign, hours, minutes = '0', seconds = '0'] = /GMT(?:([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?)?/.exec(text)!
  if (!sign) return 0
  const length = (Number(hours) * 60 + Number(minutes)) * minuteMs + Number(seconds) * 1000
  return sign === '-' ? -length : length
}

/** What the wall clock of one time zone shows over a stretch, minute by minute. */
export interface Stretch {
  readonly fromMs: number
  readonly minutes: readonly Wall[]
  /** Where the wall clock jumps: the first minute after it, and by how much. */
  readonly jumps: readonly { readonly at: number; readonly byMs: number }[]
}

/** Watches the wall clock of a time zone; both ends are whole hours of UTC. */
export function watch(timeZone: string, fromMs: number, untilMs: number): Stretch {
  const minutes: Wall[] = []
  const jumps: { at: number; byMs: number }[] = []
  const quarterMs = 15 * minuteMs
  let before = offsetOf(timeZone, fromMs)
  for (let quarter = fromMs; quarter < untilMs; quarter += quarterMs) {
    const offset = offsetOf(timeZone, quarter)
    if (offset !== before) jumps.push({ at: (quarter - fromMs) / minuteMs, byMs: offset - before })
    before = offset
    for (let at = quarter; at < quarter + quarterMs; at += minuteMs) {
      const wall = new Date(at + offset)
      minutes.push({
        minute: wall.getUTCMinutes(),
        hour: wall.getUTCHours(),
        day: wall.getUTCDate(),
        month: wall.getUTCMonth() + 1,
        weekday: wall.getUTCDay(),
        asUtc: wall.getTime(),
      })
    }
  }
  return { fromMs, minutes, jumps }
}

/** The moments from `fromMs` to `untilMs` at which the wall clock of a time zone jumps, to the quarter of an hour. */
export function jumpsOf(timeZone: string, fromMs: number, untilMs: number): number[] {
  const found: number[] = []
  const weekMs = 7 * dayMs
  for (let week = fromMs; week < untilMs; week += weekMs) {
    let [low, high] = [week, week + weekMs]
    if (offsetOf(timeZone, low) === offsetOf(timeZone, high)) continue
    while (high - low > 15 * minuteMs) {
      const middle = low + Math.floor((high - low) / (30 * minuteMs)) * 15 * minuteMs
      if (offsetOf(timeZone, middle) === offsetOf(timeZone, low)) low = middle
      else high = middle
    }
    found.push(high)
  }
  return found
}

/** How a time zone goes around a moment: those of the same text have the same wall clock there. */
export function courseOf(timeZone: string, atMs: number): string {
  return [atMs, offsetOf(timeZone, atMs - 1), offsetOf(timeZone, atMs)].join()
}

const names = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

function field(text: string, least: number, most: number): ReadonlySet<number> {
  const values = new Set<number>()
  for (const part of text.split(',')) {
    const [range = '', step = '1'] = part.split('/')
    const [first = '', last] = range === '*' ? [String(least), String(most)] : range.split('-')
    const number = (name: string) =>
      names.includes(name.toLowerCase()) ? names.indexOf(name.toLowerCase()) : Number(name)
    for (let value = number(first); value <= number(last ?? first); value += Number(step)) values.add(value)
  }
  return values
}

/** The moments of an expression within a stretch, by the rule of Vixie cron for clocks that change. */
export function momentsOf(expression: string, { fromMs, minutes, jumps }: Stretch): number[] {
  const [minuteText = '', hourText = '', dayText = '', monthText = '', weekdayText = ''] = expression.split(' ')
  const minute = field(minuteText, 0, 59)
  const hour = field(hourText, 0, 23)
  const day = field(dayText, 1, 31)
  const month = field(monthText, 1, 12)
  const weekday = new Set([...field(weekdayText, 0, 6)].map((value) => value % 7))
  const fixed = !/[*/]/.test(minuteText + hourText)

  const fits = (wall: Omit<Wall, 'asUtc'>) => {
    if (!minute.has(wall.minute) || !hour.has(wall.hour) || !month.has(wall.month)) return false
    const byDay = day.has(wall.day)
    const byWeekday = weekday.has(wall.weekday)
    // With both given, either will do (POSIX crontab).
    if (dayText !== '*' && weekdayText !== '*') return byDay || byWeekday
    return byDay && byWeekday
  }
  const found = new Set<number>()
  for (const [at, wall] of minutes.entries()) if (fits(wall)) found.add(at)
  if (fixed) {
    for (const { at, byMs } of jumps) {
      // The times that a jump leaves out are made up for right after it; a day that there is not has none.
      if (byMs >= dayMs) continue
      if (byMs > 0) {
        for (let passed = minutes[at]!.asUtc - byMs; passed < minutes[at]!.asUtc; passed += minuteMs) {
          const wall = new Date(passed)
          const skipped = { minute: wall.getUTCMinutes(), hour: wall.getUTCHours(), day: wall.getUTCDate() }
          if (fits({ ...skipped, month: wall.getUTCMonth() + 1, weekday: wall.getUTCDay() })) found.add(at)
        }
      } else {
        // The times that come again have been.
        for (let again = at; again < at - byMs / minuteMs; again++) found.delete(again)
      }
    }
  }
  return [...found].toSorted((one, other) => one - other).map((at) => fromMs + at * minuteMs)
}
