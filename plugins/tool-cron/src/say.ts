import type { Static } from 'typebox'
import type { Job, JobRun } from './job.ts'
import type { methods } from './methods.ts'
import { sayMoment, sayWhen } from './schedule.ts'

type Methods = typeof methods
/** What one of the methods answered. */
export type Answer = { [M in keyof Methods]: Static<Methods[M]['result']> }[keyof Methods]

/** The jobs of which an answer tells. */
export function jobsOf(answer: Answer): readonly Job[] {
  return 'jobs' in answer ? answer.jobs : 'job' in answer ? [answer.job] : []
}

/** What a method answered, as the model reads it. */
export function say(answer: Answer): string {
  if ('jobs' in answer) {
    const now = `It is ${sayMoment(answer.now, answer.timeZone)}.`
    return [now, ...(answer.jobs.length > 0 ? answer.jobs.map(sayJob) : ['There are no jobs.'])].join('\n')
  }
  if ('runs' in answer) {
    const zone = answer.job.schedule.timeZone
    return [sayJob(answer.job), ...answer.runs.map((run) => sayRun(run, zone))].join('\n')
  }
  if ('run' in answer)
    return `It was started: ${answer.run.status}${answer.run.reason ? ` (${answer.run.reason})` : ''}.`
  return sayJob(answer.job)
}

function sayJob({ id, name, schedule, paused, next, isolated }: Job): string {
  const coming = paused ? 'paused' : next === undefined ? 'over' : `next ${sayMoment(next, schedule.timeZone)}`
  return `- ${id}: ${name}; ${sayWhen(schedule)}; ${coming}${isolated ? '; in a session of its own' : ''}`
}

function sayRun({ at, status, count = 1, orMore, reason }: JobRun, timeZone: string): string {
  const more = count > 1 ? ` and ${count - 1}${orMore ? ' or more' : ''} after it` : ''
  return `  ${sayMoment(at, timeZone)}${more}: ${status}${reason ? ` (${reason})` : ''}`
}
