import { defineTool } from '@openclaw/sdk'
import { callTool, say, toolPlugin, type Script } from '@openclaw/testing'
import Type from 'typebox'
import { describe, expect, it } from 'vitest'
import type { JobRun, KeptJob } from '../src/job.ts'
import { openHouse } from './house.ts'
import { last, minuteMs, obedient } from './obedient.ts'

describe('a reminder', () => {
  it('R10: that is asked for in a chat fires once and lands in that chat', async () => {
    const { house, chat, clock, cron } = await openHouse(obedient)
    await using _ = house
    await chat.say('remind tea', { sender: 'ada' })
    await chat.waitSent(1)
    await clock.advance(10 * minuteMs)
    const fired = await chat.waitSent(2)
    expect(fired).toMatchObject({ text: 'Time for tea!', peer: { kind: 'direct', id: 'ada' } })
    await clock.advance(30 * minuteMs)
    expect(chat.sent.length).toBe(2)
    const { jobs } = (await cron('list')) as { jobs: (KeptJob & { last: JobRun })[] }
    expect(jobs).toMatchObject([
      { id: expect.stringMatching(/^tea-[0-9a-f]{6}$/), by: { role: 'member' }, last: { status: 'answered' } },
    ])
    expect(jobs[0]!.next).toBeUndefined()
  })

  it('R10: survives restarts; what was missed meanwhile is recorded, or run late if the job wants that', async () => {
    const script = () => say('done')
    const first = await openHouse(script)
    const start = first.clock.now()
    for (const missed of ['skip', 'once']) await first.cron('add', { name: missed, missed, message: 'm', every: '10m' })
    await first.clock.advance(10 * minuteMs)
    await first.until('skip', ({ status }) => status === 'answered')
    await first.until('once', ({ status }) => status === 'answered')
    await first.house.kernel.close('restart')

    const later = await openHouse(script, { home: first.home, now: start + 45 * minuteMs })
    await using _ = later.house
    const told = ({ at, status, count }: JobRun) => [(at - start) / minuteMs, status, ...(count ? [count] : [])]
    const skipped = await later.until('skip', ({ status }) => status === 'missed')
    expect(skipped.map(told)).toEqual([
      [20, 'missed', 3],
      [10, 'answered'],
    ])
    const once = await later.until('once', ({ at, status }) => at > start + 10 * minuteMs && status === 'answered')
    expect(once.map(told)).toEqual([
      [40, 'answered'],
      [20, 'missed', 2],
      [10, 'answered'],
    ])
    // Set back, the clock brings no moment again.
    await later.house.kernel.close('restart')
    const back = await openHouse(script, { home: first.home, now: start })
    await using _back = back.house
    await back.clock.advance(40 * minuteMs)
    expect((await back.history('once')).map(told)).toEqual(once.map(told))
    await back.clock.advance(10 * minuteMs)
    await back.until('once', ({ at, status }) => at === start + 50 * minuteMs && status === 'answered')
  })
})

describe('whose a job is', () => {
  it('R4 S13: jobs of many people run with the role of each, and no word of one reaches another', async () => {
    const { house, chat, clock } = await openHouse(obedient)
    await using _ = house
    const words: Record<string, string> = { olga: 'canary-olga', ada: 'canary-ada', bert: 'canary-bert' }
    for (const [at, [sender, word]] of Object.entries(words).entries()) {
      await chat.say(`remind ${word}`, { sender })
      await chat.waitSent(at + 1)
    }
    await clock.advance(10 * minuteMs)
    await chat.waitSent(6)
    for (const { text, peer } of chat.sent)
      for (const [sender, word] of Object.entries(words)) if (text.includes(word)) expect(peer.id).toBe(sender)
    for (const [sender, word] of Object.entries(words))
      expect(chat.sent.filter(({ text, peer }) => peer.id === sender && text === `Time for ${word}!`)).toHaveLength(1)
    for (const request of house.model.requests) {
      const all = JSON.stringify(request)
      expect(Object.values(words).filter((word) => all.includes(word)).length).toBe(1)
      const canaryOf = Object.values(words).find((word) => all.includes(word))
      if (canaryOf !== words['olga']) expect(all).toContain('You do not speak with your owner here')
    }
  })

  it('S13: who is not the owner can make jobs for their own conversation only, and guests none', async () => {
    const asked: unknown[] = []
    const { house, chat, cron } = await openHouse((request) => {
      const { text, tool } = last(request)
      if (tool) {
        asked.push(text)
        return say('tried')
      }
      const input = /try (\{.*?\})\s*"/.exec(text.replaceAll('\\"', "'"))?.[1]
      return input ? callTool('cron', JSON.parse(input.replaceAll("'", '"'))) : say('ok')
    })
    await using _ = house
    await cron('add', { name: 'secret', message: 'm', every: '1h' })
    const job = { action: 'add', name: 'x', message: 'm', every: '1h' }
    const attempts: [string, object, RegExp, string?][] = [
      ['ada', { ...job, isolated: true }, /runs in the conversation in which it was made/],
      ['ada', { action: 'run', id: 'secret' }, /no job .{0,3}secret/],
      ['ada', { action: 'remove', id: 'secret' }, /no job .{0,3}secret/],
      ['ada', { action: 'history', id: 'secret' }, /no job .{0,3}secret/],
      ['ada', { action: 'list' }, /There are no jobs/],
      ['zoe', job, /takes the right/, 'club'],
      ['olga', { ...job, isolated: true }, /made in a group runs in the session of the group/, 'hall'],
    ]
    for (const [at, [sender, input, refusal, group]] of attempts.entries()) {
      const peer = group ? { peer: { kind: 'group' as const, id: group } } : {}
      await chat.say(`try ${JSON.stringify(input)}`, { sender, ...peer })
      await chat.waitSent(at + 1)
      expect(asked.at(-1), JSON.stringify(input)).toMatch(refusal)
    }
    expect(((await cron('list')) as { jobs: unknown[] }).jobs).toHaveLength(1)
  })

  it('has at most so many jobs in one conversation', async () => {
    const { house, chat, cron } = await openHouse(obedient, { settings: { maxJobs: 2 } })
    await using _ = house
    for (const [at, word] of ['one', 'two', 'three'].entries()) {
      await chat.say(`remind ${word}`, { sender: 'ada' })
      await chat.waitSent(at + 1)
    }
    expect(((await cron('list')) as { jobs: KeptJob[] }).jobs.map(({ name }) => name)).toEqual(['one', 'two'])
  })
})

it('runs apart in a session of its own each time, and delivers to where the owner says', async () => {
  // Ten to eight in Berlin.
  const now = Date.UTC(2026, 0, 1, 6, 50)
  const { house, chat, clock, cron } = await openHouse(() => say('the news'), { now })
  await using _ = house
  const peer = { kind: 'direct', id: 'olga' }
  const deliver = { channel: 'fake', account: 'default', peer }
  await cron('add', { name: 'News', message: 'Read the news', cron: '0,20 8 * * *', deliver })
  for (const [at, minutes] of [10, 20].entries()) {
    await clock.advance(minutes * minuteMs)
    expect(await chat.waitSent(at + 1)).toMatchObject({ text: 'the news', peer })
  }
  const [first, second] = house.model.requests
  expect(JSON.stringify(second!.turns)).toContain('08:20 Europe/Berlin')
  expect(second!.turns.length).toBe(first!.turns.length)
})

it('asks the owner where the answer goes before a job runs a command, also one whose message is that command', async () => {
  const ran: string[] = []
  const shell = defineTool({
    name: 'shell',
    description: 'Runs a command.',
    input: Type.Object({ command: Type.String() }),
    effect: 'exec',
    subject: ({ command }) => command,
    async run({ command }) {
      ran.push(command)
      return { content: [{ type: 'text', text: 'ran' }] }
    },
  })
  const script: Script = (request) => (last(request).tool ? say('tried') : callTool('shell', { command: 'rm x' }))
  const { house, chat, clock, cron } = await openHouse(script, { plugins: [toolPlugin('kit', [shell])] })
  await using _ = house
  const deliver = { channel: 'fake', account: 'default', peer: { kind: 'direct', id: 'olga' } }
  await cron('add', { name: 'sly', message: 'run rm x', in: '10m', deliver })
  await clock.advance(10 * minuteMs)
  expect(await chat.waitSent(1)).toMatchObject({ peer: { id: 'olga' }, text: expect.stringContaining('rm x') })
  const { payload } = await house.hear('approval.requested')
  await house.call('approvals.resolve', { id: payload.id, verdict: 'deny' })
  await house.hear('agent.end')
  expect(ran).toEqual([])
})
