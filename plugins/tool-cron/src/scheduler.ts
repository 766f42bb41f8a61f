import { failure, toFailure, type Clock, type Log, type Role } from '@openclaw/sdk'
import { judge } from './due.ts'
import type { Claim, JobRun, KeptJob } from './job.ts'
import type { Jobs } from './jobs.ts'
import { sayMoment } from './schedule.ts'
import { standingOf } from './standing.ts'

/** Runs jobs when their moments come. */
export interface Scheduler {
  /** Changes what is kept of a job, after what is being done with it. `change` gets it as it then is. */
  change(id: string, change: (job: KeptJob) => KeptJob | 'remove'): Promise<KeptJob>
  /** Carries a job out now, whatever its schedule; resolves once its message is accepted. */
  run(id: string): Promise<JobRun>
  /** There is another job, or another next moment. */
  changed(): void
}

/** What a scheduler works with. */
export interface SchedulerParts {
  readonly jobs: Jobs
  readonly clock: Clock
  readonly log: Log
  readonly signal: AbortSignal
  /** See the configuration. */
  readonly onTimeMs: number
  readonly keepRuns: number
  /** Calls a method of the gateway. */
  call(method: string, params: object): Promise<unknown>
}

/** The clock is looked at this often at least: people set it, and machines sleep. */
const lookMs = 30_000
/** How long a run is waited for in one call. */
const waitMs = 600_000
/** The gateway knows for a week what it accepted. A claim older than that could be accepted twice. */
const sureMs = 6 * 86_400_000
const notAdmitted = 'whoever made it may not speak here any more'

/**
 * Begins to run jobs. A moment is claimed on the disk before its message is sent, and the message has a key that is
 * made of the job and the moment: however often the gateway ends in between, the message is accepted once.
 */
export function openScheduler(parts: SchedulerParts): Scheduler & Disposable {
  const { jobs, clock, log, signal } = parts
  const turns = new Map<string, Promise<unknown>>()
  let timer: Disposable | undefined

  /** One thing at a time is done with a job. */
  function inTurn<T>(id: string, task: () => Promise<T>): Promise<T> {
    const result = (turns.get(id) ?? Promise.resolve()).then(task)
    const done = result
      .catch(() => {})
      .finally(() => {
        if (turns.get(id) === done) turns.delete(id)
      })
    turns.set(id, done)
    return result
  }

  const existing = (id: string): KeptJob => {
    const job = jobs.get(id)
    if (!job) throw failure('not_found', `there is no job "${id}"; \`openclaw cron list\` shows those that are`)
    return job
  }
  const remember = (job: KeptJob, ...more: readonly JobRun[]) => [...job.runs, ...more].slice(-parts.keepRuns)

  function look(): void {
    timer?.[Symbol.dispose]()
    if (signal.aborted) return
    const now = clock.now()
    let waitFor = lookMs
    for (const { id, pending, paused, next } of jobs.all()) {
      const comes = paused || next === undefined ? Infinity : next - now
      if (pending || comes <= 0) void inTurn(id, () => attend(id)).catch((thrown: unknown) => complain(id, thrown))
      else waitFor = Math.min(waitFor, comes)
    }
    timer = clock.after(waitFor, look)
  }

  function complain(id: string, thrown: unknown): void {
    if (signal.aborted) return
    log.warn(`the job ${id} could not be carried out; it is tried again`, { error: toFailure(thrown).message })
  }

  /** Carries out what was claimed, then what has come. */
  async function attend(id: string): Promise<void> {
    const unfinished = jobs.get(id)
    if (!unfinished || signal.aborted) return
    if (unfinished.pending) await carryOut(unfinished, unfinished.pending)
    const job = existing(id)
    if (job.paused) return
    const due = judge(job, clock.now(), parts.onTimeMs)
    if (!due) return
    const { next: _next, ...rest } = job
    const claimed: KeptJob = {
      ...rest,
      ...(due.next === undefined ? {} : { next: due.next }),
      ...(due.run === undefined ? {} : { pending: { at: due.run, takenAt: clock.now() } }),
      runs: due.missed ? remember(job, due.missed) : job.runs,
    }
    await jobs.save(claimed)
    if (due.missed) log.info(`the job ${id} missed ${due.missed.count} of its moments`)
    if (claimed.pending) await carryOut(claimed, claimed.pending)
    look()
  }

  /** Sends the message of a claimed moment and records it. Rejects when it is to be tried again. */
  async function carryOut(job: KeptJob, claim: Claim): Promise<JobRun> {
    const { pending: _pending, ...rest } = job
    const record = await send(job, claim)
    const refused = record.status === 'refused'
    await jobs.save({ ...rest, ...(refused ? { paused: true } : {}), runs: remember(job, record) })
    if (refused) log.warn(`the job ${job.id} is paused: ${record.reason}`)
    if (record.status === 'started') void follow(job.id, record.run!)
    return record
  }

  async function send(job: KeptJob, { at, takenAt, byHand }: Claim): Promise<JobRun> {
    const hand = byHand ? { byHand } : {}
    if (clock.now() - takenAt > sureMs)
      return { at, ...hand, status: 'missed', count: 1, reason: 'the gateway ended as it began; it may have run' }
    try {
      const role = await standingOf(job, parts.call)
      if (role === undefined) return { at, ...hand, status: 'refused', reason: notAdmitted }
      const started = (await parts.call('agent', messageOf(job, role, at, byHand))) as { run: string; session: string }
      return { at, ...hand, status: 'started', startedAt: clock.now(), run: started.run, session: started.session }
    } catch (thrown) {
      const { code, message } = toFailure(thrown)
      if (code === 'unavailable' || code === 'aborted') throw thrown
      return { at, ...hand, status: 'failed', startedAt: clock.now(), reason: message }
    }
  }

  /** Waits for a run to end and records how it did. */
  async function follow(id: string, run: string): Promise<void> {
    const { status, reason } = await outcomeOf(run)
    if (status === 'started') return
    const settle = (one: JobRun): JobRun => (one.run === run ? { ...one, status, ...(reason ? { reason } : {}) } : one)
    await inTurn(id, async () => {
      const job = jobs.get(id)
      if (job) await jobs.save({ ...job, runs: job.runs.map(settle) })
    }).catch((thrown: unknown) => log.warn(`how the job ${id} ended is not kept`, { error: String(thrown) }))
  }

  async function outcomeOf(run: string): Promise<{ status: JobRun['status']; reason?: string }> {
    while (!signal.aborted) {
      try {
        const wait = await parts.call('agent.wait', { run, timeoutMs: waitMs })
        const { status, failure: why } = wait as { status: JobRun['status'] | 'pending'; failure?: { message: string } }
        if (status !== 'pending') return { status, ...(why ? { reason: why.message } : {}) }
      } catch (thrown) {
        const { code, message } = toFailure(thrown)
        // What is not known now is asked again after the next start.
        return code === 'not_found' ? { status: 'interrupted', reason: message } : { status: 'started' }
      }
    }
    return { status: 'started' }
  }

  for (const job of jobs.all())
    for (const { status, run } of job.runs) if (status === 'started' && run !== undefined) void follow(job.id, run)
  look()

  return {
    changed: look,
    change: (id, change) =>
      inTurn(id, async () => {
        const job = existing(id)
        const changed = change(job)
        if (changed === 'remove') await jobs.remove(id)
        else await jobs.save(changed)
        look()
        return changed === 'remove' ? job : changed
      }),
    run: (id) =>
      inTurn(id, async () => {
        const before = existing(id)
        if (before.pending) await carryOut(before, before.pending)
        const job = existing(id)
        const now = clock.now()
        const claimed = { ...job, pending: { at: now, takenAt: now, byHand: true } }
        await jobs.save(claimed)
        return carryOut(claimed, claimed.pending)
      }),
    [Symbol.dispose]: () => timer?.[Symbol.dispose](),
  }
}

/** The params of `agent` for one moment of a job. Its key names the job, also among later ones of the same id. */
function messageOf(job: KeptJob, role: Role, at: number, byHand: boolean | undefined): object {
  const { id, name, message, schedule, isolated, session, agent, model, deliver, createdAt } = job
  return {
    // A text in brackets comes from us, and cannot be taken for a command that a person typed.
    message: `[from OpenClaw: the job "${name}" is due, ${byHand ? 'run by hand' : `set for ${sayMoment(at, schedule.timeZone)}`}]\n${message}`,
    idempotencyKey: `${id}/${createdAt}/${at}${byHand ? '/by-hand' : ''}`,
    role,
    ...(isolated || session === undefined ? {} : { session }),
    ...(agent === undefined ? {} : { agent }),
    ...(model === undefined ? {} : { model }),
    ...(typeof deliver === 'object' ? { deliver } : {}),
    ...(deliver === 'session' && session !== undefined ? { reply: session } : {}),
  }
}
