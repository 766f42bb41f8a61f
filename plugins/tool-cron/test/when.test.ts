import { describe, expect, it } from 'vitest'
import { judge } from '../src/due.ts'
import { checkSchedule, nextMoment, sayWhen, type Schedule } from '../src/schedule.ts'
import { readWhen, type When } from '../src/when.ts'

const now = Date.UTC(2026, 2, 28, 12)
const minuteMs = 60_000

describe('saying when', () => {
  const table: [When, string][] = [
    [{ in: '20m' }, '2026-03-28T12:20:00.000Z'],
    [{ in: '90s' }, '2026-03-28T12:01:30.000Z'],
    [{ in: '2d' }, '2026-03-30T12:00:00.000Z'],
    [{ at: '2026-03-29T09:00' }, '2026-03-29T07:00:00.000Z'],
    [{ at: '2026-03-29 09:00:30' }, '2026-03-29T07:00:30.000Z'],
    [{ at: '2026-03-29T09:00', timeZone: 'America/New_York' }, '2026-03-29T13:00:00.000Z'],
    [{ at: '2026-03-29T09:00Z' }, '2026-03-29T09:00:00.000Z'],
    [{ at: '2026-03-29T09:00-03:30' }, '2026-03-29T12:30:00.000Z'],
    // This time does not occur: the clocks go from two to three.
    [{ at: '2026-03-29T02:30' }, '2026-03-29T01:30:00.000Z'],
    [{ every: '6h' }, '2026-03-28T18:00:00.000Z'],
    [{ cron: '0  9 * * 1-5' }, '2026-03-30T07:00:00.000Z'],
    [{ cron: '0 9 * * MON', timeZone: 'Asia/Tokyo' }, '2026-03-30T00:00:00.000Z'],
  ]
  for (const [given, first] of table)
    it(`reads ${JSON.stringify(given)}`, () => {
      const schedule = readWhen(given, now, 'Europe/Berlin')
      expect(new Date(nextMoment(schedule, now)!).toISOString()).toBe(first)
      expect(() => checkSchedule(schedule, now, minuteMs)).not.toThrow()
      expect(sayWhen(schedule)).not.toBe('')
    })

  const refused: [When, RegExp][] = [
    [{}, /exactly one way/],
    [{ in: '1h', every: '1h' }, /exactly one way/],
    [{ at: 'tomorrow' }, /"tomorrow" is no time/],
    [{ at: '2026-13-01T09:00' }, /is no time/],
    [{ at: '2026-13-01T09:00Z' }, /is no time/],
    [{ at: '2026-01-01T09:00' }, /would never run/],
    [{ cron: '0 0 31 2 *' }, /would never run/],
    [{ cron: '61 * * * *' }, /cannot be read/],
    [{ cron: '* * * * * *' }, /cannot be read/],
    [{ every: '5s' }, /at most every 60 s/],
    [{ cron: '0 9 * * *', timeZone: 'Europe/Nowhere' }, /no time zone "Europe\/Nowhere"/],
  ]
  for (const [given, problem] of refused)
    it(`refuses ${JSON.stringify(given)}`, () => {
      expect(() => checkSchedule(readWhen(given, now, 'Europe/Berlin'), now, minuteMs)).toThrow(problem)
    })

  it('finds two moments that are too close far from the next one', () => {
    const schedule: Schedule = { kind: 'cron', expression: '0,5 9 * * *', timeZone: 'UTC' }
    expect(() => checkSchedule(schedule, now, 10 * minuteMs)).toThrow(/more often/)
  })
})

describe('moments that have come', () => {
  const schedule: Schedule = { kind: 'every', everyMs: 10 * minuteMs, fromMs: now, timeZone: 'UTC' }
  const at = (minutes: number) => now + minutes * minuteMs
  const table: [string, 'skip' | 'once', number, ReturnType<typeof judge>][] = [
    ['nothing before the next one', 'skip', 9, undefined],
    ['the one that has just come', 'skip', 10, { run: at(10), next: at(20) }],
    ['one that is late by as much as may be', 'skip', 11, { run: at(10), next: at(20) }],
    ['one that is later', 'skip', 12, { missed: { at: at(10), status: 'missed', count: 1 }, next: at(20) }],
    ['one that is later, and wanted', 'once', 12, { run: at(10), next: at(20) }],
    [
      'several, the last one on time',
      'skip',
      30,
      { run: at(30), missed: { at: at(10), status: 'missed', count: 2 }, next: at(40) },
    ],
    ['several, none on time', 'skip', 35, { missed: { at: at(10), status: 'missed', count: 3 }, next: at(40) }],
    [
      'several, of which one is wanted',
      'once',
      35,
      { run: at(30), missed: { at: at(10), status: 'missed', count: 2 }, next: at(40) },
    ],
    [
      'more than are counted',
      'once',
      100_005,
      { run: at(100_000), missed: { at: at(10), status: 'missed', count: 99, orMore: true }, next: at(100_010) },
    ],
  ]
  for (const [what, missed, minutes, due] of table)
    it(`R10: ${what}, with ${missed}`, () => {
      expect(judge({ schedule, missed, next: at(10) }, at(minutes), minuteMs)).toEqual(due)
    })
})
