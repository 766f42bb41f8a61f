import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { testKernel } from '@openclaw/testing'
import { expect, it } from 'vitest'
import manifest from '../../../plugins/tool-mcp/package.json' with { type: 'json' }
import { start } from './run.ts'

const mcp = {
  package: manifest,
  load: {
    tool: () => import('../../../plugins/tool-mcp/src/tool.ts'),
    gateway: () => import('../../../plugins/tool-mcp/src/gateway.ts'),
    config: () => import('../../../plugins/tool-mcp/src/config.ts'),
  },
}
const program = fileURLToPath(new URL('../../../plugins/tool-mcp/test/fixtures/server.ts', import.meta.url))

it(
  'MCP servers are listed, tried, and what changed in one is accepted from the command line',
  { timeout: 120_000 },
  async () => {
    await using house = await testKernel({ plugins: [mcp], listen: true })
    const openclaw = (...args: string[]) => start([...args, '--home', house.home]).ended
    const plan = (...tools: object[]) => writeFile(join(house.home, 'plan.json'), JSON.stringify({ tools }))
    expect(await openclaw('mcp', 'list')).toMatchObject({ code: 0, stdout: 'There are no MCP servers.\n' })

    await plan({ name: 'a' }, { name: 'b' })
    const servers = {
      kit: { command: process.execPath, args: [program, join(house.home, 'plan.json')], effects: { a: 'read' } },
      gone: { command: '/no/such/program' },
      off: { command: 'x', enabled: false },
    }
    await house.call('config.set', { path: 'plugins.mcp.config', value: { servers } } as never)
    const listed = () => openclaw('mcp', 'list').then(({ stdout }) => stdout)
    await expect.poll(listed, { timeout: 60_000 }).toMatch(/kit\s+known\s+2\s+1\s/)
    expect(await listed()).toMatch(/gone\s+new\s+0\s+0\s+\/no\/such\/program\n/)
    expect(await listed()).toMatch(/off\s+off\s+0\s+0\s/)

    const tried = await openclaw('mcp', 'test', 'kit')
    expect(tried).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^kit answers in \d+ ms. Its tools: a, b\n$/),
    })
    const broken = await openclaw('mcp', 'test', 'gone')
    expect(broken).toMatchObject({ code: 1, stdout: expect.stringContaining('"gone" could not be started') })
    expect(await openclaw('mcp', 'test', 'off')).toMatchObject({
      code: 6,
      stderr: expect.stringContaining('left alone'),
    })
    expect((await openclaw('mcp', 'test', 'none')).stderr).toContain('openclaw mcp list')

    await plan({ name: 'a', description: 'Something else.' }, { name: 'c' })
    const differing = JSON.parse((await openclaw('mcp', 'test', 'kit', '--json')).stdout) as { accept: string }
    expect(differing).toMatchObject({ ok: true, tools: ['a', 'c'], changed: ['a', 'b'], added: ['c'] })
    // Trying it accepts nothing, and the agent has what it had.
    expect(await listed()).toMatch(/kit\s+known\s+2/)
  },
)
