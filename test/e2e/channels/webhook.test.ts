import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import channel from '../../../examples/openclaw-plugin-example/src/channel.ts'
import { startPlatform } from '../../../examples/openclaw-plugin-example/test/counterpart.ts'
import { killHarness } from './kill-harness.ts'
import { expectNothingLost } from './oracle.ts'

const plugin = join(import.meta.dirname, '../../../examples/openclaw-plugin-example')

it('R1 R2 R3 R4: nothing is lost over a webhook while the gateway is killed', { timeout: 180_000 }, async () => {
  execFileSync('pnpm', ['run', 'build'], { cwd: plugin, shell: process.platform === 'win32' })
  const after = await killHarness({ channel, plugin, start: startPlatform })
  expectNothingLost(after, channel.traits)
  expect(after.killedAt).toEqual(expect.arrayContaining(['post', 'post answered', 'send', 'send answered']))
})
