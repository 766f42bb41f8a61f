import { defineGateway } from '@openclaw/sdk'
import { config } from './config.ts'
import { openJobs } from './jobs.ts'
import { methods } from './methods.ts'
import { openScheduler } from './scheduler.ts'
import { serve } from './serve.ts'

/** Keeps the jobs, runs them when they are due, and lets people and the agent have them. */
export default defineGateway({
  id: 'cron',
  config,
  methods,
  async setup({ config: settings, store, clock, log, signal, use, call }) {
    const { shortestMs = 60_000, maxJobs = 20, onTimeMs = 60_000, keepRuns = 50 } = settings
    const timeZone = settings.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
    const jobs = await openJobs(store, log)
    const scheduler = use(openScheduler({ jobs, clock, log, signal, onTimeMs, keepRuns, call }), 'scheduler')
    return { handlers: serve({ jobs, scheduler, clock, timeZone, shortestMs, maxJobs }) }
  },
})
