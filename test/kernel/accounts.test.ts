import { fakeChannel, say, testKernel } from '@openclaw/testing'
import { expect, it } from 'vitest'

it('R4 L5: two accounts of one channel stand side by side: a link and a session each, and each answers for itself', async () => {
  const fake = fakeChannel()
  await using house = await testKernel({
    plugins: [fake.plugin],
    config: { channels: { fake: { dm: { policy: 'open' }, accounts: { default: {}, work: {} } } } },
    script: ({ turns }) => say(JSON.stringify(turns).includes('at work') ? 'for work' : 'for home'),
  })
  await Promise.all([fake.connected('default'), fake.connected('work')])
  expect(fake.live).toBe(2)
  await fake.say('hello at home', { account: 'default' })
  await fake.waitSent(1)
  await fake.say('hello at work', { account: 'work' })
  await fake.waitSent(2)
  expect(fake.sent.map(({ account, text }) => [account, text])).toEqual([
    ['default', 'for home'],
    ['work', 'for work'],
  ])
  expect(JSON.stringify(house.model.requests[1]!.turns)).not.toContain('at home')
  await house.call('channels.stop', { channel: 'fake', account: 'work' })
  const { accounts } = await house.call('channels.status', {})
  expect(accounts.map(({ account, state }) => [account, state])).toEqual([
    ['default', 'online'],
    ['work', 'stopped'],
  ])
})
