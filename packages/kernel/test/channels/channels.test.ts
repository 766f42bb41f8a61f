import type { Config } from '@openclaw/protocol'
import type { Link } from '@openclaw/sdk'
import { openScope } from '@openclaw/sdk/host'
import { testPlatform } from '@openclaw/testing'
import Type from 'typebox'
import { expect, it } from 'vitest'
import { openChannels } from '../../src/channels/channels.ts'
import { openLogins } from '../../src/channels/logins.ts'
import { openSecrets } from '../../src/config/secrets.ts'
import type { PluggedChannel } from '../../src/plugins/host.ts'
import { keepingLog, temporaryFolder } from '../storage.ts'

/** A configuration of one account with this setting. */
function configOf(setting: number): Config {
  return { channels: { slow: { accounts: { default: { setting } } } } }
}

it('L5: a round that began before the end connects nothing after it', async () => {
  await using home = await temporaryFolder()
  const platform = testPlatform(home.path)
  const log = keepingLog()
  const secrets = openSecrets({ folder: home.path, platform, log })
  const closing = Promise.withResolvers<void>()
  let connected = 0
  const first = Promise.withResolvers<void>()
  const channel: PluggedChannel = {
    id: 'slow',
    account: Type.Object({}),
    traits: { maxText: 100, lengthUnit: 'utf16', markup: 'plain', delivery: 'at-least-once' },
    async connect(): Promise<Link> {
      connected++
      first.resolve()
      return { send: async () => ({ messages: [] }), [Symbol.asyncDispose]: () => closing.promise }
    },
  }
  const channels = openChannels({
    platform,
    log,
    emit() {},
    address: () => 'http://127.0.0.1/',
    store: openLogins({ platform, home: home.path, secrets }).of,
    configure: async () => ({}),
    makeScope: (label) => openScope({ label, log, clock: platform.clock }),
    receive: async () => {},
    choose: async () => ({ taken: false, text: '' }),
    commands: [],
    openMedia: () => Promise.reject(new Error('there is none')),
    mask: (text) => text,
    waits: () => undefined,
  })
  const plugged = new Map([['slow', { channel }]])
  await channels.sync(configOf(1), plugged)
  await first.promise
  // The account of before takes its time to close, and meanwhile everything ends.
  const round = channels.sync(configOf(2), plugged)
  const end = channels[Symbol.asyncDispose]()
  closing.resolve()
  await Promise.all([round, end])
  expect(channels.status()).toEqual([])
  expect(connected).toBe(1)
})
