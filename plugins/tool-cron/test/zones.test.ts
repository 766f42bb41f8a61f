import { expect, it } from 'vitest'
import { lastMoment, nextMoment } from '../src/schedule.ts'
import { expressions } from './expressions.ts'
import { courseOf, jumpsOf, momentsOf, watch } from './oracle.ts'

const hourMs = 3_600_000
const aroundMs = 48 * hourMs
/** All expressions around every change of all zones when set (`pnpm soak --cron YEARS`); else each a few times. */
const years = Number(process.env['OPENCLAW_CRON_YEARS'] ?? 0)

/** The changes of all time zones, those of one course once. Some that are no more are always among them. */
function changes(): { zone: string; at: number }[] {
  const from = Date.UTC(2026, 0, 1)
  const until = Date.UTC(2026 + (years || 1), 0, 1)
  const known = new Map<string, { zone: string; at: number }>()
  for (const zone of Intl.supportedValuesOf('timeZone'))
    for (const at of jumpsOf(zone, from, until)) {
      const course = years ? `${zone} ${at}` : courseOf(zone, at)
      if (!known.has(course)) known.set(course, { zone, at })
    }
  return [
    ...known.values(),
    // A day that was left out, and a zone that moved by half an hour.
    { zone: 'Pacific/Apia', at: Date.UTC(2011, 11, 30, 10) },
    { zone: 'Asia/Pyongyang', at: Date.UTC(2018, 4, 4, 15) },
  ]
}

it(
  'R10: the moments of a cron expression around every change of the clocks are those of an independent reckoning',
  { timeout: years ? 24 * hourMs : 180_000 },
  () => {
    const all = changes()
    expect(all.length).toBeGreaterThan(20)
    const used = new Set<string>()
    for (const [turn, { zone, at }] of all.entries()) {
      const from = Math.floor((at - aroundMs) / hourMs) * hourMs
      const until = from + 2 * aroundMs
      const stretch = watch(zone, from, until)
      for (const [index, expression] of expressions.entries()) {
        // Every third of them is held against one change, so that each meets many.
        if (!years && index % 3 !== turn % 3) continue
        used.add(expression)
        const schedule = { kind: 'cron', expression, timeZone: zone } as const
        const moments: number[] = []
        for (let next = nextMoment(schedule, from - 1); next !== undefined && next < until;) {
          moments.push(next)
          next = nextMoment(schedule, next)
        }
        expect(moments, `${expression} in ${zone} around ${new Date(at).toISOString()}`).toEqual(
          momentsOf(expression, stretch),
        )
      }
    }
    expect(used.size).toBe(expressions.length)
  },
)

it('R10: every zone agrees on the next moment after each of its changes', { timeout: 180_000 }, () => {
  const from = Date.UTC(2026, 0, 1)
  for (const [turn, zone] of Intl.supportedValuesOf('timeZone').entries()) {
    const at = jumpsOf(zone, from, Date.UTC(2027, 0, 1))[turn % 2] ?? from + turn * hourMs
    const start = Math.floor(at / hourMs) * hourMs - hourMs
    const stretch = watch(zone, start, start + 26 * hourMs)
    for (const expression of ['30 2 * * *', '0 1-4 * * *', '*/20 * * * *']) {
      const schedule = { kind: 'cron', expression, timeZone: zone } as const
      expect(nextMoment(schedule, start - 1), `${expression} in ${zone}`).toBe(momentsOf(expression, stretch)[0])
    }
  }
})

it('finds the last moment before another one, also where a time occurs twice', () => {
  const at = Date.UTC(2026, 9, 25, 1)
  const stretch = watch('Europe/Berlin', at - aroundMs, at + aroundMs)
  for (const expression of ['30 2 * * *', '*/20 * * * *', '0 1-4 * * *', '15 * * * SUN']) {
    const moments = momentsOf(expression, stretch)
    const schedule = { kind: 'cron', expression, timeZone: 'Europe/Berlin' } as const
    for (const until of [at - 60_000, at, at + 1, at + 30 * 60_000, at + 4 * hourMs]) {
      const before = moments.filter((moment) => moment <= until)
      expect(lastMoment(schedule, before[0]!, until), `${expression} until ${until}`).toBe(before.at(-1))
    }
  }
})
