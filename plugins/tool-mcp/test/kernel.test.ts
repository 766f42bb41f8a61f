import { callTool, say, testKernel } from '@openclaw/testing'
import { expect, it, vi } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { planned } from './servers.ts'

// It starts a process, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 60_000 })

it('a server that was just added is there for the next run, and its call waits for the yes of the owner', async () => {
  await using server = await planned({ name: 'a' })
  await using house = await testKernel({
    plugins: [
      {
        package: manifest,
        load: {
          tool: () => import('../src/tool.ts'),
          gateway: () => import('../src/gateway.ts'),
          config: () => import('../src/config.ts'),
        },
      },
    ],
    config: { plugins: { mcp: { config: { servers: { s: server.command } } } } },
    script: ({ tools, turns }) =>
      tools.some(({ name }) => name === 's_a') && turns.at(-1)?.role === 'user'
        ? callTool('s_a', { x: 1 })
        : say('done'),
  })
  const asked = house.hear('approval.requested')
  // The first runs may come before the server has said what it has.
  const asking = (async () => {
    while (!house.heard.some(({ event }) => event === 'approval.requested')) await house.ask('go')
  })()
  const { payload } = await asked
  expect(payload).toMatchObject({ tool: 's_a', subject: 's a {"x":1}' })
  await house.call('approvals.resolve', { id: payload.id, verdict: 'allow' })
  await asking
  const lines = house.heard.flatMap((one) =>
    one.event === 'session.line' ? [(one.payload as { line: object }).line] : [],
  )
  expect(lines.find((line) => (line as { kind: string }).kind === 'tool')).toMatchObject({
    trust: 'outside',
    body: { tool: 's_a', content: [{ type: 'text', text: expect.stringMatching(/^a by \d+$/) }] },
  })
})
