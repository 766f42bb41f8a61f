import { join } from 'node:path'
import { slackEmulator } from '@openclaw/testing/slack'
import { it } from 'vitest'
import channel from '../../../plugins/channel-slack/src/channel.ts'
import { killHarness } from './kill-harness.ts'
import { expectNothingLost } from './oracle.ts'

const plugin = join(import.meta.dirname, '../../../plugins/channel-slack')

// Slack waits for minutes before it gives an event again; a test does not.
const start = () => slackEmulator({ retryMs: [300, 300, 600, 1200, 2400, 4800] })

it('R1 R2 R3 R4 R8 L5: nothing is lost on Slack while the gateway is killed', { timeout: 180_000 }, async () => {
  expectNothingLost(await killHarness({ channel, plugin, start }), channel.traits)
})
