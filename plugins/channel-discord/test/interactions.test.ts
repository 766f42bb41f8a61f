import type { DiscordEmulator } from '@openclaw/testing/discord'
import { expect, it } from 'vitest'
import { connectTo, never, startDiscord } from './account.ts'

/** Resolves when Discord shows that we think, or more. */
async function deferred(discord: DiscordEmulator, id: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  using _steps = discord.onStep((step) => {
    if (step === 'callback answered') resolve()
  })
  if (discord.interaction(id)?.callback === undefined) await promise
}

it('takes a command from the menu as if it was typed, acknowledges it at once, and answers in its place', async () => {
  const discord = await startDiscord()
  const [, bob] = discord.people
  const account = await connectTo(discord)
  const { id } = discord.slash('model', 'openai/gpt-5', { in: discord.group, from: bob })
  const event = await account.next(1)
  expect(event).toMatchObject({
    event: id,
    message: id,
    kind: 'message',
    text: '/model openai/gpt-5',
    mentioned: true,
    peer: discord.group,
    sender: { id: bob, name: 'Bob' },
    guild: discord.ids.guild,
    place: '#general',
  })
  await deferred(discord, id)
  expect(discord.interaction(id)).toMatchObject({ callback: 5, ephemeral: false })
  const message = { peer: event.peer, text: 'It is set.', replyTo: event.message, idempotencyKey: 'k:0' }
  const { messages } = await account.link.send(message, never)
  expect(discord.interaction(id)?.message).toBe(messages[0])
  expect(discord.sees()).toMatchObject([{ message: messages[0], text: 'It is set.' }])

  // What follows is a message of its own.
  await account.link.send({ ...message, text: 'And more.', idempotencyKey: 'k:1' }, never)
  expect(discord.sees().map(({ text }) => text)).toEqual(['It is set.', 'And more.'])
})

it('answers a command in a direct conversation, whatever the answer names', async () => {
  const discord = await startDiscord()
  const account = await connectTo(discord)
  const { id } = discord.slash('status')
  const { peer, text } = await account.next(1)
  expect([peer, text]).toEqual([discord.direct(discord.people[0]), '/status'])
  await account.link.send({ peer, text: 'All is well.', idempotencyKey: 'k' }, never)
  expect(discord.interaction(id)?.message).toBeDefined()
})

it('takes "thinking" back when no answer came in 14 minutes', async () => {
  const discord = await startDiscord()
  const account = await connectTo(discord)
  const { id } = discord.slash('status')
  const { peer } = await account.next(1)
  await deferred(discord, id)
  await account.clock.advance(15 * 60_000)
  while (!discord.interaction(id)?.removed) await new Promise((resolve) => setImmediate(resolve))
  await account.link.send({ peer, text: 'Late.', idempotencyKey: 'k' }, never)
  expect(discord.sees().map(({ text }) => text)).toEqual(['Late.'])
  expect(discord.interaction(id)?.message).toBeUndefined()
})

it('answers as a message when Discord waited too long', async () => {
  let lateMs = 0
  const discord = await startDiscord({ now: () => Date.now() + lateMs })
  const account = await connectTo(discord)
  const { id } = discord.slash('status')
  const { peer } = await account.next(1)
  await deferred(discord, id)
  lateMs = 16 * 60_000
  await account.link.send({ peer, text: 'Late.', replyTo: id, idempotencyKey: 'k' }, never)
  expect(discord.sees()).toMatchObject([{ text: 'Late.' }])
})

it('R2: a command that was not durable at the end is given again, and still answered in its place', async () => {
  const discord = await startDiscord()
  const first = await connectTo(discord)
  const came = Promise.withResolvers<void>()
  first.beforeDurable = () => {
    came.resolve()
    return new Promise(() => {})
  }
  const { id } = discord.slash('status')
  await came.promise
  await deferred(discord, id)
  await first.stop()
  const second = await connectTo(discord, first.store)
  const { peer } = await second.next(1)
  await second.link.send({ peer, text: 'Here it is.', replyTo: id, idempotencyKey: 'k' }, never)
  expect(discord.interaction(id)?.message).toBe(discord.sees()[0]?.message)
})

it('S18: shows what became of a click to who clicked only', async () => {
  const discord = await startDiscord()
  const [ada, bob] = discord.people
  const account = await connectTo(discord)
  const choices = Array.from({ length: 7 }, (_, at) => ({ id: `c${at}`, label: `Choice ${at}` }))
  const peer = discord.direct(ada)
  const { messages } = await account.link.send({ peer, text: 'Which?', choices, idempotencyKey: 'k' }, never)
  expect(discord.sees()[0]?.choices).toHaveLength(7)
  account.chosen = { taken: false, text: 'That is not for you.' }
  expect(await discord.clicks(messages[0]!, 'c6', bob)).toBe('That is not for you.')
  expect(account.clicks).toMatchObject([{ sender: bob, choice: 'c6' }])
  expect(discord.sees()).toHaveLength(1)
})
