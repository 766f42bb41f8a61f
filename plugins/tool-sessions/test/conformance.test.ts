import { failure } from '@openclaw/sdk'
import { toolConformance } from '@openclaw/testing'
import tools from '../src/tool.ts'

const key = 'agent:main:subagent:0'
const one = {
  key,
  title: 'a task',
  updatedAt: 0,
  lines: 3,
  running: false,
  usage: { input: 10, output: 5, costUsd: 0.01 },
}
const answers: Readonly<Record<string, object>> = {
  'sessions.list': { sessions: [one], total: 3 },
  'sessions.get': one,
  'sessions.spawn': { session: key, run: 'r', repeated: false },
  'sessions.send': { session: key, run: 'r', repeated: false },
  'chat.history': { lines: [{ kind: 'user', body: { text: 'do it' } }], more: false, running: [] },
}

toolConformance({
  name: 'sessions',
  tools,
  module: new URL('../src/tool.ts', import.meta.url),
  config: {},
  gateway: {
    async call(method) {
      const answer = answers[method]
      if (!answer) throw failure('forbidden', `the manifest does not name ${method}`)
      return answer
    },
  },
  cases: [
    { tool: 'sessions_list', input: { search: 'task' } },
    { tool: 'session_status', input: {} },
    { tool: 'sessions_history', input: { session: key, limit: 10 } },
    { tool: 'sessions_spawn', input: { task: 'compute', label: 'sum' } },
    { tool: 'sessions_send', input: { session: key, message: 'and now halve it' } },
  ],
})
