import { say, testKernel } from '@openclaw/testing'
import { expect, it } from 'vitest'

it('runs jobs from a process of its own, with the rights that its manifest asks for', { timeout: 60_000 }, async () => {
  await using house = await testKernel({
    isolated: [new URL('../', import.meta.url)],
    script: () => say('done'),
  })
  const call = (method: string, params: object) => house.call(`cron.${method}` as never, params as never)
  await call('add', { name: 'soon', message: 'Say done', in: '1s' })
  const { payload } = await house.hear('agent.end')
  expect(payload.outcome).toBe('answered')
  expect(JSON.stringify(house.model.requests[0]!.turns)).toContain('Say done')
  const { plugins } = await house.call('plugins.list', {})
  expect(plugins.find(({ id }) => id === 'cron')!.holds).toContain('a process of its own')
})
