import type { Role } from '@openclaw/sdk'
import { isGroup, type Job } from './job.ts'

const roles: readonly Role[] = ['guest', 'member', 'owner']
const lower = (one: Role, other: Role) => (roles.indexOf(one) < roles.indexOf(other) ? one : other)

/**
 * The role with which a job runs now: at most that with which it was made, and at most that which whoever made it has
 * today, by the gateway's record. Undefined when they may have no jobs there any more.
 */
export async function standingOf(
  { by, session }: Pick<Job, 'by' | 'session'>,
  call: (method: string, params: object) => Promise<unknown>,
): Promise<Role | undefined> {
  if (session === undefined) return by.role
  const { sender } = by
  const found = await call('access.standing', { session, ...(sender === undefined ? {} : { sender }) })
  const { role } = found as { role?: Role }
  if (role === undefined) return undefined
  // A guest cannot make jobs, so whoever is one now was let in when they made theirs.
  if (sender !== undefined) return role === 'guest' ? undefined : lower(by.role, role)
  return isGroup(session) ? by.role : lower(by.role, role)
}
