import { createHash } from 'node:crypto'
import { failure, type Caller, type Clock, type Handlers } from '@openclaw/sdk'
import type { Static } from 'typebox'
import { isGroup, shown, type Job, type KeptJob } from './job.ts'
import type { Jobs } from './jobs.ts'
import type { methods } from './methods.ts'
import { checkSchedule, nextMoment } from './schedule.ts'
import type { Scheduler } from './scheduler.ts'
import { readWhen, saysWhen } from './when.ts'

type Add = Static<(typeof methods)['cron.add']['params']>

/**
 * Serves the `cron.*` methods. The owner has every job; a conversation of somebody else has its own, which run in it,
 * answer into it, and have the role of who made them.
 */
export function serve(parts: {
  readonly jobs: Jobs
  readonly scheduler: Scheduler
  readonly clock: Clock
  readonly timeZone: string
  readonly shortestMs: number
  readonly maxJobs: number
}): Handlers<typeof methods> {
  const { jobs, scheduler, clock } = parts
  const mayHave = (caller: Caller, job: KeptJob) => caller.role === 'owner' || job.by.principal === caller.principal
  const own = (caller: Caller) => jobs.all().filter((job) => mayHave(caller, job))
  function find(caller: Caller, id: string): KeptJob {
    const job = jobs.get(id)
    if (!job || !mayHave(caller, job)) throw failure('not_found', `there is no job "${id}" that you may see`)
    return job
  }
  function checkDelivery(caller: Caller, deliver: Job['deliver'] | undefined): void {
    if (typeof deliver === 'object' && caller.role !== 'owner')
      throw failure('forbidden', 'only the owner may have the answers of a job delivered to somebody else')
  }

  /** Where a job belongs. Whoever is not the owner has jobs in the conversation they speak from, and nowhere else. */
  function placeOf(caller: Caller, { session, isolated, agent }: Add): Pick<Job, 'isolated' | 'session' | 'agent'> {
    if (caller.role !== 'owner') {
      const from = /^session:(.+)$/s.exec(caller.principal)?.[1]
      if (from === undefined)
        throw failure('forbidden', 'jobs are made in a conversation with the agent, or by the owner')
      if ((session ?? from) !== from || isolated || agent !== undefined)
        throw failure('forbidden', 'a job of yours runs in the conversation in which it was made')
      if (own(caller).length >= parts.maxJobs)
        throw failure('rate_limited', `there are ${parts.maxJobs} jobs in this conversation already; remove one first`)
      return { isolated: false, session: from }
    }
    if (session === undefined) {
      if (isolated === false) throw failure('invalid_params', 'name the session in which the job runs')
      return { isolated: true, ...(agent === undefined ? {} : { agent }) }
    }
    // What is done for a group is done in the group's session: it has less rights than one of the owner's own.
    if (isolated && isGroup(session))
      throw failure('forbidden', 'a job that is made in a group runs in the session of the group')
    const its = session.split(':')[1]
    return { isolated: isolated ?? false, session, ...(isolated && its ? { agent: agent ?? its } : {}) }
  }

  /** Ids whose jobs are being written. */
  const taken = new Set<string>()
  function freeId(caller: Caller, name: string): string {
    const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? ['job']
    // The ids of others must not tell what they are called.
    const whose =
      caller.role === 'owner' ? [] : [createHash('sha256').update(caller.principal).digest('hex').slice(0, 6)]
    const id = [words.join('-').slice(0, 40), ...whose].join('-')
    for (let number = 1; ; number++) {
      const free = number === 1 ? id : `${id}-${number}`
      if (!jobs.get(free) && !taken.has(free)) return free
    }
  }

  return {
    'cron.list': (_params, caller) => ({
      now: clock.now(),
      timeZone: parts.timeZone,
      jobs: own(caller)
        .toSorted((one, other) => (one.next ?? Infinity) - (other.next ?? Infinity) || one.createdAt - other.createdAt)
        .map((job) => ({ ...shown(job), ...(job.runs.length > 0 ? { last: job.runs.at(-1)! } : {}) })),
    }),
    async 'cron.add'(params, caller) {
      checkDelivery(caller, params.deliver)
      const place = placeOf(caller, params)
      const now = clock.now()
      const schedule = readWhen(params, now, parts.timeZone)
      checkSchedule(schedule, now, parts.shortestMs)
      const id = freeId(caller, params.name)
      const job: KeptJob = {
        id,
        name: params.name,
        message: params.message,
        schedule,
        missed: params.missed ?? 'skip',
        ...place,
        ...(params.model === undefined ? {} : { model: params.model }),
        deliver: params.deliver ?? 'session',
        by: {
          principal: caller.principal,
          role: caller.role,
          ...(caller.sender === undefined ? {} : { sender: caller.sender }),
        },
        createdAt: now,
        paused: false,
        next: nextMoment(schedule, now)!,
        runs: [],
      }
      taken.add(id)
      try {
        await jobs.save(job)
      } finally {
        taken.delete(id)
      }
      scheduler.changed()
      return { job: shown(job) }
    },
    async 'cron.edit'({ id, name, message, missed, deliver, model, paused, ...times }, caller) {
      const { schedule: known } = find(caller, id)
      checkDelivery(caller, deliver)
      const now = clock.now()
      if (times.timeZone !== undefined && !saysWhen(times))
        throw failure('invalid_params', 'a time zone goes with the time: give at or cron too')
      const schedule = saysWhen(times) ? readWhen(times, now, known.timeZone) : undefined
      if (schedule) checkSchedule(schedule, now, parts.shortestMs)
      const changed = await scheduler.change(id, (job) => {
        const anew = schedule !== undefined || (job.paused && paused === false)
        const { next: before, ...rest } = job
        const next = anew ? nextMoment(schedule ?? job.schedule, now) : before
        return {
          ...rest,
          ...(name === undefined ? {} : { name }),
          ...(message === undefined ? {} : { message }),
          ...(missed === undefined ? {} : { missed }),
          ...(deliver === undefined ? {} : { deliver }),
          ...(model === undefined ? {} : { model }),
          ...(paused === undefined ? {} : { paused }),
          ...(schedule === undefined ? {} : { schedule }),
          ...(next === undefined ? {} : { next }),
        }
      })
      return { job: shown(changed) }
    },
    async 'cron.remove'({ id }, caller) {
      find(caller, id)
      return { job: shown(await scheduler.change(id, () => 'remove')) }
    },
    async 'cron.run'({ id }, caller) {
      find(caller, id)
      return { run: await scheduler.run(id) }
    },
    'cron.history'({ id, limit = 50 }, caller) {
      const job = find(caller, id)
      return { job: shown(job), runs: job.runs.slice(-limit).toReversed() }
    },
  }
}
