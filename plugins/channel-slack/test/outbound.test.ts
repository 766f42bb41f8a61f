import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { slackEmulator } from '@openclaw/testing/slack'
import { describe, expect, it } from 'vitest'
import { calm, lastCall, openHouse } from './account.ts'
import { listed } from './manifest.ts'

describe('sending', () => {
  it('unfurls no link, marks the message, and stays in the thread', async () => {
    await using slack = await slackEmulator()
    await using house = openHouse()
    const link = await house.connect(slack.account)
    await link.send({ peer: slack.thread!, text: 'see https://a.example', idempotencyKey: 'k:0' }, calm)
    expect(lastCall(slack, 'chat.postMessage')).toMatchObject({
      unfurl_links: 'false',
      unfurl_media: 'false',
      thread_ts: slack.thread!.thread,
      metadata: { event_type: 'openclaw', event_payload: { key: 'k:0' } },
    })
    expect(await link.find!(slack.thread!, 'k:0', calm)).toBeDefined()
    expect(await link.find!(slack.group!, 'k:0', calm)).toBeUndefined()
  })

  it.each([
    ['elsewhere', 'forbidden', '/invite @OpenClaw'],
    ['C0NOWHERE01', 'not_found', 'no such conversation'],
  ])('says what to do where it may not write: %s', async (where, code, words) => {
    await using slack = await slackEmulator()
    await using house = openHouse()
    const link = await house.connect(slack.account)
    const peer = { kind: 'group' as const, id: where === 'elsewhere' ? slack.ids.elsewhere : where }
    await expect(link.send({ peer, text: 'hi', idempotencyKey: 'k' }, calm)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
    })
  })

  it('reacts with an emoji or its name, and twice is once', async () => {
    await using slack = await slackEmulator()
    await using house = openHouse()
    const link = await house.connect(slack.account)
    const peer = slack.direct(slack.people[0])
    const message = await slack.says('well done')
    for (const emoji of ['👀', ':eyes:', '👀']) await link.react!(peer, message, emoji, calm)
    expect(lastCall(slack, 'reactions.add')).toMatchObject({ name: 'eyes', timestamp: message })
    await expect(link.react!(peer, message, '🦑 squid', calm)).rejects.toMatchObject({ code: 'invalid_params' })
  })

  it('says nothing of a limit that only one call hits, and asks for as long as Slack says', async () => {
    await using slack = await slackEmulator()
    await using house = openHouse()
    const link = await house.connect(slack.account)
    slack.fault({ kind: 'limit', retryAfterMs: 30_000 })
    const message = { peer: slack.group!, text: 'hi', idempotencyKey: 'k' }
    await expect(link.send(message, calm)).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 30_000 })
    expect((await link.send(message, calm)).messages).toHaveLength(1)
    expect(slack.calls.filter(({ method }) => method === 'chat.postMessage')).toHaveLength(1)
  })

  it('shows choices under a text of any length that a message may have', async () => {
    await using slack = await slackEmulator()
    await using house = openHouse()
    const link = await house.connect(slack.account)
    const text = 'a long question\n'.repeat(249)
    const choices = [{ id: 'yes', label: 'Y'.repeat(200) }]
    const { messages } = await link.send({ peer: slack.group!, text, choices, idempotencyKey: 'k' }, calm)
    expect(slack.sees()[0]).toMatchObject({ message: messages[0], choices: [{ id: 'yes' }] })
  })
})

describe('files', () => {
  it('R8: finds files that were shared though the answer was lost, and shares them once', async () => {
    await using slack = await slackEmulator()
    await using house = openHouse()
    const link = await house.connect(slack.account)
    const attachments = ['one', 'two'].map((name) => ({
      ref: house.keep(name),
      mime: 'text/plain',
      name: `${name}.txt`,
      sizeBytes: 3,
    }))
    const message = { peer: slack.group!, text: 'both', attachments, idempotencyKey: 'k' }
    expect(await link.find!(message.peer, 'k', calm)).toBeUndefined()
    slack.fault({ kind: 'loseAnswer' })
    await expect(link.send(message, calm)).rejects.toMatchObject({ code: 'unavailable' })
    const found = await link.find!(message.peer, 'k', calm)
    const [seen, ...others] = slack.sees()
    expect(others).toEqual([])
    expect(seen).toMatchObject({
      message: found!.messages[0],
      text: 'both',
      files: [{ name: 'one.txt' }, { name: 'two.txt' }],
    })
    expect(await link.send(message, calm)).toEqual(found)
    expect(slack.sees()).toHaveLength(1)
  })

  it('R8: does not take files that cannot be looked up for files that are not there', async () => {
    await using slack = await slackEmulator({ scopes: listed('bot').filter((scope) => scope !== 'files:read') })
    await using house = openHouse()
    const link = await house.connect(slack.account)
    const attachments = [{ ref: house.keep('one'), mime: 'text/plain', name: 'one.txt', sizeBytes: 3 }]
    const message = { peer: slack.group!, text: '', attachments, idempotencyKey: 'k' }
    expect((await link.send(message, calm)).messages).toHaveLength(1)
    await expect(link.find!(message.peer, 'k', calm)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(link.send(message, calm)).rejects.toMatchObject({ code: 'forbidden' })
    expect(slack.sees()).toHaveLength(1)
  })

  it('looks for nothing that was uploaded and never shared', async () => {
    await using slack = await slackEmulator()
    await using house = openHouse()
    const link = await house.connect(slack.account)
    const attachments = [{ ref: house.keep('one'), mime: 'text/plain', name: 'one.txt', sizeBytes: 3 }]
    slack.fault({ kind: 'error' })
    await expect(
      link.send({ peer: slack.group!, text: '', attachments, idempotencyKey: 'k' }, calm),
    ).rejects.toMatchObject({ code: 'unavailable' })
    expect(await link.find!(slack.group!, 'k', calm)).toBeUndefined()
  })

  it('gives the token to no other host, wherever a download leads', async () => {
    const asked: (string | undefined)[] = []
    const other = createServer((request, response) => {
      asked.push(request.headers.authorization)
      response.end('from elsewhere')
    }).listen(0, '127.0.0.1')
    await once(other, 'listening')
    await using _other = { [Symbol.asyncDispose]: async () => void other.close() }
    const redirectFiles = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
    await using slack = await slackEmulator({ redirectFiles })
    await using house = openHouse()
    const link = await house.connect(slack.account)
    await slack.says('look', { files: [{ name: 'a.txt', mime: 'text/plain', bytes: Buffer.from('a') }] })
    await house.until(() => house.events.length > 0)
    const stream = await link.fetch!(house.events[0]!.attachments![0]!, calm)
    expect(await new Response(stream).text()).toBe('from elsewhere')
    expect(asked).toEqual([undefined])
    expect(new Set(house.toldToken)).toEqual(new Set([new URL(slack.api).host]))
  })

  it('takes no login page for a file', async () => {
    await using slack = await slackEmulator()
    await using house = openHouse()
    const link = await house.connect(slack.account)
    await expect(link.fetch!({ ref: 'slack:F0NOWHERE', mime: 'image/png' }, calm)).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(link.fetch!({ ref: 'elsewhere', mime: 'image/png' }, calm)).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})
