import { join } from 'node:path'
import { ircEmulator } from '@openclaw/testing/irc'
import { it } from 'vitest'
import channel from '../../../plugins/channel-irc/src/channel.ts'
import { killHarness } from './kill-harness.ts'
import { expectNothingLost } from './oracle.ts'

const plugin = join(import.meta.dirname, '../../../plugins/channel-irc')

it('R1 R2 R3 R4 R8 L5: nothing is lost on IRC while the gateway is killed', { timeout: 180_000 }, async () => {
  expectNothingLost(await killHarness({ channel, plugin, start: () => ircEmulator() }), channel.traits)
})
