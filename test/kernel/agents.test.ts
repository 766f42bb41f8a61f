import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { say, testKernel } from '@openclaw/testing'
import { expect, it } from 'vitest'
import { chat, open } from './chat.ts'

it('an agent is added, bound to a person, answers them in a session of its own, and is removed with its bindings', async () => {
  const room = chat()
  await using house = await testKernel({ plugins: [room.plugin], config: open, script: () => say('hi') })
  const { call } = house
  const ask = async () => {
    const before = room.messages.length
    await room.say('hello')
    await room.until(() => room.messages.length > before)
    return house.model.requests.at(-1)!.session
  }
  expect(await ask()).toBe('agent:main:chat:default:ada')

  expect(await call('agents.add', { id: 'work', name: 'Clara' })).toMatchObject({
    id: 'work',
    workspace: join(house.home, 'workspaces', 'work'),
  })
  await expect(call('agents.add', { id: 'work' })).rejects.toMatchObject({ code: 'conflict' })
  await expect(call('agents.add', { id: '../work' })).rejects.toMatchObject({ code: 'invalid_params' })
  const match = { channel: 'chat', peer: { id: 'ada' } }
  await expect(call('agents.bind', { agent: 'play', match })).rejects.toMatchObject({ code: 'not_found' })
  expect(await call('agents.bind', { agent: 'work', match })).toEqual({ agent: 'work' })
  expect(await ask()).toBe('agent:work:chat:default:ada')

  // The same place, said in other words, is bound anew and not a second time.
  const same = { channel: 'chat', account: 'default', peer: { id: 'ada' } }
  expect(await call('agents.bind', { agent: 'main', match: same })).toEqual({ agent: 'main', instead: 'work' })
  expect(await ask()).toBe('agent:main:chat:default:ada')
  await call('agents.bind', { agent: 'work', match })
  const listed = (await call('agents.list', {})).agents
  expect(listed.map(({ id, name, bindings }) => [id, name, bindings.length])).toEqual([
    ['main', undefined, 0],
    ['work', 'Clara', 1],
  ])

  expect(await call('agents.remove', { id: 'work' })).toEqual({ id: 'work', bindings: 1 })
  expect(await ask()).toBe('agent:main:chat:default:ada')
  await expect(call('agents.remove', { id: 'main' })).rejects.toMatchObject({ code: 'invalid_params' })
  await expect(call('agents.unbind', { match })).rejects.toMatchObject({ code: 'not_found' })
  expect(JSON.parse(await readFile(join(house.home, 'openclaw.json'), 'utf8'))).toEqual({ ...open, agents: {} })
})
