import { expect, it } from 'vitest'
import { allIntents, identify, openSocket, startDiscord } from './client.ts'

it('greets, takes a login, names the session and describes the guild', async () => {
  const discord = await startDiscord({ heartbeatMs: 5000 })
  const socket = await identify(discord)
  expect((await socket.frame(({ op }) => op === 10)).d).toMatchObject({ heartbeat_interval: 5000 })
  const ready = await socket.event('READY')
  expect(ready).toMatchObject({ op: 0, s: 1, d: { v: 10, user: { id: discord.ids.bot, bot: true } } })
  expect(ready.d).toHaveProperty('resume_gateway_url')
  const guild = await socket.event('GUILD_CREATE')
  expect(guild.d).toMatchObject({
    id: discord.ids.guild,
    channels: [{ name: 'general' }, { name: 'questions', type: 15 }],
  })
  socket.send({ op: 1, d: 2 })
  await socket.frame(({ op }) => op === 11)
})

it.each([
  ['an unknown opcode', { op: 99 }, 4001],
  ['what is not JSON', '{', 4002],
  ['a payload before the login', { op: 3, d: {} }, 4003],
])('closes on %s', async (_, frame, code) => {
  const socket = await openSocket(await startDiscord())
  socket.send(frame)
  expect(await socket.closed).toBe(code)
})

it.each([
  ['a wrong token', { token: 'wrong' }, 4004],
  ['a shard that cannot be', { shard: [1, 1] }, 4010],
  ['intents that do not exist', { intents: 1 << 30 }, 4013],
  ['privileged intents that were not granted', { intents: 1 << 1 }, 4014],
])('closes on a login with %s', async (_, more, code) => {
  const socket = await identify(await startDiscord(), more)
  expect(await socket.closed).toBe(code)
})

it('closes on an old version, a second login, too many frames and a silent client', async () => {
  const discord = await startDiscord({ heartbeatMs: 50 })
  expect(await (await openSocket(discord, 'v=6&encoding=json')).closed).toBe(4012)
  const twice = await identify(discord)
  await twice.event('READY')
  twice.send({ op: 2, d: { token: discord.token, intents: allIntents } })
  expect(await twice.closed).toBe(4005)
  const hasty = await identify(discord)
  for (let count = 0; count < 130; count++) hasty.send({ op: 1, d: null })
  expect(await hasty.closed).toBe(4008)
  expect(await (await identify(discord)).closed).toBe(4009)
})

it('resumes a session from where the client is, and refuses one that is gone or ahead', async () => {
  const discord = await startDiscord()
  const socket = await identify(discord)
  const { d } = await socket.event('READY')
  await discord.says('one')
  const one = await socket.event('MESSAGE_CREATE')
  socket.close(4200)
  await socket.closed
  await discord.says('two')
  const resume = async (session: unknown, seq: number) => {
    const next = await openSocket(discord)
    next.send({ op: 6, d: { token: discord.token, session_id: session, seq } })
    return next
  }
  const back = await resume(d?.session_id, one.s!)
  await back.event('RESUMED')
  expect(back.frames.filter(({ t }) => t === 'MESSAGE_CREATE')).toMatchObject([
    { s: one.s! + 1, d: { content: 'two' } },
  ])
  expect(await (await resume(d?.session_id, 999)).closed).toBe(4007)
  const gone = await resume('gone', 1)
  expect(await gone.frame(({ op }) => op === 9)).toMatchObject({ d: false })
  // With the ordinary code a client gives its session up.
  back.close(1000)
  await back.closed
  await discord.says('three')
  expect(await (await resume(d?.session_id, 2)).frame(({ op }) => op === 9)).toMatchObject({ d: false })
})

it('counts a second socket of one token, or refuses it', async () => {
  const counting = await startDiscord()
  await (await identify(counting)).event('READY')
  await (await identify(counting)).event('READY')
  expect(counting.links()).toEqual({ now: 2, most: 2 })
  const strict = await startDiscord({ secondSocket: 'refuse' })
  await (await identify(strict)).event('READY')
  expect(await (await identify(strict)).closed).toBe(4000)
  expect(strict.links()).toEqual({ now: 1, most: 1 })
})

it('starts no more sessions than there are', async () => {
  const discord = await startDiscord({ sessionStarts: 1 })
  await (await identify(discord)).event('READY')
  expect(await (await identify(discord)).frame(({ op }) => op === 9)).toMatchObject({ d: false })
})

it('tells only what the intents ask for, and hides texts that are not for the bot', async () => {
  const discord = await startDiscord({ messageContent: false })
  const socket = await identify(discord, { intents: (1 << 9) | (1 << 12) })
  await socket.event('READY')
  await discord.says('to all', { in: discord.group })
  await discord.says('to you', { in: discord.group, mention: true })
  const message = await discord.says('directly')
  await discord.reacts(message, '👍')
  await discord.deletes(message)
  await socket.event('MESSAGE_DELETE')
  expect(socket.frames.flatMap(({ t, d }) => (t?.startsWith('MESSAGE') ? [[t, d?.content]] : []))).toEqual([
    ['MESSAGE_CREATE', ''],
    ['MESSAGE_CREATE', `<@${discord.ids.bot}> to you`],
    ['MESSAGE_CREATE', 'directly'],
    ['MESSAGE_DELETE', undefined],
  ])
})

it('knows that something was acknowledged by the sequence of a heartbeat', async () => {
  const discord = await startDiscord()
  const socket = await identify(discord)
  await socket.event('READY')
  await discord.says('hello')
  const { s } = await socket.event('MESSAGE_CREATE')
  let done = false
  const acknowledged = discord.acknowledged().then(() => (done = true))
  await socket.frame(({ op }) => op === 1)
  socket.send({ op: 1, d: s! - 1 })
  await socket.frame(({ op }) => op === 11)
  expect(done).toBe(false)
  socket.send({ op: 1, d: s })
  await acknowledged
})

it('delivers an event many times, or two in the other order', async () => {
  const discord = await startDiscord()
  const socket = await identify(discord)
  await socket.event('GUILD_CREATE')
  discord.fault({ kind: 'duplicate', times: 3 })
  await discord.says('again')
  discord.fault({ kind: 'reorder' })
  await discord.says('first')
  await discord.says('second')
  await socket.frame(({ d }) => d?.content === 'first')
  const said = socket.frames.filter(({ t }) => t === 'MESSAGE_CREATE')
  expect(said.map(({ d }) => d?.content)).toEqual(['again', 'again', 'again', 'second', 'first'])
  expect(new Set(said.slice(0, 3).map(({ s }) => s)).size).toBe(1)
})

it('waits at a step for as long as a test wants', async () => {
  const discord = await startDiscord()
  const go = Promise.withResolvers<void>()
  const steps: string[] = []
  using _steps = discord.onStep((step) => {
    steps.push(step)
    return step === 'identify' ? go.promise : undefined
  })
  const socket = await identify(discord)
  socket.send({ op: 1, d: null })
  await socket.frame(({ op }) => op === 11)
  expect(socket.frames.some(({ t }) => t === 'READY')).toBe(false)
  go.resolve()
  await socket.event('READY')
  expect(steps.slice(0, 3)).toEqual(['hello', 'identify', 'heartbeat'])
})
