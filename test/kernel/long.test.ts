import type { ModelRequest } from '@openclaw/sdk'
import {
  providerPlugin,
  say,
  scriptedProvider,
  testKernel,
  type ScriptedOptions,
  type TestKernel,
} from '@openclaw/testing'
import { expect, it } from 'vitest'
import { chat, open, type Chat } from './chat.ts'

const session = 'agent:main:chat:default:ada'
const isSummary = ({ system }: ModelRequest) => system.startsWith('Summarise')

function house(limits: ScriptedOptions['limits'] = {}) {
  const model = scriptedProvider(
    (request) => (isSummary(request) ? say('they spoke of tea') : say('word '.repeat(700))),
    { id: 'real', limits },
  )
  const room = chat()
  const config = { ...open, agents: { main: { model: model.model } } }
  const plugins = [room.plugin, providerPlugin(model)]
  const last = () => JSON.stringify(model.requests.at(-1)!.turns)
  return { model, room, last, start: () => testKernel({ plugins, config }) }
}

/** Says something, and waits for the reply and until nothing is done any more. */
async function tell({ call }: TestKernel, room: Chat, text: string) {
  const before = room.messages.length
  await room.say(text)
  await room.until(() => room.messages.length === before + 1)
  while ((await call('sessions.get', { session })).running) await new Promise(setImmediate)
}
/** Starts the house anew, and waits until its chat is connected. */
async function restarted(kernel: TestKernel): Promise<TestKernel> {
  const next = await kernel.restart()
  const online = async () => (await next.call('channels.status', {})).accounts[0]?.state === 'online'
  while (!(await online())) await new Promise(setImmediate)
  return next
}
const long = (text: string) => `${text} ${'and so on '.repeat(200)}`
const lines = async ({ call }: TestKernel) => (await call('chat.history', { session, limit: 500 })).lines

it('a chat that outgrows its window is summarised by itself, also after a restart, and nobody has to do anything', async () => {
  const { model, room, last, start } = house({ contextTokens: 8000, outputTokens: 1000 })
  let kernel = await start()
  await tell(kernel, room, long('Never write to Vera before noon. My cat is called Tom.'))
  for (let n = 2; n <= 8; n++) await tell(kernel, room, long(`question ${n}`))
  expect(last()).toContain('they spoke of tea')
  expect(last()).toContain('Never write to Vera before noon.')
  expect(last()).not.toContain('Tom')
  kernel = await restarted(kernel)
  await tell(kernel, room, 'question 9')
  expect(last()).toContain('Never write to Vera before noon.')
  const all = await lines(kernel)
  expect(all.filter((line) => line.kind === 'checkpoint').length).toBeGreaterThan(0)
  expect(all.filter((line) => line.kind === 'user')).toHaveLength(9)
  expect(model.requests.filter(isSummary).length).toBeLessThan(5)
  expect((await kernel.call('sessions.verify', {})).whole).toBe(true)
  await kernel[Symbol.asyncDispose]()
})

it('a summary can be taken back, also after a restart', async () => {
  const { room, last, start } = house({ contextTokens: 200_000 })
  let kernel = await start()
  for (let n = 1; n <= 10; n++) await tell(kernel, room, long(`question ${n}.`))
  for (let round = 0; round < 2; round++) {
    const made = await kernel.call('sessions.compact', { session })
    expect(made).toMatchObject({ compacted: true, summary: 'they spoke of tea' })
    for (let n = 0; n < 10; n++) await tell(kernel, room, long(`more ${round} ${n}.`))
  }
  expect(last()).not.toContain('more 0 0.')
  await tell(kernel, room, '/compact undo')
  await tell(kernel, room, 'what now?')
  // The last summary is gone, the one before it is in force again.
  expect(last()).toContain('more 0 0.')
  expect(last()).toContain('they spoke of tea')
  expect(last()).not.toContain('question 1.')
  kernel = await restarted(kernel)
  await kernel.call('sessions.compact', { session, undo: true })
  await tell(kernel, room, 'and now?')
  expect(last()).toContain('question 1.')
  expect(last()).not.toContain('they spoke of tea')
  await expect(kernel.call('sessions.compact', { session, undo: true })).rejects.toMatchObject({ code: 'not_found' })
  expect((await kernel.call('sessions.verify', {})).whole).toBe(true)
  await kernel[Symbol.asyncDispose]()
})

it('pinned notes stay word for word until they are taken back', async () => {
  const { room, last, start } = house({ contextTokens: 8000, outputTokens: 1000 })
  await using kernel = await start()
  await tell(kernel, room, 'hello')
  await tell(kernel, room, '/pin the door code is 4711')
  for (let n = 2; n <= 8; n++) await tell(kernel, room, long(`question ${n}`))
  expect(last()).toContain('they spoke of tea')
  expect(last()).toContain('the door code is 4711')
  await tell(kernel, room, '/pin')
  expect(room.messages.at(-1)!.text).toContain('1. the door code is 4711')
  await tell(kernel, room, '/unpin 1')
  expect((await kernel.call('sessions.get', { session })).settings.pins).toBeUndefined()
})

it('S12: a summary of what a stranger said is no more trusted than what they said', async () => {
  const { room, start } = house({ contextTokens: 8000, outputTokens: 1000 })
  await using kernel = await start()
  for (let n = 1; n <= 8; n++) await tell(kernel, room, long(`question ${n}`))
  const checkpoint = (await lines(kernel)).findLast((line) => line.kind === 'checkpoint')
  expect(checkpoint).toMatchObject({ role: 'member' })
})
