import { join } from 'node:path'
import { telegramEmulator } from '@openclaw/testing/telegram'
import { it } from 'vitest'
import channel from '../../../plugins/channel-telegram/src/channel.ts'
import { killHarness } from './kill-harness.ts'
import { expectNothingLost } from './oracle.ts'

const plugin = join(import.meta.dirname, '../../../plugins/channel-telegram')

it('R1 R2 R3 R4 R8 L5: nothing is lost on Telegram while the gateway is killed', { timeout: 180_000 }, async () => {
  expectNothingLost(await killHarness({ channel, plugin, start: () => telegramEmulator() }), channel.traits)
})
