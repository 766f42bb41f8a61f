import { toolConformance } from '@openclaw/testing'
import tools from '../src/tool.ts'

toolConformance({
  name: 'bash',
  tools,
  cases: [
    { tool: 'bash', input: { command: 'echo hello' } },
    { tool: 'bash', input: { command: 'sleep 0.2; head -c 1000000 /dev/zero' } },
    { tool: 'bash', input: { command: 'sleep 30', background: true } },
    { tool: 'bash', input: { command: 'cat', pty: true } },
    { tool: 'bash_job', input: { action: 'list' } },
  ],
})
