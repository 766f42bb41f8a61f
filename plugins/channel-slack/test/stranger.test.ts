import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { createEmulator } from 'emulate'
import { describe, expect, it } from 'vitest'
import { calm, openHouse } from './account.ts'

/**
 * A Slack that somebody else wrote (https://emulate.dev), for the part that it covers: the Web API. It has no Socket
 * Mode, commands, clicks or limits, so the channel meets it in HTTP mode and speaks first.
 *
 * Where it differs from ours:
 * - it names no scopes in `x-oauth-scopes`, so that nothing can be said of missing ones;
 * - any token that it does not know is its administrator's, who is no bot: `unauthorized` comes of that;
 * - it knows no `assistant.threads.*`, which comes as `internal`.
 */
const bot = { bot_id: 'B0OPENCLAW', bot_user_id: 'U0OPENCLAW' }
const botToken = 'xoxb-of-a-stranger'

async function stranger(port: number) {
  const emulator = await createEmulator({
    service: 'slack',
    port,
    seed: {
      tokens: { [botToken]: { login: bot.bot_user_id, scopes: ['chat:write'] } },
      slack: {
        users: [{ name: 'anna', real_name: 'Anna Arden' }],
        channels: [{ name: 'general' }],
        oauth_apps: [
          {
            client_id: '1.2',
            client_secret: 's',
            app_id: 'A0OPENCLAW',
            name: 'OpenClaw',
            redirect_uris: [],
            bot_name: 'openclaw',
            ...bot,
          },
        ],
        tokens: [{ token: botToken, user_id: bot.bot_user_id, app_id: 'A0OPENCLAW', ...bot }],
      },
    },
  })
  const api = `${emulator.url}/api/`
  const ask = async (method: string, args: Record<string, string> = {}) => {
    const headers = { authorization: `Bearer ${botToken}` }
    const response = await fetch(api + method, { method: 'POST', headers, body: new URLSearchParams(args) })
    return (await response.json()) as Record<string, unknown> & { ok: boolean }
  }
  const { channels } = (await ask('conversations.list')) as unknown as { channels: { id: string; name: string }[] }
  const channel = channels.find(({ name }) => name === 'general')!.id
  await ask('conversations.join', { channel })
  const { members } = (await ask('users.list')) as unknown as { members: { id: string; name: string }[] }
  return {
    ask,
    account: { mode: 'http', botToken, signingSecret: 'unused', api },
    group: { kind: 'group', id: channel } as const,
    anna: { kind: 'direct', id: members.find(({ name }) => name === 'anna')!.id } as const,
    [Symbol.asyncDispose]: () => emulator.close(),
  }
}

/** A port that is free now, as it takes none by itself. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

describe("a stranger's Slack", () => {
  it('takes a login, and is asked who we are', async () => {
    await using slack = await stranger(await freePort())
    await using house = openHouse()
    const link = await house.connect(slack.account)
    expect(await link.probe!(calm)).toContain('openclaw')
    await expect(house.connect({ ...slack.account, botToken: 'xoxb-wrong' })).rejects.toMatchObject({
      code: 'unauthorized',
    })
  })

  it('R8: takes messages, finds them by our mark, and edits them', async () => {
    await using slack = await stranger(await freePort())
    await using house = openHouse()
    const link = await house.connect(slack.account)
    for (const peer of [slack.group, slack.anna]) {
      const receipt = await link.send({ peer, text: 'half of it &amp; more', idempotencyKey: `k-${peer.id}` }, calm)
      expect(await link.find!(peer, `k-${peer.id}`, calm)).toEqual(receipt)
      expect(await link.find!(peer, 'nothing', calm)).toBeUndefined()
      await link.edit!(peer, receipt.messages[0]!, 'all of it', calm)
      expect(await link.find!(peer, `k-${peer.id}`, calm)).toEqual(receipt)
      const thread = { ...peer, thread: receipt.messages[0]! }
      const reply = await link.send({ peer: thread, text: 'below', idempotencyKey: 'below' }, calm)
      expect(await link.find!(thread, 'below', calm)).toEqual(reply)
    }
  })

  it('takes reactions and buttons', async () => {
    await using slack = await stranger(await freePort())
    await using house = openHouse()
    const link = await house.connect(slack.account)
    const choices = [{ id: 'q:allow', label: 'Allow' }]
    const { messages } = await link.send({ peer: slack.group, text: 'May I?', choices, idempotencyKey: 'k' }, calm)
    await link.react!(slack.group, messages[0]!, '👍', calm)
    await link.react!(slack.group, messages[0]!, '👍', calm)
    const { messages: all } = await slack.ask('conversations.history', { channel: slack.group.id })
    expect(all).toMatchObject([
      { text: 'May I?', reactions: [{ name: '+1' }], blocks: [{ type: 'section' }, { type: 'actions' }] },
    ])
  })

  it('takes files and gives them back', async () => {
    await using slack = await stranger(await freePort())
    await using house = openHouse()
    const link = await house.connect(slack.account)
    const attachments = [{ ref: house.keep('some notes'), mime: 'text/plain', name: 'notes.txt', sizeBytes: 10 }]
    const receipt = await link.send({ peer: slack.group, text: 'here', attachments, idempotencyKey: 'k' }, calm)
    expect(await link.find!(slack.group, 'k', calm)).toEqual(receipt)
    const { files } = (await slack.ask('files.list')) as unknown as { files: { id: string }[] }
    const stream = await link.fetch!({ ref: `slack:${files[0]!.id}`, mime: 'text/plain' }, calm)
    expect(await new Response(stream).text()).toBe('some notes')
  })

  it('knows no assistant, which is said and does no harm', async () => {
    await using slack = await stranger(await freePort())
    await using house = openHouse()
    const link = await house.connect(slack.account)
    const { messages } = await link.send({ peer: slack.group, text: 'hi', idempotencyKey: 'k' }, calm)
    const thread = { ...slack.group, thread: messages[0]! }
    await expect(link.typing!(thread, calm)).rejects.toMatchObject({ code: 'internal' })
  })

  it('says what is wrong where we may not write', async () => {
    await using slack = await stranger(await freePort())
    await using house = openHouse()
    const link = await house.connect(slack.account)
    const nowhere = { kind: 'group', id: 'C0NOWHERE' } as const
    await expect(link.send({ peer: nowhere, text: 'hi', idempotencyKey: 'k' }, calm)).rejects.toMatchObject({
      code: 'not_found',
    })
  })
})
