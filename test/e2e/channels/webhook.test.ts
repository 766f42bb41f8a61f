import { it } from 'vitest'
import { survive } from './survive.ts'

it(
  'R1 R2 R3 R4 R8: nothing is lost over the webhook of a plugin that is not ours while the gateway is killed',
  { timeout: 180_000 },
  async () => {
    await survive('webhook')
  },
)
