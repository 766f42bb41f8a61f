import { toolConformance, type ToolBench } from '@openclaw/testing'
import tools from '../src/tool.ts'

const notes = async (bench: ToolBench) => {
  await bench.workspace.write('MEMORY.md', new TextEncoder().encode('- Olga likes tea\n'))
  await bench.workspace.write('memory/2026-03-01.md', new TextEncoder().encode('- Moved to Bremen\n'))
}

toolConformance({
  name: 'memory',
  tools,
  module: new URL('../src/tool.ts', import.meta.url),
  cases: [
    { tool: 'memory_write', input: { text: '- Met Ada' } },
    { tool: 'memory_write', input: { text: 'coffee', old: 'tea', note: 'MEMORY.md' }, prepare: notes },
    { tool: 'memory_search', input: { query: 'where to, Bremen?' }, prepare: notes },
    { tool: 'memory_search', input: { query: 'nothing of that', limit: 1 } },
    { tool: 'memory_read', input: {}, prepare: notes },
    { tool: 'memory_read', input: { note: '2026-03-01' }, prepare: notes },
    { tool: 'memory_forget', input: { note: 'MEMORY.md', text: 'tea' }, prepare: notes },
  ],
})
