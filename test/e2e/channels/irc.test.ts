import { it } from 'vitest'
import { survive } from './survive.ts'

it('R1 R2 R3 R4 R8 L5: nothing is lost on IRC while the gateway is killed', { timeout: 180_000 }, async () => {
  await survive('irc')
})
