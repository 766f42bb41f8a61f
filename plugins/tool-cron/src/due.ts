import type { Job, JobRun } from './job.ts'
import { lastMoment, nextMoment } from './schedule.ts'

/** What is to be done about the moments of a job that have come. */
export interface Due {
  /** The one that is carried out. */
  readonly run?: number
  /** Those that are not. */
  readonly missed?: JobRun
  /** The first one to come. */
  readonly next?: number
}

/** Most moments that are counted: an expression takes a while for each. */
const mostCounted = 100

/**
 * Judges the moments from `next` up to now, each of which is named in exactly one judgement. The last one runs if it is
 * at most `onTimeMs` old, or if the job wants one run for all that it missed; those before it are missed. Undefined
 * while nothing has come.
 */
export function judge(
  { schedule, missed, next }: Pick<Job, 'schedule' | 'missed' | 'next'>,
  nowMs: number,
  onTimeMs: number,
): Due | undefined {
  if (next === undefined || next > nowMs) return undefined
  let last = next
  let count = 1
  let following = nextMoment(schedule, last)
  while (following !== undefined && following <= nowMs && count < mostCounted) {
    last = following
    count++
    following = nextMoment(schedule, last)
  }
  const orMore = following !== undefined && following <= nowMs
  if (orMore) {
    last = lastMoment(schedule, last, nowMs)
    following = nextMoment(schedule, last)
  }
  const runs = missed === 'once' || nowMs - last <= onTimeMs
  const passed = runs ? count - 1 : count
  return {
    ...(runs ? { run: last } : {}),
    ...(passed > 0 ? { missed: { at: next, status: 'missed', count: passed, ...(orMore ? { orMore } : {}) } } : {}),
    ...(following === undefined ? {} : { next: following }),
  }
}
