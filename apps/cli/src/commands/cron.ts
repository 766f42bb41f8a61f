import { failure } from '@openclaw/protocol'
import type { Cli } from '../cli.ts'
import { defineCommand } from '../command.ts'
import { askPlugin } from '../plugins/ask.ts'
import { columns, oneLine } from '../terminal.ts'

/** A job, as much as is shown of what the plugin `cron` answers. */
interface Job {
  readonly id: string
  readonly name: string
  readonly schedule:
    | { readonly kind: 'at'; readonly atMs: number; readonly timeZone: string }
    | { readonly kind: 'every'; readonly everyMs: number; readonly timeZone: string }
    | { readonly kind: 'cron'; readonly expression: string; readonly timeZone: string }
  readonly by: { readonly role: string }
  readonly paused: boolean
  readonly next?: number
  readonly last?: Run
}
interface Run {
  readonly at: number
  readonly status: string
  readonly count?: number
  readonly orMore?: boolean
  readonly session?: string
  readonly reason?: string
}

const id = { about: 'The id that cron list shows' }
const when = {
  in: { type: 'text', value: 'TIME', about: 'Once, so long from now: 20m, 2h, 3d' },
  at: { type: 'text', value: 'TIME', about: 'Once, at a time: 2026-03-01T09:00' },
  every: { type: 'text', value: 'TIME', about: 'Again and again: 30m, 6h, 1d' },
  cron: { type: 'text', value: 'EXPRESSION', about: 'Minute, hour, day, month and weekday: "0 9 * * 1-5"' },
  'time-zone': { type: 'text', value: 'ZONE', about: 'For --at and --cron, e.g. Europe/Berlin' },
} as const
const more = {
  missed: { type: 'text', value: 'POLICY', choices: ['skip', 'once'], about: 'What moments get that were missed' },
  to: {
    type: 'text',
    value: 'CHANNEL/ACCOUNT/ID',
    about: 'Where answers go; "session" is where it was made, "none" nowhere',
  },
  group: { type: 'boolean', about: 'The id of --to is a group' },
  model: { type: 'text', value: 'MODEL', about: 'As provider/model' },
} as const

export const list = defineCommand({
  example: '',
  async run(_given, cli) {
    const answer = (await call(cli, 'cron.list', {})) as { jobs: readonly Job[] }
    const rows = answer.jobs.map((job) => [
      job.id,
      sayWhen(job),
      job.paused ? 'paused' : job.next === undefined ? 'over' : moment(job.next, job),
      job.last ? `${job.last.status} ${moment(job.last.at, job)}` : '',
      job.by.role,
    ])
    return {
      value: answer,
      text: rows.length > 0 ? columns([['JOB', 'WHEN', 'NEXT', 'LAST', 'ROLE'], ...rows]) : 'There are no jobs.',
      next:
        rows.length > 0
          ? ['What came of one', `cron history ${cli.quote(answer.jobs[0]!.id)}`]
          : ['Add one', `cron add Tea ${cli.quote('Remind me of the tea')} --in 5m`],
    }
  },
})

export const add = defineCommand({
  takes: { name: { about: 'What it is called' }, message: { about: 'What the agent is told' } },
  options: {
    ...when,
    ...more,
    session: { type: 'text', value: 'KEY', about: 'Run in this session; in a fresh one each time when absent' },
    agent: { type: 'text', value: 'ID', about: 'The agent that is told' },
  },
  details: 'It needs the plugin: openclaw plugins add cron.',
  example: 'News "Tell me the news in five lines" --cron "0 8 * * 1-5" --to telegram/default/4711',
  async run({ name, message, session, agent, ...options }, cli) {
    const params = {
      name,
      message,
      ...timesOf(options),
      ...changesOf(options),
      ...(session === undefined ? {} : { session }),
      ...(agent === undefined ? {} : { agent }),
    }
    const answer = (await call(cli, 'cron.add', params)) as { job: Job }
    return { value: answer, text: said(answer.job), next: ['Try it now', `cron run ${cli.quote(answer.job.id)}`] }
  },
})

export const edit = defineCommand({
  takes: { id },
  options: {
    name: { type: 'text', value: 'TEXT', about: 'What it is called' },
    message: { type: 'text', value: 'TEXT', about: 'What the agent is told' },
    ...when,
    ...more,
    pause: { type: 'boolean', about: 'It waits until it is let go on' },
    resume: { type: 'boolean', about: 'It goes on with the next moment to come' },
  },
  example: 'news --cron "0 9 * * 1-5"',
  async run({ id, name, message, pause, resume, ...options }, cli) {
    if (pause && resume) throw failure('invalid_params', 'give --pause or --resume, not both')
    const answer = (await call(cli, 'cron.edit', {
      id,
      ...(name === undefined ? {} : { name }),
      ...(message === undefined ? {} : { message }),
      ...timesOf(options),
      ...changesOf(options),
      ...(pause || resume ? { paused: pause } : {}),
    })) as { job: Job }
    return { value: answer, text: said(answer.job), next: ['All of them', 'cron list'] }
  },
})

export const remove = defineCommand({
  takes: { id },
  example: 'news',
  async run({ id }, cli) {
    const answer = await call(cli, 'cron.remove', { id })
    return { value: answer, text: `The job ${id} is gone.`, next: ['What is left', 'cron list'] }
  },
})

export const run = defineCommand({
  takes: { id },
  details: 'Its schedule stays as it is.',
  example: 'news',
  async run({ id }, cli) {
    const answer = (await call(cli, 'cron.run', { id })) as { run: Run }
    const { status, reason, session } = answer.run
    return {
      value: answer,
      text: `${id}: ${status}${reason ? ` (${reason})` : ''}.`,
      next: session
        ? ['What comes of it', `sessions show ${cli.quote(session)}`]
        : ['Why', `cron history ${cli.quote(id)}`],
    }
  },
})

export const history = defineCommand({
  takes: { id },
  options: { limit: { type: 'number', value: 'COUNT', about: 'Most rows; 50 when absent' } },
  example: 'news',
  async run({ id, limit }, cli) {
    const params = { id, ...(limit === undefined ? {} : { limit }) }
    const answer = (await call(cli, 'cron.history', params)) as { job: Job; runs: readonly Run[] }
    const rows = answer.runs.map(({ at, status, count = 1, orMore, session = '', reason = '' }) => [
      moment(at, answer.job),
      count > 1 ? `${status} ${count}${orMore ? ' or more' : ''}` : status,
      session,
      oneLine(reason, 80),
    ])
    return {
      value: answer,
      text: rows.length > 0 ? columns([['MOMENT', 'OUTCOME', 'SESSION', 'WHY'], ...rows]) : 'It has not run yet.',
      next: ['All of them', 'cron list'],
    }
  },
})

const call = (cli: Cli, method: string, params: object) =>
  askPlugin(cli, { id: 'cron', brings: 'jobs' }, method, params)

function timesOf(given: { readonly [K in keyof typeof when]: string | undefined }): object {
  const { in: wait, at, every, cron, 'time-zone': timeZone } = given
  return Object.fromEntries(
    Object.entries({ in: wait, at, every, cron, timeZone }).filter(([, value]) => value !== undefined),
  )
}

function changesOf(given: {
  readonly missed: string | undefined
  readonly to: string | undefined
  readonly group: boolean
  readonly model: string | undefined
}): object {
  const { missed, to, group, model } = given
  return {
    ...(missed === undefined ? {} : { missed }),
    ...(to === undefined ? {} : { deliver: recipient(to, group) }),
    ...(model === undefined ? {} : { model }),
  }
}

function recipient(to: string, group: boolean): unknown {
  if (to === 'session' || to === 'none') return to
  const [, channel, account, peer] = /^([^/]+)\/([^/]+)\/(.+)$/s.exec(to) ?? []
  if (!channel || !account || !peer)
    throw failure('invalid_params', `--to ${to}: give channel, account and id, as in telegram/default/4711`)
  return { channel, account, peer: { kind: group ? 'group' : 'direct', id: peer } }
}

const said = (job: Job): string =>
  job.next === undefined || job.paused
    ? `The job ${job.id} waits.`
    : `The job ${job.id} runs next at ${moment(job.next, job)}.`

function sayWhen({ schedule }: Job): string {
  if (schedule.kind === 'at') return 'once'
  if (schedule.kind === 'every') return `every ${schedule.everyMs / 60_000} min`
  return `${schedule.expression} ${schedule.timeZone}`
}

/** In the time zone of the job. Swedes write dates as ISO 8601 does. */
function moment(ms: number, { schedule: { timeZone } }: Job): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(ms)
}
