import { slackEmulator } from '@openclaw/testing/slack'
import { describe, expect, it } from 'vitest'
import { makeSlack } from '../src/channel.ts'
import { openHouse } from './account.ts'

/** Slack as a test can wait for it. */
const soon = { retryMs: [200, 200, 400, 800, 1600] }

/** Resolves after so many sockets were welcomed. */
function welcomed(slack: Awaited<ReturnType<typeof slackEmulator>>, count: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let seen = 0
  slack.onStep((step) => {
    if (step === 'connect' && ++seen === count) resolve()
  })
  return promise
}

describe('Socket Mode', () => {
  it.each(['refresh_requested', 'warning'] as const)(
    'L5: renews a connection when Slack says %s, never with one more than configured, and loses nothing',
    async (reason) => {
      await using slack = await slackEmulator(soon)
      await using house = openHouse()
      await house.connect(slack.account)
      for (let round = 1; round <= 3; round++) {
        const again = welcomed(slack, 1)
        slack.disconnect(reason)
        await slack.says(`round ${round}`)
        await again
        await house.until(() => house.events.some(({ text }) => text === `round ${round}`))
      }
      await slack.acknowledged()
      expect(slack.links()).toEqual({ now: 1, most: 1 })
      expect(slack.refusedSockets).toBe(0)
      expect(house.reports).toEqual([])
    },
  )

  it('L5: holds as many connections as configured, also while they are renewed', async () => {
    await using slack = await slackEmulator({ ...soon, sockets: 3 })
    await using house = openHouse()
    await house.connect({ ...slack.account, sockets: 3 })
    expect(slack.links()).toEqual({ now: 3, most: 3 })
    const again = welcomed(slack, 3)
    slack.disconnect('refresh_requested')
    await again
    for (let count = 0; count < 6; count++) await slack.says(`message ${count}`)
    await house.until(() => new Set(house.events.map(({ text }) => text)).size === 6)
    await slack.acknowledged()
    expect(slack.links()).toEqual({ now: 3, most: 3 })
    await house.leave()
    expect(slack.links().now).toBe(0)
  })

  it('L1: stays connected while its pings are answered', async () => {
    await using slack = await slackEmulator(soon)
    await using house = openHouse(makeSlack({ answerMs: 20_000, pongMs: 300, pingMs: 30_000 }))
    await house.connect(slack.account)
    await slack.pinged(10)
    expect(slack.links()).toEqual({ now: 1, most: 1 })
    expect(house.reports).toEqual([])
    expect(house.logged).toEqual([])
  })

  it('parks when Socket Mode was switched off', async () => {
    await using slack = await slackEmulator(soon)
    await using house = openHouse()
    await house.connect(slack.account)
    slack.disconnect('link_disabled')
    await house.until(() => house.reports.length > 0)
    expect(house.reports).toMatchObject([
      { state: 'offline', fatal: true, detail: expect.stringContaining('Socket Mode') },
    ])
  })

  it('says that somebody else holds the connections', async () => {
    await using slack = await slackEmulator(soon)
    await using first = openHouse()
    await using second = openHouse()
    await first.connect(slack.account)
    await expect(second.connect(slack.account)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('too_many_websockets'),
    })
    expect(slack.refusedSockets).toBe(1)
  })

  it('R2: acknowledges nothing that is not durable, and is given it again', async () => {
    await using slack = await slackEmulator(soon)
    await using house = openHouse()
    await house.connect(slack.account)
    house.refuse = true
    let acks = 0
    slack.onStep((step) => void (step === 'ack' && acks++))
    await slack.says('do not lose this')
    await house.until(() => house.logged.some((line) => line.includes('the disk is full')))
    expect(acks).toBe(0)
    house.refuse = false
    await house.until(() => house.events.length === 1)
    await slack.acknowledged()
    expect(acks).toBe(1)
    expect(slack.givenUp).toBe(0)
  })

  it('lives on after what nobody expects', async () => {
    await using slack = await slackEmulator({ retryMs: [50] })
    await using house = openHouse()
    await house.connect(slack.account)
    for (const event of [{ type: 'unheard_of' }, { type: 'message' }, { type: 7 }, null, undefined, 'text', []])
      slack.pushes(event)
    await slack.says('still there?')
    await house.until(() => house.events.length > 0)
    await slack.acknowledged()
    expect(house.events.map(({ text }) => text)).toEqual(['still there?'])
    expect(slack.links()).toEqual({ now: 1, most: 1 })
  })

  it('writes no token and no text into the log', async () => {
    await using slack = await slackEmulator(soon)
    await using house = openHouse()
    await house.connect(slack.account)
    house.refuse = true
    await slack.says('a private word')
    slack.fault({ kind: 'halfClose' })
    await house.until(() => house.reports.length > 0)
    const words = [...house.logged, JSON.stringify(house.reports)].join('\n')
    for (const secret of [slack.botToken, slack.appToken, 'a private word']) expect(words).not.toContain(secret)
  })
})
