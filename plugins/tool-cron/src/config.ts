import { closed } from '@openclaw/sdk'
import Type from 'typebox'

/** What bounds jobs. */
export const config = closed({
  timeZone: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'Time zone of jobs that name none, e.g. `Europe/Berlin`; that of this machine when absent.',
    }),
  ),
  shortestMs: Type.Optional(
    Type.Integer({ minimum: 1000, default: 60_000, description: 'Shortest time between two runs of a job.' }),
  ),
  maxJobs: Type.Optional(
    Type.Integer({
      minimum: 0,
      default: 20,
      description: 'Jobs that each conversation of somebody else than the owner may have; 0: none.',
    }),
  ),
  onTimeMs: Type.Optional(
    Type.Integer({
      minimum: 30_000,
      default: 60_000,
      description: 'A run that begins later than that after its moment has missed it.',
    }),
  ),
  keepRuns: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 1000, default: 50, description: 'Runs that the history of a job keeps.' }),
  ),
})
