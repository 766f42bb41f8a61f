import { expect, it } from 'vitest'
import { fakeChannel, testKernel, say } from '../src/index.ts'

it('answers the owner', async () => {
  await using house = await testKernel({ script: [say('hello back')] })
  const answer = await house.ask('hello')
  expect(answer).toMatchObject({ status: 'answered', text: 'hello back' })
})

it('A1 A14 A22 A23 A25 A48 A91: answers who is admitted on a channel, where they wrote', async () => {
  const fake = fakeChannel()
  await using _house = await testKernel({
    plugins: [fake.plugin],
    config: { channels: { fake: { dm: { policy: 'allowlist', allow: ['user1'] }, accounts: { default: {} } } } },
    script: [say('hi user')],
  })
  await fake.connected()
  await fake.say('hello')
  expect((await fake.waitSent(1)).text).toBe('hi user')
  expect(fake.sent[0]!.peer).toEqual({ kind: 'direct', id: 'user1' })
})
