import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineTool } from '@openclaw/sdk'
import { callTool, providerPlugin, say, scriptedProvider, testKernel, toolPlugin, type Script } from '@openclaw/testing'
import Type from 'typebox'
import { expect, it, onTestFinished } from 'vitest'
import { chat } from './chat.ts'

/** A house whose model costs half a dollar a call; Olga is its owner, Ada was let in. */
function house(script: Script, config: object = {}) {
  const model = scriptedProvider(script, { id: 'dear', usage: { input: 10, cached: 0, output: 5, costUsd: 0.5 } })
  const room = chat()
  const dig = defineTool({
    name: 'dig',
    description: 'Digs.',
    input: Type.Object({ deep: Type.Optional(Type.Number()) }),
    effect: 'read',
    run: async (input) => ({ content: [{ type: 'text', text: `earth ${JSON.stringify(input)}` }] }),
  })
  const channels = { chat: { dm: { policy: 'allowlist', allow: ['ada', 'bert'] }, accounts: { default: {} } } }
  const plugins = [room.plugin, providerPlugin(model), toolPlugin('dig', [dig])]
  const start = async () => {
    const home = await mkdtemp(join(tmpdir(), 'openclaw-limits-'))
    await mkdir(join(home, 'allowlists'), { recursive: true })
    const senders = { olga: { role: 'owner' } }
    await writeFile(
      join(home, 'allowlists', 'chat.json'),
      JSON.stringify({ version: 1, accounts: { default: { senders } } }),
    )
    onTestFinished(() => rm(home, { recursive: true, force: true }))
    return testKernel({ home, plugins, config: { channels, agents: { main: { model: model.model } }, ...config } })
  }
  const tell = async (sender: string, text: string) => {
    const before = room.messages.length
    await room.say(text, { sender: { id: sender }, peer: { kind: 'direct', id: sender } })
    await room.until(() => room.messages.length > before)
    return room.messages[before]!
  }
  return { model, room, start, tell }
}

it('a person who is not the owner has a dollar a day: they and the owner are told, and /more gives them another', async () => {
  const { room, start, tell } = house(() => say('done'))
  await using _ = await start()
  await tell('olga', 'hello')
  for (let n = 0; n < 2; n++) expect((await tell('ada', `question ${n}`)).text).toBe('done')
  const told = room.messages.length
  await room.say('one more', { sender: { id: 'ada' }, peer: { kind: 'direct', id: 'ada' } })
  await room.until(() => room.messages.length === told + 2)
  const [toAda, toOlga] = ['ada', 'olga'].map((id) =>
    room.messages.slice(told).find(({ message }) => message.peer.id === id),
  )
  expect(toAda!.text).toContain("today's limit of $1 for one person")
  expect(toOlga!.text).toContain('chat/default/ada')
  // Others are not held up by it.
  expect((await tell('bert', 'and me?')).text).toBe('done')
  expect((await tell('ada', '/more')).text).toContain('for the owner only')
  expect((await tell('olga', '/more')).text).toContain("today's limit of chat/default/ada")
  expect((await tell('ada', 'now?')).text).toBe('done')
  expect((await tell('olga', '/more')).text).toBe('Nothing is at its limit.')
})

it("the day's limit holds across a restart, and the owner lets it go on", async () => {
  const { start, tell } = house(() => say('done'), { limits: { perDay: { costUsd: 1 } } })
  let kernel = await start()
  for (let n = 0; n < 2; n++) await tell('olga', `question ${n}`)
  kernel = await kernel.restart()
  while ((await kernel.call('channels.status', {})).accounts[0]?.state !== 'online') await new Promise(setImmediate)
  expect((await tell('olga', 'again')).text).toContain("today's limit of $1 (limits.perDay.costUsd) is reached")
  expect((await tell('olga', '/more')).text).toBe("Raised for today: today's limit.")
  expect((await tell('olga', 'again')).text).toBe('done')
  await kernel[Symbol.asyncDispose]()
})

it('a summary that somebody asks for counts for them, and is not made at their limit', async () => {
  let asked = 0
  const { model, room, start, tell } = house(({ system }) => {
    if (system.startsWith('Summarise')) return say(`summary ${++asked}`)
    return say('word '.repeat(20_000))
  })
  await using kernel = await start()
  await tell('ada', 'tell me much')
  const summed = async () => (await kernel.call('usage.get', {})).today.costUsd
  const before = await summed()
  await kernel.call('sessions.compact', { session: 'agent:main:chat:default:ada' })
  expect(await summed()).toBe(before + 0.5)
  await tell('ada', 'and more')
  await room.until(() => room.messages.some(({ text }) => text.includes("today's limit of $1 for one person")))
  const calls = model.requests.length
  await expect(kernel.call('sessions.compact', { session: 'agent:main:chat:default:ada' })).rejects.toMatchObject({
    code: 'rate_limited',
  })
  expect(model.requests).toHaveLength(calls)
})

it('L7: a runaway run ends at its limit, says how it goes on, and /more lets it, as far as as much again', async () => {
  let calls = 0
  const { model, start, tell } = house(() => callTool('dig', { deep: ++calls }))
  await using _ = await start()
  const first = await tell('olga', 'dig to the other side')
  // $2 a run, half a dollar a call.
  expect(model.requests).toHaveLength(4)
  expect(first.text).toMatch(/ended after 2\.00 USD.*\/more/s)
  const second = await tell('olga', '/more')
  expect(JSON.stringify(model.requests.at(-1)!.turns)).toContain('Go on where you stopped.')
  expect(model.requests).toHaveLength(4 + 8)
  expect(second.text).toMatch(/ended after 4\.00 USD/)
})

it('L7: the same call, calls in turn, empty arguments and calls that always fail end within ten repeats', async () => {
  const scripts: Script[] = [
    () => callTool('dig', { deep: 1 }),
    (_, call) => callTool('dig', { deep: call % 2 }),
    () => callTool('dig', {}),
    () => callTool('dig', { deep: 'very' }),
    (_, call) => callTool('dig', { deep: `no number ${call}` }),
  ]
  for (const script of scripts) {
    const { model, start, tell } = house(script, {
      limits: { perDay: { costUsd: 1000 } },
      agents: { main: { model: 'dear/model', limits: { costUsd: 1000 } } },
    })
    await using _ = await start()
    expect((await tell('olga', 'go')).text).toMatch(/the run was ended/)
    expect(model.requests.length).toBeLessThanOrEqual(11)
  }
})
