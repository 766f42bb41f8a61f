import { setTimeout as pause } from 'node:timers/promises'
import { killAt, type Spot } from './channels/points.ts'
import { startGateway, type GatewayProcess } from './gateway.ts'

/** A spot does not come for so long only when it never will. */
const patienceMs = 90_000

/**
 * Starts a gateway that gets SIGKILL at a spot of its own work, and resolves once it is dead. `meanwhile` is what people
 * do until then; that it fails as the gateway dies is all right. Rejects when it ends otherwise, or lives on.
 */
export async function dieAt(
  home: string,
  spot: Spot,
  meanwhile: (gateway: GatewayProcess) => Promise<unknown> = async () => {},
): Promise<void> {
  const { node, env } = killAt(spot, Math.random)
  const gateway = await startGateway(home, env, node).catch((error: Error) => {
    // It went on with what it owed, and met its end before it took messages.
    if (error.message.includes('ended by SIGKILL')) return undefined
    throw error
  })
  if (!gateway) return
  const doing = meanwhile(gateway).catch((error: unknown) => error)
  await Promise.race([gateway.gone, pause(patienceMs, undefined, { ref: false })])
  if (gateway.child.signalCode === 'SIGKILL') return
  await gateway.kill()
  throw new Error(`the gateway did not die at ${spot.at} ${spot.mark}: ${String(await doing)}\n${gateway.output()}`)
}
