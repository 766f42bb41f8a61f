import type { Role } from '@openclaw/sdk'
import Type, { type Static } from 'typebox'
import { Schedule } from './schedule.ts'

const role: readonly Role[] = ['owner', 'member', 'guest']

/** One moment of a job and what came of it; a row of missed ones stands in one record. */
export const JobRun = Type.Object({
  at: Type.Integer({ description: 'The moment it was for; of several missed ones the first.' }),
  status: Type.Enum(['started', 'answered', 'failed', 'aborted', 'interrupted', 'missed', 'refused'], {
    description: '`refused`: who made it may not speak there any more, and the job is paused.',
  }),
  startedAt: Type.Optional(Type.Integer()),
  run: Type.Optional(Type.String()),
  session: Type.Optional(Type.String()),
  byHand: Type.Optional(Type.Boolean()),
  count: Type.Optional(Type.Integer({ description: 'So many moments in a row were missed.' })),
  orMore: Type.Optional(Type.Boolean({ description: 'More than were counted.' })),
  reason: Type.Optional(Type.String()),
})
export type JobRun = Static<typeof JobRun>

/** Where a peer is reached, with the fields that a job keeps. */
export const Recipient = Type.Object(
  {
    channel: Type.String({ minLength: 1 }),
    account: Type.String({ minLength: 1 }),
    peer: Type.Object({
      kind: Type.Enum(['direct', 'group']),
      id: Type.String({ minLength: 1 }),
      thread: Type.Optional(Type.String()),
    }),
  },
  { additionalProperties: false },
)

/** A job as people see it. */
export const Job = Type.Object({
  id: Type.String(),
  name: Type.String(),
  message: Type.String({ description: 'What the agent is told.' }),
  schedule: Schedule,
  missed: Type.Enum(['skip', 'once'], {
    description: 'What becomes of moments that were missed: nothing, or one run for all of them.',
  }),
  isolated: Type.Boolean({ description: 'Each run has a session of its own.' }),
  session: Type.Optional(Type.String({ description: 'The conversation in which it was made.' })),
  agent: Type.Optional(Type.String()),
  model: Type.Optional(Type.String()),
  deliver: Type.Union([Type.Enum(['session', 'none']), Recipient], { description: 'Where answers go.' }),
  by: Type.Object({
    principal: Type.String(),
    role: Type.Enum([...role]),
    sender: Type.Optional(
      Type.String({ description: 'The person, as channel/account/person, unless it is the owner.' }),
    ),
  }),
  createdAt: Type.Integer(),
  paused: Type.Boolean(),
  next: Type.Optional(Type.Integer({ description: 'Its next moment.' })),
})
export type Job = Static<typeof Job>

/** A job as it is kept: with the moment that is being carried out, and what came of earlier ones, newest last. */
export interface KeptJob extends Job {
  readonly pending?: Claim
  readonly runs: readonly JobRun[]
}

/** A moment that was taken: from now on it is carried out, once, whatever happens. */
export interface Claim {
  readonly at: number
  readonly takenAt: number
  readonly byHand?: boolean
}

/** Does a session key name a group? One with a person in it who is called `group` counts as one too. */
export function isGroup(session: string): boolean {
  return session.split(':')[4] === 'group'
}

/** What people see of a kept job. */
export function shown({ pending: _pending, runs: _runs, ...job }: KeptJob): Job {
  return job
}
