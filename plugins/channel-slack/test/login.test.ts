import { slackEmulator } from '@openclaw/testing/slack'
import { describe, expect, it } from 'vitest'
import { calm, openHouse } from './account.ts'
import { listed } from './manifest.ts'

const without = (...scopes: string[]) => listed('bot').filter((scope) => !scopes.includes(scope))

describe('logging in', () => {
  it('says where to get what a mode needs', async () => {
    await using slack = await slackEmulator()
    await using house = openHouse()
    const { botToken, api } = slack.account as { botToken: string; api: string }
    await expect(house.connect({ botToken, api })).rejects.toMatchObject({
      code: 'invalid_config',
      message: expect.stringContaining('App-Level Tokens'),
      problems: [{ path: 'appToken' }],
    })
    await expect(house.connect({ botToken, api, mode: 'http' })).rejects.toMatchObject({
      code: 'invalid_config',
      problems: [{ path: 'signingSecret' }],
    })
  })

  it('names the page where a bot token is copied from', async () => {
    await using slack = await slackEmulator()
    await using house = openHouse()
    await expect(house.connect(slack.refused!)).rejects.toMatchObject({
      code: 'unauthorized',
      message: expect.stringMatching(/^slack\/default: .*OAuth & Permissions → Bot User OAuth Token \(invalid_auth\)$/),
    })
  })

  it('names the page where an app token is made, and leaves no socket', async () => {
    await using slack = await slackEmulator()
    await using house = openHouse()
    for (const appToken of ['xapp-wrong', slack.botToken]) {
      await expect(house.connect({ ...slack.account, appToken })).rejects.toMatchObject({
        code: 'unauthorized',
        message: expect.stringContaining('connections:write'),
      })
    }
    expect(slack.links()).toEqual({ now: 0, most: 0 })
  })

  it('names the scope without which nothing works, and where to add it', async () => {
    await using slack = await slackEmulator({ scopes: without('im:history', 'chat:write') })
    await using house = openHouse()
    await expect(house.connect(slack.account)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringMatching(/chat:write, im:history; .*Bot Token Scopes, then reinstall/),
    })
  })

  it('goes on without a scope that is only useful, and says what is lost', async () => {
    await using slack = await slackEmulator({ scopes: without('files:write', 'users:read') })
    await using house = openHouse()
    const link = await house.connect(slack.account)
    expect(house.logged.join('\n')).toContain('without the scope files:write, files cannot be sent')
    const peer = slack.direct(slack.people[0])
    const attachments = [{ ref: house.keep('text'), mime: 'text/plain', name: 'a.txt', sizeBytes: 4 }]
    await expect(link.send({ peer, text: '', attachments, idempotencyKey: 'k' }, calm)).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('files:write'),
    })
    await slack.says('hello')
    await house.until(() => house.events.length > 0)
    expect(house.events[0]!.sender).toEqual({ id: slack.people[0] })
  })

  it('says that a token was revoked', async () => {
    await using slack = await slackEmulator()
    await using house = openHouse()
    const link = await house.connect(slack.account)
    slack.revoke('token_revoked')
    const peer = slack.group!
    await expect(link.send({ peer, text: 'hi', idempotencyKey: 'k' }, calm)).rejects.toMatchObject({
      code: 'unauthorized',
    })
    await expect(link.probe!(calm)).rejects.toMatchObject({ code: 'unauthorized' })
  })

  it('shows names of people and channels when they are known', async () => {
    await using slack = await slackEmulator()
    await using house = openHouse()
    await house.connect(slack.account)
    await slack.says('hello', { in: slack.group! })
    await house.until(() => house.events.length > 0)
    expect(house.events[0]).toMatchObject({ sender: { name: 'anna' }, place: 'general' })
  })
})
