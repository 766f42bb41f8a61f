import { expect } from 'vitest'
import { temporaryHome } from '../gateway.ts'
import { killHarness, type Aftermath } from './kill-harness.ts'
import { judge } from './oracle.ts'
import { places } from './places.ts'

/** How often a gateway is killed in an ordinary test, and what is said meanwhile; `pnpm soak --kills` does it at length. */
export const usual = { messages: 50, kills: 8 }

/** Kills a gateway while people write to it from a place, and expects that nothing is lost, doubled or led astray. */
export async function survive(
  place: keyof typeof places,
  plan: { readonly messages?: number; readonly kills?: number; readonly points?: boolean } = {},
): Promise<Aftermath> {
  const seed = Number(process.env['OPENCLAW_SEED'] ?? Date.now() % 2 ** 31)
  await using home = await temporaryHome()
  const after = await killHarness(await places[place](), home.path, { ...usual, ...plan, seed })
  const again = `OPENCLAW_SEED=${seed}, killed at ${after.killedAt.join('; ')}`
  expect(judge(after), again).toEqual({ lost: [], doubled: [], wrongRecipient: [], other: [] })
  return after
}
