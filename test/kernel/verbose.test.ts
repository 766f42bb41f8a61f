import { defineTool } from '@openclaw/sdk'
import { callTool, fakeChannel, say, testKernel, think, toolPlugin, type Script } from '@openclaw/testing'
import Type from 'typebox'
import { expect, it } from 'vitest'
import { chat, open, type Chat } from './chat.ts'

const session = 'agent:main:chat:default:ada'
const look = defineTool({
  name: 'look',
  description: 'looks',
  input: Type.Object({ at: Type.String() }),
  effect: 'read',
  run: async () => ({ content: [{ type: 'text', text: 'seen' }] }),
})
const secretly: Script = ({ turns }) =>
  turns.at(-1)?.role === 'tool'
    ? [think('nobody may read this'), say('done')]
    : [think('nor this'), say('Let me see.'), callTool('look', { at: 'the `moon`\nand the stars' })]

const texts = (room: Chat) => room.messages.map(({ text }) => text)

it('a verbose session shows its calls in one short line each, and never what the model thinks', async () => {
  const room = chat()
  await using house = await testKernel({
    plugins: [room.plugin, toolPlugin('look', [look])],
    config: open,
    script: secretly,
  })
  await room.say('look')
  await room.until(() => room.messages.length === 1)
  await house.call('sessions.patch', { session, verbose: 'on' })
  await room.say('look again')
  await room.until(() => room.messages.length === 3)
  expect(texts(room)).toEqual(['done', "→ `look the 'moon' and the stars`", 'done'])
  expect((await house.call('sessions.get', { session })).settings.verbose).toBe('on')
  await house.call('sessions.patch', { session, verbose: null })
  await room.say('and again')
  await room.until(() => room.messages.length === 4)
  expect(texts(room).at(-1)).toBe('done')
})

it('with blocks a call stands behind what was said before it', async () => {
  const room = chat()
  await using house = await testKernel({
    plugins: [room.plugin, toolPlugin('look', [look])],
    config: { channels: { chat: { ...open.channels.chat, blocks: true } } },
    script: secretly,
  })
  await room.say('look')
  await room.until(() => room.messages.length === 2)
  await house.call('sessions.patch', { session, verbose: 'on' })
  await room.say('look again')
  await room.until(() => room.messages.length === 4)
  expect(texts(room)).toEqual(['Let me see.', 'done', "Let me see.\n\n→ `look the 'moon' and the stars`", 'done'])
})

it('S14: a call is shown without the secrets that the gateway knows', async () => {
  const room = chat()
  const secret = 'canary-of-the-channel'
  const config = { channels: { ...open.channels, fake: { accounts: { default: { token: secret } } } } }
  const script: Script = ({ turns }) =>
    turns.at(-1)?.role === 'tool' ? say('done') : callTool('look', { at: `the ${secret} of the moon` })
  const fake = fakeChannel()
  await using house = await testKernel({
    plugins: [room.plugin, fake.plugin, toolPlugin('look', [look])],
    config,
    script,
  })
  await fake.connected()
  await house.call('sessions.patch', { session, verbose: 'on' })
  await room.say('look')
  await room.until(() => room.messages.length === 2)
  expect(texts(room)).toEqual(['→ `look the *** of the moon`', 'done'])
})
