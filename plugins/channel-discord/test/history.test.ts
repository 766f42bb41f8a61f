import { expect, it } from 'vitest'
import channel from '../src/channel.ts'
import { connectTo, makeAccount, startDiscord } from './account.ts'

const dayMs = 24 * 60 * 60_000

it('looks up what was said while it was away and the session is gone: each channel in order, once, with roles', async () => {
  const discord = await startDiscord()
  const [ada, bob] = discord.people
  const first = await connectTo(discord)
  await discord.says('one', { in: discord.group })
  await discord.says('two', { in: discord.thread, from: bob })
  await discord.says('three', { from: bob })
  await first.next(3)
  await first.stop()
  discord.gateway.forget()
  await discord.says('four', { in: discord.group, mention: true })
  await discord.says('five', { in: discord.group, from: bob })
  await discord.says('six', { in: discord.thread })
  await discord.says('seven', { from: bob })

  const second = await connectTo(discord, first.store)
  await second.next(4)
  const texts = (peer: object) =>
    second.events.filter((event) => JSON.stringify(event.peer) === JSON.stringify(peer)).map(({ text }) => text)
  expect([discord.group, discord.thread, discord.direct(bob)].map(texts)).toEqual([
    ['four', 'five'],
    ['six'],
    ['seven'],
  ])
  expect(second.events.find(({ text }) => text === 'four')).toMatchObject({
    mentioned: true,
    guild: discord.ids.guild,
    sender: { id: ada, roles: [discord.ids.helperRole] },
  })
  await second.stop()

  // All that was handed over is known now.
  discord.gateway.forget()
  const third = await connectTo(discord, second.store)
  await discord.says('eight')
  expect(await third.next(1)).toMatchObject({ text: 'eight' })
})

it('reads more than one page, the oldest first', async () => {
  const discord = await startDiscord()
  const first = await connectTo(discord)
  await discord.says('0')
  await first.next(1)
  await first.stop()
  discord.gateway.forget()
  for (let count = 1; count <= 120; count++) await discord.says(String(count))
  const second = await connectTo(discord, first.store)
  await second.next(120)
  expect(second.events.map(({ text }) => Number(text))).toEqual(Array.from({ length: 120 }, (_, at) => at + 1))
})

it('leaves what is older than a day', async () => {
  let now = Date.now() - 3 * dayMs
  const discord = await startDiscord({ now: () => now })
  const first = await connectTo(discord)
  await discord.says('known')
  await first.next(1)
  await first.stop()
  discord.gateway.forget()
  await discord.says('of the day before yesterday')
  now = Date.now() - dayMs / 2
  await discord.says('of this morning')
  const second = await connectTo(discord, first.store)
  expect(await second.next(1)).toMatchObject({ text: 'of this morning' })
})

it('R1: looks again when what it found could not be stored', async () => {
  const discord = await startDiscord()
  const first = await connectTo(discord)
  await discord.says('known')
  await first.next(1)
  await first.stop()
  discord.gateway.forget()
  await discord.says('missed')

  const second = makeAccount(discord.account, first.store)
  second.beforeDurable = () => {
    throw new Error('the disk is full')
  }
  const link = await channel.connect(second.account)
  await second.until(() => second.reports.find(({ state }) => state === 'offline'))
  await link[Symbol.asyncDispose]()
  await second.close()

  const third = await connectTo(discord, first.store)
  expect(await third.next(1)).toMatchObject({ text: 'missed' })
  expect(discord.gateway.counts).toMatchObject({ identifies: 2, resumes: 2 })
})

it('passes over a channel that the bot may not see any more', async () => {
  const discord = await startDiscord()
  const first = await connectTo(discord)
  await discord.says('in the group', { in: discord.group })
  await discord.says('directly')
  await first.next(2)
  await first.stop()
  discord.gateway.forget()
  discord.deny(discord.group.id, 'READ_MESSAGE_HISTORY')
  await discord.says('not for us', { in: discord.group })
  await discord.says('for us')
  const second = await connectTo(discord, first.store)
  expect(await second.next(1)).toMatchObject({ text: 'for us' })
})

it('writes the cursor once a second at most, however much is said', async () => {
  const discord = await startDiscord()
  const account = await connectTo(discord)
  let writes = 0
  const { set } = account.store
  account.store.set = (key, value) => {
    if (key === 'cursor') writes++
    return set(key, value)
  }
  for (let count = 1; count <= 50; count++) await discord.says(String(count))
  await account.next(50)
  expect(writes).toBe(0)
  await account.clock.advance(1000)
  expect(writes).toBe(1)
})
