import { failure } from '@openclaw/sdk'
import { toolConformance } from '@openclaw/testing'
import tools from '../src/tool.ts'

const answers: Readonly<Record<string, object>> = {
  status: { version: '1.0.0', problems: [] },
  'config.get': { value: { level: 'info' }, problems: [] },
  'config.set': { applied: 'now', problems: [] },
  'gateway.restart': { ok: true },
}

toolConformance({
  name: 'gateway',
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
    { tool: 'gateway', input: { action: 'status' } },
    { tool: 'gateway', input: { action: 'config_get', path: 'logs' } },
    { tool: 'gateway', input: { action: 'config_set', path: 'logs.level', value: 'debug' } },
    { tool: 'gateway', input: { action: 'restart' } },
  ],
})
