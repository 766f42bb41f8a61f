import { failure } from '@openclaw/sdk'
import { gatewayConformance, toolConformance } from '@openclaw/testing'
import gateway from '../src/gateway.ts'
import tools from '../src/tool.ts'

const job = {
  id: 'tea',
  name: 'tea',
  message: 'Say tea',
  schedule: { kind: 'every', everyMs: 3_600_000, fromMs: 0, timeZone: 'UTC' },
  missed: 'skip',
  isolated: false,
  deliver: 'session',
  by: { principal: 'owner', role: 'owner' },
  createdAt: 0,
  paused: false,
  next: 3_600_000,
}
const run = { at: 0, status: 'answered' }
const answers: Record<string, object> = {
  'cron.list': { now: 0, timeZone: 'UTC', jobs: [job] },
  'cron.add': { job },
  'cron.edit': { job },
  'cron.remove': { job },
  'cron.run': { run },
  'cron.history': { job, runs: [run, { at: 1, status: 'missed', count: 3, orMore: true }] },
}

toolConformance({
  name: 'cron',
  tools,
  module: new URL('../src/tool.ts', import.meta.url),
  gateway: {
    async call(method) {
      const answer = answers[method]
      if (!answer) throw failure('forbidden', `the manifest does not name ${method}`)
      return answer
    },
  },
  cases: [
    { tool: 'cron', input: { action: 'add', name: 'tea', message: 'Say tea', in: '20m' } },
    { tool: 'cron', input: { action: 'list' } },
    { tool: 'cron', input: { action: 'edit', id: 'tea', paused: true } },
    { tool: 'cron', input: { action: 'run', id: 'tea' } },
    { tool: 'cron', input: { action: 'history', id: 'tea' } },
    { tool: 'cron', input: { action: 'remove', id: 'tea' } },
  ],
})

gatewayConformance({ name: 'cron', gateway, config: {} })
