import { failure } from '@openclaw/sdk'
import { fakeClock, memoryStore } from '@openclaw/testing'
import { expect, it } from 'vitest'
import type { KeptJob } from '../src/job.ts'
import { openJobs } from '../src/jobs.ts'
import { openScheduler } from '../src/scheduler.ts'

const minuteMs = 60_000
const start = Date.UTC(2026, 0, 1)

/** A scheduler with one job, due every ten minutes, whose disk and gateway fail as they are told to. */
async function open() {
  const clock = fakeClock({ now: start })
  const kept = memoryStore()
  const keys: string[] = []
  const calls: object[] = []
  const warnings: string[] = []
  const state = { disk: 0, gateway: undefined as Error | undefined, sent: () => {} }
  const store = {
    ...kept,
    async set(key: string, value: Uint8Array) {
      if (state.disk-- > 0) throw failure('unavailable', 'the disk is full')
      await kept.set(key, value)
    },
  }
  const log = { debug() {}, info() {}, warn: (text: string) => void warnings.push(text), error() {} }
  const jobs = await openJobs(store, log)
  const schedule = { kind: 'every', everyMs: 10 * minuteMs, fromMs: start, timeZone: 'UTC' } as const
  const job: KeptJob = {
    id: 'tea',
    name: 'tea',
    message: 'Say tea',
    schedule,
    missed: 'once',
    isolated: false,
    session: 'agent:main:fake:default:ada',
    deliver: 'session',
    by: { principal: 'session:agent:main:fake:default:ada', role: 'member' },
    createdAt: start,
    paused: false,
    next: start + 10 * minuteMs,
    runs: [],
  }
  await jobs.save(job)
  const ended = new AbortController()
  const scheduler = openScheduler({
    jobs,
    clock,
    log,
    signal: ended.signal,
    onTimeMs: minuteMs,
    keepRuns: 3,
    async call(method, params) {
      if (method === 'agent.wait') return { status: 'answered' }
      if (state.gateway) throw state.gateway
      if (method === 'access.standing') return { role: 'member' }
      keys.push((params as { idempotencyKey: string }).idempotencyKey)
      calls.push(params)
      state.sent()
      state.sent = () => {}
      return { run: `r${keys.length}`, session: 's' }
    },
  })
  const minutes = (count: number) => clock.advance(count * minuteMs)
  return { jobs, scheduler, state, keys, calls, warnings, minutes, ended, runs: () => jobs.get('tea')!.runs }
}

it('asks for a run with the role, the session and the key of the job', async () => {
  const { calls, minutes } = await open()
  await minutes(10)
  expect(calls).toEqual([
    {
      message: '[from OpenClaw: the job "tea" is due, set for 2026-01-01 00:10 UTC]\nSay tea',
      idempotencyKey: `tea/${start}/${start + 10 * minuteMs}`,
      role: 'member',
      session: 'agent:main:fake:default:ada',
      reply: 'agent:main:fake:default:ada',
    },
  ])
})

it('R6: tries again when the disk refuses, before and after the message was sent', async () => {
  for (const refused of [1, 2]) {
    const { state, keys, minutes, warnings, runs } = await open()
    // The first write takes the moment, the second one records that it began.
    const refuse = () => void (state.disk = 1)
    if (refused === 1) refuse()
    else state.sent = refuse
    await minutes(11)
    expect(warnings).toHaveLength(1)
    expect(new Set(keys).size).toBe(1)
    expect(runs().map(({ at, status }) => [at, status])).toEqual([[start + 10 * minuteMs, 'answered']])
  }
})

it('tries again while the gateway cannot take messages, and records what it refuses', async () => {
  const { state, keys, minutes, runs } = await open()
  state.gateway = failure('unavailable', 'the disk is full')
  await minutes(12)
  expect(keys).toEqual([])
  state.gateway = undefined
  await minutes(1)
  expect(keys).toHaveLength(1)
  state.gateway = failure('not_found', 'agent "gone" is not configured')
  await minutes(7)
  expect(runs().map(({ status, reason }) => [status, reason])).toEqual([
    ['answered', undefined],
    ['failed', 'agent "gone" is not configured'],
  ])
})

it('keeps as many runs as it is told, runs by hand beside the schedule, and not at all when paused', async () => {
  const { scheduler, minutes, keys, runs, jobs } = await open()
  await minutes(5)
  expect(await scheduler.run('tea')).toMatchObject({ status: 'started', byHand: true })
  await minutes(35)
  expect(keys).toHaveLength(5)
  expect(runs().map(({ at }) => (at - start) / minuteMs)).toEqual([20, 30, 40])
  await scheduler.change('tea', (job) => ({ ...job, paused: true }))
  await minutes(30)
  expect(keys).toHaveLength(5)
  await scheduler.change('tea', () => 'remove')
  expect(jobs.all()).toEqual([])
  await expect(scheduler.run('tea')).rejects.toThrow(/no job "tea"/)
})

it('does nothing more once it is over', async () => {
  const { ended, scheduler, minutes, keys } = await open()
  ended.abort()
  scheduler[Symbol.dispose]()
  await minutes(60)
  expect(keys).toEqual([])
})

it('leaves a job that cannot be read as it is, says so, and runs the others', async () => {
  const store = memoryStore()
  await store.set('job-torn', new TextEncoder().encode('{"id":'))
  const errors: string[] = []
  const log = { debug() {}, info() {}, warn() {}, error: (text: string) => void errors.push(text) }
  const jobs = await openJobs(store, log)
  expect(jobs.all()).toEqual([])
  expect(errors).toEqual([expect.stringContaining('the job torn cannot be read')])
  expect(await store.list()).toEqual(['job-torn'])
})
