import { slackEmulator } from '@openclaw/testing/slack'
import { describe, expect, it } from 'vitest'
import { openHouse } from './account.ts'

/** Slack that gives up on what is said while nobody is there, so that only the conversations have it. */
const forgetful = { retryMs: [150], mode: 'http' } as const

describe('what was said meanwhile', () => {
  it('R1: is taken in order, from every conversation and thread that is known, once', async () => {
    await using slack = await slackEmulator()
    await using house = openHouse()
    await house.connect(slack.account)
    const places = [slack.direct(slack.people[0]), slack.group!, slack.thread!]
    for (const place of places) await slack.says('before', { in: place })
    await house.until(() => house.events.length === 3)
    await slack.acknowledged()
    await house.leave()
    const words = Array.from({ length: 5 }, (_, index) => `missed ${index}`)
    for (const word of words) for (const place of places) await slack.says(word, { in: place })
    await house.connect(slack.account)
    await house.until(() => new Set(house.events.map(({ event }) => event)).size === 18)
    for (const place of places) {
      const heard = house.events.filter(({ peer }) => JSON.stringify(peer) === JSON.stringify(place))
      expect([...new Set(heard.map(({ text }) => text))]).toEqual(['before', ...words])
    }
  })

  it('R1: is found though Slack gave up on giving it', async () => {
    await using house = openHouse()
    await using slack = await slackEmulator({ ...forgetful, deliver: (request) => house.deliver(request) })
    await house.connect(slack.account)
    await slack.says('before')
    await house.until(() => house.events.length === 1)
    await house.leave()
    await slack.says('missed')
    await slack.acknowledged()
    expect(slack.givenUp).toBe(1)
    await house.connect(slack.account)
    await house.until(() => house.events.length === 2)
    expect(house.events[1]).toMatchObject({ text: 'missed', peer: slack.direct(slack.people[0]) })
  })

  it('R1: is tried again from the start when it could not be stored', async () => {
    await using house = openHouse()
    await using slack = await slackEmulator({ ...forgetful, deliver: (request) => house.deliver(request) })
    await house.connect(slack.account)
    await slack.says('before')
    await house.until(() => house.events.length === 1)
    await house.leave()
    await slack.says('missed')
    await slack.acknowledged()
    house.refuse = true
    await house.connect(slack.account)
    await house.until(() => house.reports.length > 0)
    expect(house.reports[0]).toMatchObject({ state: 'offline', fatal: false })
    await house.leave()
    house.refuse = false
    await house.connect(slack.account)
    await house.until(() => house.events.length === 2)
  })

  it('looks back a day at most', async () => {
    await using house = openHouse()
    await using slack = await slackEmulator({
      ...forgetful,
      deliver: (request) => house.deliver(request),
      now: () => house.clock.now(),
    })
    await house.connect(slack.account)
    await slack.says('before')
    await house.until(() => house.events.length === 1)
    await house.leave()
    await slack.says('too long ago')
    await house.clock.advance(86_400_000 + 60_000)
    await slack.says('lately')
    await slack.acknowledged()
    await house.connect(slack.account)
    await house.until(() => house.events.length === 2)
    expect(house.events[1]!.text).toBe('lately')
  })
})
