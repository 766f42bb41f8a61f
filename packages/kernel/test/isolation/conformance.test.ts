import { linkedPair } from '@openclaw/client'
import type { Channel } from '@openclaw/sdk'
import { channelConformance, fakeCounterpart } from '@openclaw/testing'
import { isolateChannel } from '../../src/isolation/channel.ts'
import { openChecks } from '@openclaw/sdk/isolation'
import { serveEntries } from '../../src/isolation/child/serve.ts'
import { converse } from '../../src/isolation/conversation.ts'
import { realPlatform } from '../../src/platform/real.ts'

/** The same channel, reached over the wire to a plugin's process; only the process is missing. */
async function overTheWire(channel: Channel): Promise<Channel> {
  const [near, far] = linkedPair()
  void serveEntries(far, async () => ({ default: channel }))
  const talk = converse(near, {
    id: channel.id,
    platform: realPlatform(),
    log: { debug() {}, info() {}, warn() {}, error() {} },
    check: openChecks(channel.id),
    setup: () => undefined,
    listen() {},
    how: async () => 'it was closed',
  })
  const about = await talk.call('channel.describe', { module: 'bundled:fake/channel' })
  const channelOver = isolateChannel(
    about,
    async () => talk,
    () => new URL('http://127.0.0.1:18789/'),
  )
  // The fake platform takes plain text, so that nothing is rendered.
  return channelOver as Channel
}

const { impatient, ...fixture } = fakeCounterpart()
channelConformance({
  ...fixture,
  name: `${fixture.name}, in a process of its own`,
  channel: await overTheWire(fixture.channel),
  ...(impatient ? { impatient: await overTheWire(impatient) } : {}),
})
