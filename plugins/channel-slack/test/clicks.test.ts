import { slackEmulator } from '@openclaw/testing/slack'
import { describe, expect, it } from 'vitest'
import { calm, lastCall, openHouse } from './account.ts'

const choices = [
  { id: 'q1:allow', label: 'Allow' },
  { id: 'q1:deny', label: 'Deny' },
]

describe('clicks', () => {
  it('S18: are handed over with who, where and which thread, and the answer is for who clicked', async () => {
    await using slack = await slackEmulator()
    await using house = openHouse()
    const link = await house.connect(slack.account)
    house.decide = () => ({ taken: false, text: 'Only <the owner> can decide.' })
    const { messages } = await link.send({ peer: slack.thread!, text: 'May I?', choices, idempotencyKey: 'k' }, calm)
    expect(await slack.clicks!(messages[0]!, 'q1:deny', slack.people[1])).toBe('Only &lt;the owner&gt; can decide.')
    expect(house.clicks).toMatchObject([{ choice: 'q1:deny', sender: slack.people[1], peer: slack.thread }])
    expect(lastCall(slack, 'chat.postEphemeral')).toMatchObject({ thread_ts: slack.thread!.thread })
    expect(slack.sees()[0]!.choices).toHaveLength(2)
  })

  it('S18: leave what was decided in place of the buttons', async () => {
    await using slack = await slackEmulator()
    await using house = openHouse()
    const link = await house.connect(slack.account)
    const { messages } = await link.send({ peer: slack.group!, text: 'May I?', choices, idempotencyKey: 'k' }, calm)
    await slack.clicks!(messages[0]!, 'q1:allow', slack.people[0])
    expect(slack.sees()[0]).toMatchObject({ text: 'May I?\nAllowed.', choices: [] })
    expect(await link.find!(slack.group!, 'k', calm)).toEqual({ messages })
  })
})

describe('the assistant', () => {
  it('greets with prompts, writes nothing by itself, and shows that it thinks', async () => {
    await using slack = await slackEmulator()
    await using house = openHouse()
    const link = await house.connect(slack.account)
    const prompted = Promise.withResolvers<void>()
    const thread = await slack.opensAssistant(slack.people[0])
    const poll = setInterval(() => {
      if (slack.calls.some(({ method }) => method === 'assistant.threads.setSuggestedPrompts')) prompted.resolve()
    }, 2)
    await prompted.promise
    clearInterval(poll)
    expect(lastCall(slack, 'assistant.threads.setSuggestedPrompts')).toMatchObject({ thread_ts: thread })
    expect(slack.sees()).toEqual([])
    const peer = { kind: 'direct' as const, id: slack.people[0], thread }
    await slack.says('hello', { in: peer })
    await house.until(() => house.events.length > 0)
    expect(house.events[0]!.peer).toEqual(peer)
    await link.typing!(peer, calm)
    expect(slack.typed).toBe(1)
    await link.typing!({ kind: 'direct', id: slack.people[0] }, calm)
    expect(slack.typed).toBe(1)
  })
})

describe('the slash command', () => {
  it('is received as a message to us, durable before Slack hears of it', async () => {
    await using slack = await slackEmulator()
    await using house = openHouse()
    await house.connect(slack.account)
    expect(await slack.command('help', { from: slack.people[1], in: slack.ids.channel })).toEqual({})
    expect(house.events).toMatchObject([
      { text: '/help', mentioned: true, peer: slack.group, sender: { id: slack.people[1] } },
    ])
    await slack.command('')
    expect(house.events[1]).toMatchObject({ text: '/help', peer: { kind: 'direct', id: slack.people[0] } })
  })
})
