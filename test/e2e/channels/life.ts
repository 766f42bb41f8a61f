import { startGateway, type GatewayProcess } from '../gateway.ts'
import type { Moment } from './moments.ts'
import { killAt, points } from './points.ts'

/** One gateway process, from its start to its death. */
export interface Life {
  /** Undefined when it died before it took messages, at the point where it had to. */
  readonly started: Promise<GatewayProcess | undefined>
  readonly dead: Promise<void>
  /** The signal or code that ended it; undefined while it lives. */
  endedBy(): string | undefined
  kill(): Promise<void>
  output(): string
}

/** Starts a gateway, prepared for its death when that comes from within. */
export function live(home: string, moment: Moment | undefined, random: () => number): Life {
  const spot = moment?.kind === 'point' ? points[moment.name] : undefined
  const { node, env } = spot && spot.at !== 'model' ? killAt(spot, random) : { node: [], env: {} }
  let gateway: GatewayProcess | undefined
  let endedBy: string | undefined
  const started = startGateway(home, env, node).then(
    (one) => (gateway = one),
    (error: Error) => {
      if (node.length === 0 || !error.message.includes('ended by SIGKILL')) throw error
      endedBy = 'SIGKILL'
      return undefined
    },
  )
  return {
    started,
    dead: started.then(async (one) => {
      await one?.gone
      endedBy ??= String(one?.child.signalCode ?? one?.child.exitCode)
    }),
    endedBy: () => endedBy,
    kill: async () => (await started)?.kill(),
    output: () => gateway?.output() ?? '',
  }
}
