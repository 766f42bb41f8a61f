import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { toolGroups } from '@openclaw/protocol'
import { expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** Names of the tools that our plugins define; those of MCP servers are not known before they run. */
function toolsOfOurs(): string[] {
  const files = globSync('plugins/tool-*/src/**/*.ts', { cwd: root }).filter((file) => !file.includes('tool-mcp'))
  return files.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/defineTool\(\{\s*name: '(\w+)'/g)].map(([, name]) => name!),
  )
}

it('every tool of ours is in one group, and no group names one that there is not', () => {
  const grouped = Object.values<readonly string[]>(toolGroups).flat()
  expect(grouped.toSorted()).toEqual(toolsOfOurs().toSorted())
})
