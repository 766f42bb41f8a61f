import { gatewayConformance, memoryStore, toolConformance } from '@openclaw/testing'
import { vi } from 'vitest'
import gateway from '../src/gateway.ts'
import tools from '../src/tool.ts'
import { open, reference } from './servers.ts'

// Each starts processes, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const servers = {
  all: { ...reference('everything', 'stdio'), only: ['get-sum', 'echo'], effects: { 'get-sum': 'read' } },
}
/** As after a restart of the gateway: what the servers have is known, and none runs. */
const store = memoryStore()
await (await open({ servers }, store))[Symbol.asyncDispose]()
toolConformance({
  name: 'mcp',
  tools,
  module: new URL('../src/tool.ts', import.meta.url),
  config: { servers },
  store,
  cases: [
    { tool: 'all_get_sum', input: { a: 1, b: 2 } },
    { tool: 'all_echo', input: { message: 'hi' } },
  ],
})
toolConformance({
  name: 'mcp, many tools',
  tools,
  config: { servers, maxTools: 0 },
  store,
  cases: [
    { tool: 'mcp_find', input: { query: 'sum of numbers' } },
    { tool: 'mcp_call', input: { tool: 'all_get_sum', input: { a: 1, b: 2 } } },
  ],
})
gatewayConformance({ name: 'mcp', gateway, config: { servers } })
