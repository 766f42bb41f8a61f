import { say, testKernel } from '@openclaw/testing'
import { expect, it } from 'vitest'
import manifest from '../../../plugins/tool-cron/package.json' with { type: 'json' }
import { start } from './run.ts'

const cron = {
  package: manifest,
  load: {
    tool: () => import('../../../plugins/tool-cron/src/tool.ts'),
    gateway: () => import('../../../plugins/tool-cron/src/gateway.ts'),
    config: () => import('../../../plugins/tool-cron/src/config.ts'),
  },
}

it('jobs are added, shown, changed, run and removed from the command line', { timeout: 120_000 }, async () => {
  await using house = await testKernel({ plugins: [cron], listen: true, script: () => say('the news') })
  const openclaw = (...args: string[]) => start(['cron', ...args, '--home', house.home]).ended
  expect(await openclaw('list')).toMatchObject({ code: 0, stdout: 'There are no jobs.\n' })

  const zone = ['--time-zone', 'Europe/Berlin']
  const added = await openclaw(
    'add',
    'Big News',
    'Tell me',
    '--cron',
    '0 8 * * 1-5',
    ...zone,
    '--to',
    'fake/default/4711',
  )
  expect(added).toMatchObject({ code: 0, stdout: 'The job big-news runs next at 2026-01-01 08:00.\n' })
  const listed = await openclaw('list')
  expect(listed.stdout).toMatch(/big-news\s+0 8 \* \* 1-5 Europe\/Berlin\s+2026-01-01 08:00\s+owner/)
  const { jobs } = JSON.parse((await openclaw('list', '--json')).stdout) as { jobs: unknown[] }
  expect(jobs).toMatchObject([
    { deliver: { channel: 'fake', account: 'default', peer: { kind: 'direct', id: '4711' } }, isolated: true },
  ])

  expect((await openclaw('edit', 'big-news', '--every', '6h', '--to', 'none', '--missed', 'once')).stdout).toBe(
    'The job big-news runs next at 2026-01-01 07:00.\n',
  )
  expect((await openclaw('edit', 'big-news', '--pause')).stdout).toBe('The job big-news waits.\n')
  expect((await openclaw('list')).stdout).toContain('paused')
  expect(await openclaw('run', 'big-news')).toMatchObject({ code: 0, stdout: 'big-news: started.\n' })
  await house.hear('agent.end')
  await expect
    .poll(async () => (await openclaw('history', 'big-news')).stdout, { timeout: 60_000 })
    .toMatch(/2026-01-01 01:00\s+answered\s+agent:main:local/)
  expect(await openclaw('remove', 'big-news')).toMatchObject({ code: 0, stdout: 'The job big-news is gone.\n' })

  const wrong = await openclaw('add', 'x', 'y', '--every', '1s')
  expect(wrong).toMatchObject({ code: 2, stdout: '' })
  expect(wrong.stderr).toContain('at most every 60 s')
})
