import { fakeClock } from '@openclaw/testing'
import { expect, it } from 'vitest'
import type { KeptJob } from '../src/job.ts'
import { openJobs } from '../src/jobs.ts'
import { nextMoment } from '../src/schedule.ts'
import { openScheduler } from '../src/scheduler.ts'
import { lastingParts } from './gateway.ts'

const minuteMs = 60_000
const quiet = { debug() {}, info() {}, warn() {}, error() {} }
const start = Date.UTC(2026, 9, 24, 12)

const plan: readonly Pick<KeptJob, 'id' | 'schedule' | 'missed'>[] = [
  { id: 'tick', missed: 'skip', schedule: { kind: 'every', everyMs: 7 * minuteMs, fromMs: start, timeZone: 'UTC' } },
  { id: 'late', missed: 'once', schedule: { kind: 'every', everyMs: 11 * minuteMs, fromMs: start, timeZone: 'UTC' } },
  {
    id: 'wall',
    missed: 'once',
    schedule: { kind: 'cron', expression: '*/20 * * * *', timeZone: 'Europe/Berlin' },
  },
  { id: 'once', missed: 'once', schedule: { kind: 'at', atMs: start + 3_600_000, timeZone: 'UTC' } },
]

const jobOf = (one: (typeof plan)[number]): KeptJob => ({
  ...one,
  name: one.id,
  message: 'do it',
  isolated: true,
  deliver: 'none',
  by: { principal: 'owner', role: 'owner' },
  createdAt: start,
  paused: false,
  next: nextMoment(one.schedule, start)!,
  runs: [],
})

/** Small numbers that repeat (https://en.wikipedia.org/wiki/Lehmer_random_number_generator). */
function numbers(seed: number) {
  let state = seed
  return (below: number) => (state = (state * 48_271) % 2_147_483_647) % below
}

it('R10: over 1,000 ends of the process between any two of its steps, each moment runs once or is recorded as missed', async () => {
  let ends = 0
  for (let seed = 1; ends < 1000; seed++) {
    const pick = numbers(seed)
    const lasting = lastingParts()
    const preparing = await openJobs(lasting.store, quiet)
    for (const one of plan) await preparing.save(jobOf(one))
    let now = start
    for (let life = 0; life < 50; life++) {
      const clock = fakeClock({ now })
      const ended = new AbortController()
      const last = life === 49
      if (last) lasting.live()
      else lasting.dieAt(1 + pick(12), pick(2) ? 'after' : 'before', () => ended.abort())
      const jobs = await openJobs(lasting.store, quiet)
      const scheduler = openScheduler({
        jobs,
        clock,
        log: quiet,
        signal: ended.signal,
        onTimeMs: minuteMs,
        keepRuns: 100_000,
        call: lasting.call,
      })
      const until = clock.now() + (1 + pick(40)) * minuteMs
      while (clock.now() < until && !ended.signal.aborted) await clock.advance(30_000)
      scheduler[Symbol.dispose]()
      if (ended.signal.aborted) ends++
      ended.abort()
      // Down for a while: mostly short, sometimes long enough to miss much.
      now = clock.now() + pick(4) * pick(4) * pick(6) * 20_000
      if (!last) continue
      for (const { id, schedule } of plan) check(id, schedule, jobs.get(id)!, clock.now(), lasting.accepted)
    }
  }
}, 240_000)

function check(
  id: string,
  schedule: KeptJob['schedule'],
  job: KeptJob,
  now: number,
  accepted: ReturnType<typeof lastingParts>['accepted'],
) {
  const moments: number[] = []
  for (let at = nextMoment(schedule, start); at !== undefined && at <= now; at = nextMoment(schedule, at))
    moments.push(at)
  const ran = [...accepted.keys()].filter((key) => key.startsWith(`${id}/`)).map((key) => Number(key.split('/')[2]))
  const missed = job.runs.flatMap(({ at, status, count = 0 }) =>
    status === 'missed' ? moments.slice(moments.indexOf(at), moments.indexOf(at) + count) : [],
  )
  expect(
    [...ran, ...missed].toSorted((one, other) => one - other),
    id,
  ).toEqual(moments)
  // What ran stands in the history, once.
  const told = job.runs.filter(({ status }) => status !== 'missed').map(({ at }) => at)
  expect(told).toEqual(ran.toSorted((one, other) => one - other))
  expect(job.runs.some(({ status }) => status === 'failed')).toBe(false)
}
