import { expect, it } from 'vitest'
import { callTool, say, testKernel } from '../src/index.ts'

it('runs the folder of a plugin in a real process of its own', { timeout: 60_000 }, async () => {
  await using house = await testKernel({
    isolated: [new URL('../../../plugins/tool-files/', import.meta.url)],
    script: [
      callTool('write', { path: 'note.md', content: 'kept' }),
      callTool('read', { path: 'note.md' }),
      say('done'),
    ],
  })
  expect(await house.ask('keep this')).toMatchObject({ status: 'answered', text: 'done' })
  const { plugins } = await house.call('plugins.list', {})
  expect(plugins.find(({ id }) => id === 'files')).toMatchObject({
    state: 'active',
    source: 'workspace',
    holds: expect.arrayContaining(['a process of its own']),
  })
  expect(JSON.stringify(house.model.requests.at(-1)!.turns)).toContain('kept')
})
