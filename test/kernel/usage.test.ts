import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { providerPlugin, say, scriptedProvider, testKernel } from '@openclaw/testing'
import { expect, it } from 'vitest'
import { chat, open } from './chat.ts'

it('usage adds up by day, agent, session, person and model, from the journals alone', async () => {
  const model = scriptedProvider(
    ({ system }) => (system.startsWith('Summarise') ? say('short') : say('word '.repeat(700))),
    { id: 'dear', usage: { input: 100, cached: 40, output: 10, costUsd: 0.25 } },
  )
  const room = chat()
  const config = {
    ...open,
    agents: { main: { model: model.model }, work: { model: model.model } },
    limits: { perDay: { costUsd: 1000 } },
  }
  const plugins = [room.plugin, providerPlugin(model)]
  const home = await mkdtemp(join(tmpdir(), 'openclaw-usage-'))
  let house = await testKernel({ home, plugins, config })
  const call: typeof house.call = (method, params) => house.call(method, params)
  for (let n = 1; n <= 3; n++) {
    await room.say(`hello ${n}`)
    await room.until(() => room.messages.length === n)
  }
  for (let n = 0; n < 20; n++) await house.ask('and me?')
  await house.ask('at work', { session: 'agent:work:local:default:owner' })
  await house.platform.clock.advance(24 * 3_600_000)
  await house.ask('a day later')
  expect(await call('sessions.compact', { session: 'agent:main:local:default:owner' })).toMatchObject({
    compacted: true,
  })

  const asked = 3 + 20 + 1 + 1
  const total = { runs: asked, calls: asked + 1, input: 2600, cached: 1040, output: 260, costUsd: 6.5 }
  const by = async (what: 'day' | 'agent' | 'session' | 'sender' | 'model') => {
    const usage = await call('usage.get', { by: what })
    expect(usage.total).toEqual(total)
    return Object.fromEntries(usage.rows.map(({ key, calls }) => [key, calls]))
  }
  const check = async () => {
    expect(Object.values(await by('day'))).toEqual([24, 2])
    expect(await by('agent')).toEqual({ main: 25, work: 1 })
    expect(await by('sender')).toEqual({ owner: 23, 'chat/default/ada': 3 })
    expect(await by('model')).toEqual({ 'dear/model': 26 })
    expect(await by('session')).toEqual({
      'agent:main:local:default:owner': 22,
      'agent:main:chat:default:ada': 3,
      'agent:work:local:default:owner': 1,
    })
  }
  await check()
  const [first] = (await call('usage.get', {})).rows
  expect((await call('usage.get', { to: first!.key })).total.calls).toBe(24)
  expect((await call('usage.get', { agent: 'work', by: 'day' })).rows).toHaveLength(1)
  // A day later there was one run, and the summary that was asked for.
  expect((await call('usage.get', {})).today).toEqual({
    tokens: 2 * 110,
    costUsd: 2 * 0.25,
    limits: { tokens: 20_000_000, costUsd: 1000 },
  })

  // The index is only a copy: without it the journals say the same.
  await house[Symbol.asyncDispose]()
  for (const suffix of ['', '-wal', '-shm']) await rm(join(home, 'sessions', `index.sqlite${suffix}`), { force: true })
  house = await testKernel({ home, plugins, config })
  await check()
  await house[Symbol.asyncDispose]()
  await rm(home, { recursive: true, force: true })
})
