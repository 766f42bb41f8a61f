import { toolConformance, type ToolBench } from '@openclaw/testing'
import tools from '../src/tool.ts'

const notes = (bench: ToolBench) => bench.workspace.write('sub/notes.md', new TextEncoder().encode('one\ntwo\n'))

toolConformance({
  name: 'files',
  tools,
  module: new URL('../src/tool.ts', import.meta.url),
  cases: [
    { tool: 'read', input: { path: 'sub/notes.md' }, prepare: notes },
    { tool: 'read', input: { path: 'sub/notes.md', offset: 2, limit: 1 }, prepare: notes },
    { tool: 'list', input: { path: 'sub' }, prepare: notes },
    { tool: 'glob', input: { pattern: '**/*.md' }, prepare: notes },
    { tool: 'grep', input: { pattern: 't[wx]o', context: 1 }, prepare: notes },
    { tool: 'send_file', input: { path: 'sub/notes.md' }, prepare: notes },
    { tool: 'write', input: { path: 'a/b.md', content: 'x' } },
    { tool: 'edit', input: { path: 'sub/notes.md', oldText: 'two', newText: 'three' }, prepare: notes },
    {
      tool: 'apply_patch',
      input: { patch: '*** Begin Patch\n*** Update File: sub/notes.md\n one\n-two\n+three\n*** End Patch' },
      prepare: notes,
    },
  ],
})
