import { closed, method } from '@openclaw/sdk'
import Type from 'typebox'
import { Job, JobRun, Recipient } from './job.ts'
import { when } from './when.ts'

const id = Type.String({ minLength: 1, maxLength: 60, description: 'Id of the job.' })
/** It stands in a line that the model reads as ours. */
const name = Type.String({ minLength: 1, maxLength: 80, pattern: '^[^\\[\\]"\\u0000-\\u001f\\u007f]+$' })
const message = Type.String({ minLength: 1, maxLength: 20_000, description: 'What the agent is told when it is due.' })
const changeable = {
  missed: Type.Optional(
    Type.Enum(['skip', 'once'], { description: 'What missed moments get: nothing, or one run for all. Default skip.' }),
  ),
  deliver: Type.Optional(
    Type.Union([Type.Enum(['session', 'none']), Recipient], {
      description: 'Where answers go: to the conversation it was made in (default), nowhere, or to another peer.',
    }),
  ),
  model: Type.Optional(Type.String({ description: 'As provider/model.' })),
}
const job = Type.Object({ job: Job })

/** What the gateway entry serves. */
export const methods = {
  'cron.list': method(
    'read',
    'Jobs, next one first.',
    closed({}),
    Type.Object({
      now: Type.Integer(),
      timeZone: Type.String({ description: 'Of jobs that name none.' }),
      jobs: Type.Array(Type.Object({ ...Job.properties, last: Type.Optional(JobRun) })),
    }),
  ),
  'cron.add': method(
    'write',
    'Add a job, which runs with the role of who adds it.',
    closed({
      name,
      message,
      ...when,
      ...changeable,
      session: Type.Optional(Type.String({ description: 'The conversation in which it runs, or is made.' })),
      isolated: Type.Optional(
        Type.Boolean({ description: 'Each run has a session of its own; so it is when no session is named.' }),
      ),
      agent: Type.Optional(Type.String()),
    }),
    job,
    { lasts: true },
  ),
  'cron.edit': method(
    'write',
    'Change a job, pause it, or let it go on.',
    closed({
      id,
      name: Type.Optional(name),
      message: Type.Optional(message),
      ...when,
      ...changeable,
      paused: Type.Optional(Type.Boolean()),
    }),
    job,
    { lasts: true },
  ),
  'cron.remove': method('write', 'Remove a job and its history.', closed({ id }), job),
  'cron.run': method('write', 'Carry a job out now.', closed({ id }), Type.Object({ run: JobRun }), { lasts: true }),
  'cron.history': method(
    'read',
    'What came of the moments of a job, newest first.',
    closed({ id, limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })) }),
    Type.Object({ job: Job, runs: Type.Array(JobRun) }),
  ),
}
