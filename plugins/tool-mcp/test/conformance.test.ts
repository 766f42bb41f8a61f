import { join } from 'node:path'
import { memoryStore, toolConformance } from '@openclaw/testing'
import { afterAll, vi } from 'vitest'
import tools from '../src/tool.ts'
import { folder, open, reference } from './servers.ts'

// Each starts processes, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

const place = await folder()
afterAll(() => place[Symbol.asyncDispose]())

const servers = {
  all: { ...reference('everything', 'stdio'), only: ['get-sum'], effects: { 'get-sum': 'read' } },
  memory: {
    ...reference('memory'),
    env: { MEMORY_FILE_PATH: join(place.path, 'memory.json') },
    only: ['create_entities'],
  },
}
const store = memoryStore()
await (await open({ servers }, store))[Symbol.asyncDispose]()
/** As after a restart of the gateway: what the servers have is known, and none runs. */
const known = { ...tools, setup: (setup: Parameters<typeof tools.setup>[0]) => tools.setup({ ...setup, store }) }

const entities = [{ name: 'Ada', entityType: 'person', observations: ['counts'] }]
toolConformance({
  name: 'mcp',
  tools: known,
  config: { servers },
  cases: [
    { tool: 'all_get_sum', input: { a: 1, b: 2 } },
    { tool: 'memory_create_entities', input: { entities } },
  ],
})
toolConformance({
  name: 'mcp, many tools',
  tools: known,
  config: { servers, maxTools: 0 },
  cases: [
    { tool: 'mcp_find', input: { query: 'sum of numbers' } },
    { tool: 'mcp_call', input: { tool: 'all_get_sum', input: { a: 1, b: 2 } } },
  ],
})
