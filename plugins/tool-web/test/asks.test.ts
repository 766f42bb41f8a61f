import { callTool, say, testKernel, type TestKernel } from '@openclaw/testing'
import { expect, it } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { body, openSite } from './site.ts'

/** A gateway with these tools whose agent fetches each address in turn, each when it was told "go". */
async function openHouse(urls: readonly string[], host: string, tools: object = {}) {
  return await testKernel({
    plugins: [
      {
        package: manifest,
        load: { tool: () => import('../src/tool.ts'), config: () => import('../src/config.ts') },
      },
    ],
    config: { plugins: { web: { config: { allowPrivate: [host] } } }, tools },
    script: urls.flatMap((url) => [callTool('web_fetch', { url }), say('done')]),
  })
}

const resultsOf = ({ heard }: TestKernel) =>
  heard.filter(({ event }) => event === 'agent.tool.result').map(({ payload }) => payload as { failed: boolean })

it('asks before it goes to a new site with what the model wrote, and goes nowhere after a no', async () => {
  await using site = await openSite({ '/leak': body('text/plain', 'got it') })
  await using house = await openHouse([`${site.url}/leak?q=secret`], site.host)
  const answer = house.ask('go')
  const { payload } = await house.hear('approval.requested')
  expect(payload).toMatchObject({
    tool: 'web_fetch',
    subject: `${site.url}/leak?q=secret`,
    reason: expect.stringContaining(`${site.host} is new in this session`),
  })
  expect(site.asked).toEqual([])
  await house.call('approvals.resolve', { id: payload.id, verdict: 'deny' })
  await answer
  expect(resultsOf(house)).toMatchObject([
    { failed: true, content: [{ text: expect.stringContaining('the owner said no') }] },
  ])
  expect(site.asked).toEqual([])
})

it('asks once for a site, and not at all for what the person or a page said', async () => {
  await using site = await openSite({
    '/start': body('text/html', '<p>Go on <a href="/next">here</a></p>'),
    '/next': body('text/plain', 'next'),
    '/made': body('text/plain', 'made'),
  })
  const urls = ['/start', '/next', '/made?up=1'].map((path) => site.url + path)
  await using house = await openHouse(urls, site.host)
  await house.ask(`read ${urls[0]}, please`)
  await house.ask('go on')
  await house.ask('and on')
  expect(house.heard.filter(({ event }) => event === 'approval.requested')).toEqual([])
  expect(site.asked).toEqual(['GET /start', 'GET /next', 'GET /made?up=1'])
  expect(resultsOf(house).map(({ failed }) => failed)).toEqual([false, false, false])
})

it('does not ask where the owner wants no questions', async () => {
  await using site = await openSite({ '/x': body('text/plain', 'x') })
  await using house = await openHouse([`${site.url}/x?y=z`], site.host, { network: 'never-ask' })
  expect((await house.ask('go')).text).toBe('done')
  expect(site.asked).toEqual(['GET /x?y=z'])
})
