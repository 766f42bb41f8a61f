import { slackEmulator, type SlackEmulator } from '@openclaw/testing/slack'
import { describe, expect, it } from 'vitest'
import { openHouse, type House } from './account.ts'

async function overHttp(): Promise<{ slack: SlackEmulator; house: House } & AsyncDisposable> {
  const house = openHouse()
  const slack = await slackEmulator({
    mode: 'http',
    deliver: (request) => house.deliver(request),
    retryMs: [100, 100, 200],
    now: () => house.clock.now(),
  })
  await house.connect(slack.account)
  return {
    slack,
    house,
    async [Symbol.asyncDispose]() {
      await house.leave()
      await slack[Symbol.asyncDispose]()
    },
  }
}

const event = (text: string) =>
  JSON.stringify({
    type: 'event_callback',
    team_id: 'T0TEAM00001',
    event: { type: 'message', channel: 'C0GENERAL01', user: 'U0ANNA00001', text, ts: '1766750000.000100' },
  })

describe('HTTP mode', () => {
  it("answers Slack's question whether the address is right", async () => {
    await using whole = await overHttp()
    const response = await whole.slack.verifies()
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ challenge: 'a challenge' })
  })

  it('S10: refuses what is unsigned, signed by others, changed, too old, from the future, or played again', async () => {
    await using whole = await overHttp()
    const { slack, house } = whole
    const now = house.clock.now()
    const real = slack.signed(event('real'))
    const changed = new Request(real.url, { method: 'POST', headers: real.headers, body: event('changed') })
    const unsigned = new Request(real.url, { method: 'POST', body: event('unsigned') })
    const timeless = slack.signed(event('timeless'))
    timeless.headers.set('x-slack-request-timestamp', 'soon')
    const refused = [
      unsigned,
      timeless,
      changed,
      slack.signed(event('of others'), { secret: 'guessed' }),
      slack.signed(event('old'), { atMs: now - 301_000 }),
      slack.signed(event('from the future'), { atMs: now + 301_000 }),
    ]
    for (const request of refused) expect((await house.deliver(request)).status).toBe(401)
    expect(house.events).toEqual([])
    const again = real.clone()
    expect((await house.deliver(real)).status).toBe(200)
    expect((await house.deliver(again)).status).toBe(401)
    expect(house.events.map(({ text }) => text)).toEqual(['real'])
  })

  it('takes what is as old as may be', async () => {
    await using whole = await overHttp()
    const { slack, house } = whole
    const atMs = Math.ceil(house.clock.now() / 1000) * 1000 - 299_000
    expect((await house.deliver(slack.signed(event('just in time'), { atMs }))).status).toBe(200)
  })

  it('R2: answers 500 while nothing can be stored, and is given the same again', async () => {
    await using whole = await overHttp()
    const { slack, house } = whole
    house.refuse = true
    const request = slack.signed(event('keep this'))
    const again = request.clone()
    expect((await house.deliver(request)).status).toBe(500)
    house.refuse = false
    expect((await house.deliver(again)).status).toBe(200)
    expect(house.events.map(({ text }) => text)).toEqual(['keep this'])
  })

  it('lives on after what is no request of Slack', async () => {
    await using whole = await overHttp()
    const { slack, house } = whole
    for (const body of ['', '[]', 'null', '{', '{"type":7}', '{"event":null}', '{"event":{"type":"message"}}'])
      expect((await house.deliver(slack.signed(body))).status).toBeGreaterThanOrEqual(200)
    const form = { type: 'application/x-www-form-urlencoded' }
    expect((await house.deliver(slack.signed('payload=%7B', form))).status).toBe(400)
    expect((await house.deliver(slack.signed('ssl_check=1&token=x', form))).status).toBe(200)
    expect((await house.deliver(slack.signed(event('still there?')))).status).toBe(200)
    expect(house.events).toHaveLength(1)
  })

  it('takes commands and clicks, which come as forms', async () => {
    await using whole = await overHttp()
    const { slack, house } = whole
    await slack.command('help', { in: slack.ids.channel })
    expect(house.events).toMatchObject([
      { text: '/help', mentioned: true, peer: { kind: 'group', id: slack.ids.channel } },
    ])
  })

  it('has no address any more when it is closed', async () => {
    await using whole = await overHttp()
    await whole.house.leave()
    expect((await whole.slack.verifies()).status).toBe(401)
  })
})
