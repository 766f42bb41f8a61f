import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { slackEmulator } from '@openclaw/testing/slack'
import { describe, expect, it } from 'vitest'
import { openHouse } from './account.ts'
import { listed, manifest } from './manifest.ts'

const folder = join(import.meta.dirname, '../src')
const source = readdirSync(folder)
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n')

/** Scopes of what the code calls (https://docs.slack.dev/reference/methods); a new call must be put here. */
const scopes: Readonly<Record<string, readonly string[]>> = {
  'auth.test': [],
  'users.info': ['users:read'],
  'conversations.info': ['channels:read', 'groups:read'],
  'conversations.open': ['im:write'],
  'conversations.history': ['channels:history', 'groups:history', 'im:history', 'mpim:history'],
  'conversations.replies': ['channels:history', 'groups:history', 'im:history', 'mpim:history'],
  'chat.postMessage': ['chat:write'],
  'chat.delete': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.update': ['chat:write'],
  'reactions.add': ['reactions:write'],
  'files.info': ['files:read'],
  'files.getUploadURLExternal': ['files:write'],
  'files.completeUploadExternal': ['files:write'],
  'assistant.threads.setStatus': ['chat:write'],
  'assistant.threads.setSuggestedPrompts': ['assistant:write'],
}

/** Scopes and subscriptions of what the code listens to (https://docs.slack.dev/reference/events). */
const events: Readonly<Record<string, { scopes: readonly string[]; names: readonly string[] }>> = {
  message: {
    scopes: ['channels:history', 'groups:history', 'im:history', 'mpim:history'],
    names: ['message.channels', 'message.groups', 'message.im', 'message.mpim'],
  },
  // Comes as a message too; only apps made without our manifest are given it alone.
  app_mention: { scopes: [], names: [] },
  reaction_added: { scopes: ['reactions:read'], names: ['reaction_added'] },
  assistant_thread_started: { scopes: ['assistant:write'], names: ['assistant_thread_started'] },
}

describe("the README's manifest", () => {
  it('has the scopes of every method that is called, and no more', () => {
    const called = [...source.matchAll(/client\.((?:[a-z]+\.)+[a-zA-Z]+)\(/g)].map(([, method]) => method!)
    const listened = [...source.matchAll(/app\.event\('([a-z_]+)'/g)].map(([, name]) => name!)
    expect(called.length).toBeGreaterThan(10)
    expect([...new Set(called)].toSorted()).toEqual(Object.keys(scopes).toSorted())
    expect(listened.toSorted()).toEqual(Object.keys(events).toSorted())
    const wanted = new Set([
      ...called.flatMap((method) => scopes[method]!),
      ...listened.flatMap((name) => events[name]!.scopes),
      'commands',
    ])
    expect(listed('bot').toSorted()).toEqual([...wanted].toSorted())
  })

  it('subscribes to every event that is listened to', () => {
    expect(listed('bot_events').toSorted()).toEqual(
      Object.values(events)
        .flatMap(({ names }) => names)
        .toSorted(),
    )
  })

  it('switches on what is used', () => {
    for (const line of ['command: /openclaw', 'socket_mode_enabled: true', 'is_enabled: true', 'assistant_view:'])
      expect(manifest).toContain(line)
  })

  it('lets the app log in without a word of something missing', async () => {
    await using slack = await slackEmulator({ scopes: listed('bot'), subscriptions: listed('bot_events') })
    await using house = openHouse()
    await house.connect(slack.account)
    expect(house.logged).toEqual([])
  })
})
