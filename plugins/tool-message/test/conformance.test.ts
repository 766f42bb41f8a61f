import { failure } from '@openclaw/sdk'
import { toolConformance } from '@openclaw/testing'
import tools from '../src/tool.ts'

toolConformance({
  name: 'message',
  tools,
  module: new URL('../src/tool.ts', import.meta.url),
  gateway: {
    async call(method) {
      if (method === 'messages.send') return { delivery: 'd1', state: 'sent', messages: ['m1'] }
      if (['messages.react', 'messages.edit', 'messages.delete'].includes(method)) return { ok: true }
      throw failure('forbidden', `the manifest does not name ${method}`)
    },
  },
  cases: [
    { tool: 'message', input: { action: 'send', text: 'on it' } },
    { tool: 'message', input: { action: 'reply', text: 'that one', message: 'm7' } },
    { tool: 'message', input: { action: 'react', emoji: '👍' } },
    { tool: 'message', input: { action: 'edit', message: 'm1', text: 'done' } },
    { tool: 'message', input: { action: 'delete', message: 'm1' } },
    { tool: 'message', input: { action: 'poll', text: 'When?', options: ['Monday', 'Tuesday'] } },
    {
      tool: 'message',
      input: { action: 'send', text: 'hello', to: { channel: 'chat', id: 'bob', kind: 'group', thread: '1' } },
    },
  ],
})
