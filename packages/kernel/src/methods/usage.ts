import type { Budget } from '../runs/budget.ts'
import type { Sessions } from '../sessions/sessions.ts'
import type { Handlers } from './caller.ts'

/** What runs used, and how much of today is left. */
export function usageMethods(parts: {
  readonly sessions: Pick<Sessions, 'usage'>
  readonly budget: Pick<Budget, 'today'>
}): Handlers<'usage.get'> {
  return {
    'usage.get': async (query) => ({ ...(await parts.sessions.usage(query)), today: parts.budget.today }),
  }
}
