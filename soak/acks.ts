import { say } from '../scripts/lib/say.mjs'
import { killAfterAck, type Acks } from '../test/e2e/acks.ts'
import { temporaryHome } from '../test/e2e/gateway.ts'

/** Kills a gateway right after each of so many acknowledged messages, and counts those found and answered. */
export async function soakAcks(kills: number): Promise<Acks> {
  await using home = await temporaryHome()
  return await killAfterAck(home.path, kills, (kill) => {
    if (kill % 50 === 0 || kill === kills) say(`${kill} of ${kills} killed right after an acknowledgement`)
  })
}
