import { say, writeAllowlist } from '@openclaw/testing'
import { describe, expect, it } from 'vitest'
import type { KeptJob } from '../src/job.ts'
import { openHouse } from './house.ts'
import { obedient, minuteMs } from './obedient.ts'

const everybody = { olga: 'owner', ada: 'member', bert: 'member' } as const
const groups = ['club', 'hall']

describe('a job of somebody who is taken off the record', () => {
  it('S13: is refused when it is due and paused, while the jobs of others go on', async () => {
    const { house, home, chat, clock, cron, history } = await openHouse(obedient)
    await using _ = house
    for (const [at, sender] of ['ada', 'bert', 'olga'].entries()) {
      await chat.say(`remind ${sender}s-tea`, { sender })
      await chat.waitSent(at + 1)
    }
    const { ada: _gone, ...others } = everybody
    await writeAllowlist(home, 'fake', { ...others, olga: 'member' }, groups)
    await clock.advance(10 * minuteMs)
    await chat.waitSent(5)
    expect(chat.sent.slice(3).map(({ text }) => text)).toEqual(
      expect.arrayContaining(['Time for berts-tea!', 'Time for olgas-tea!']),
    )
    const { jobs } = (await cron('list')) as { jobs: KeptJob[] }
    const adas = jobs.find(({ name }) => name === 'adas-tea')!
    expect(adas.paused).toBe(true)
    expect(await history(adas.id)).toMatchObject([
      { status: 'refused', reason: 'whoever made it may not speak here any more' },
    ])
    // Who was the owner has what a member has, in the run of their job too.
    const olgas = house.model.requests.findLast((request) => JSON.stringify(request.turns.at(-1)).includes('olgas-tea'))
    expect(JSON.stringify(olgas)).toContain('You do not speak with your owner here')
  })

  it('S13: goes on once they are let in again and it is, and not before', async () => {
    const { house, home, chat, clock, cron, until } = await openHouse(obedient)
    await using _ = house
    await chat.say('remind tea', { sender: 'ada' })
    await chat.waitSent(1)
    await writeAllowlist(home, 'fake', { olga: 'owner' }, groups)
    await clock.advance(1000)
    const [job] = ((await cron('list')) as { jobs: KeptJob[] }).jobs
    await cron('run', { id: job!.id })
    await until(job!.id, ({ status }) => status === 'refused')
    await clock.advance(20 * minuteMs)
    expect(house.model.requests).toHaveLength(2)
    await writeAllowlist(home, 'fake', everybody, groups)
    await clock.advance(1000)
    await cron('run', { id: job!.id })
    expect(await chat.waitSent(2)).toMatchObject({ text: 'Time for tea!', peer: { id: 'ada' } })
  })

  it.each([
    ['the person is no member any more', { olga: 'owner' } as const, ['club', 'hall']],
    ['the group is not let in any more', everybody, ['hall']],
  ])('S13: in a group is refused when %s', async (_why, people, left) => {
    const { house, home, chat, clock, cron, until } = await openHouse(obedient)
    await using _ = house
    await chat.say('remind tea', { sender: 'ada', peer: { kind: 'group', id: 'club' } })
    await chat.waitSent(1)
    await writeAllowlist(home, 'fake', people, left)
    await clock.advance(10 * minuteMs)
    const [job] = ((await cron('list')) as { jobs: KeptJob[] }).jobs
    expect(job).toMatchObject({ by: { sender: 'fake/default/ada' } })
    await until(job!.id, ({ status }) => status === 'refused')
    expect(chat.sent).toHaveLength(1)
  })

  it('S13: made by a token that was revoked is refused', async () => {
    const { house, clock, cron, until } = await openHouse(() => say('done'))
    await using _ = house
    const { token, info } = await house.call('tokens.create', { name: 'phone', rights: ['write'], role: 'member' })
    expect(token).toBeTruthy()
    const session = `agent:main:local:default:token%3A${info.id}`
    await cron('add', { name: 'tick', message: 'm', every: '10m', session })
    await clock.advance(10 * minuteMs)
    await until('tick', ({ status }) => status === 'answered')
    await house.call('tokens.revoke', { id: info.id })
    await clock.advance(10 * minuteMs)
    await until('tick', ({ status }) => status === 'refused')
  })
})
