import { defineTool } from '@openclaw/sdk'
import { testKernel, toolPlugin } from '@openclaw/testing'
import Type from 'typebox'
import { expect, it } from 'vitest'
import { start } from './run.ts'

const make = (name: string, effect: 'read' | 'exec') =>
  defineTool({
    name,
    description: `does ${name}`,
    input: Type.Object({}),
    effect,
    run: async () => ({ content: [{ type: 'text', text: '' }] }),
  })

it('tools are listed and explained from the command line, with the rule to change', { timeout: 120_000 }, async () => {
  await using house = await testKernel({
    plugins: [toolPlugin('kit', [make('read', 'read'), make('bash', 'exec')])],
    listen: true,
    config: { tools: { deny: ['raed'] }, agents: { work: { tools: { profile: 'messaging' } } } },
  })
  const openclaw = (...args: string[]) => start(['tools', ...args, '--home', house.home]).ended
  const listed = await openclaw('list')
  expect(listed).toMatchObject({ code: 0 })
  expect(listed.stdout).toMatch(/bash\s+kit\s+exec\s+yes/)

  const explained = await openclaw('explain')
  expect(explained).toMatchObject({ code: 0 })
  expect(explained.stdout).toContain('For      the owner')
  expect(explained.stdout).toContain('tools.deny.0: no tool here is called "raed"; did you mean read?')
  expect(explained.stderr).toContain('config set tools.deny')

  const work = await openclaw('explain', '--agent', 'work')
  expect(work.stdout).toMatch(
    /bash\s+exec\s+no\s+agents\.work\.tools\.profile: set agents\.work\.tools\.profile to coding or full/,
  )
  expect(work.stderr).toContain('config get agents.work.tools')

  const { tools, role } = JSON.parse(
    (await openclaw('explain', '--channel', 'fake', '--sender', '4711', '--json')).stdout,
  ) as { tools: { name: string; available: boolean }[]; role: string }
  expect(role).toBe('guest')
  expect(tools).toMatchObject([
    { name: 'bash', available: false, reason: expect.stringContaining('sandbox') },
    { name: 'read', available: true },
  ])
  expect(await openclaw('explain', '--agent', 'wrok')).toMatchObject({
    code: 5,
    stderr: expect.stringContaining('did you mean "work"?'),
  })
})
