import type { Limits } from '@openclaw/protocol'
import type { Budget } from './budget.ts'

/** What the owner let go on beyond its limits. */
export interface Allowances {
  /** The limits of a session's next run: as configured, and as much again for each time that the owner said so. */
  of(session: string, limits: Limits): Limits
  /** A run of the session ended: at one of its limits, or otherwise. */
  ended(session: string, limited: boolean): void
  /** Lets the session's run go on, when it ended at a limit, else the day. Says what goes on; undefined when nothing was at its limit. */
  more(session: string | undefined): Promise<{ readonly what: string; readonly goOn: boolean } | undefined>
}

/** Sessions whose last run ended at a limit are remembered, as many as anybody can have in mind. */
const mostSessions = 1000

export function openAllowances(budget: Pick<Budget, 'raise'>): Allowances {
  const times = new Map<string, number>()
  const ended = new Map<string, number>()
  return {
    of(session, limits) {
      const factor = times.get(session)
      if (factor === undefined) return limits
      times.delete(session)
      ended.set(session, factor)
      const { repeats, ...grown } = limits
      return { ...mapValues(grown, (value) => value * factor), repeats }
    },
    ended(session, limited) {
      const factor = ended.get(session) ?? 1
      ended.delete(session)
      if (!limited) return
      ended.set(session, factor)
      const oldest = ended.keys().next().value
      if (ended.size > mostSessions && oldest !== undefined) ended.delete(oldest)
    },
    async more(session) {
      const factor = session === undefined ? undefined : ended.get(session)
      if (session !== undefined && factor !== undefined) {
        ended.delete(session)
        times.set(session, factor + 1)
        return { what: 'the limits of this run', goOn: true }
      }
      const what = await budget.raise()
      return what === undefined ? undefined : { what, goOn: false }
    },
  }
}

function mapValues<T extends Record<string, number>>(values: T, change: (value: number) => number): T {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value)])) as T
}
