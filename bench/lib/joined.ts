import { setTimeout as sleep } from 'node:timers/promises'
import { connectGateway, type GatewayClient } from '@openclaw/client'
import { startGateway, tokenOf, type Started } from './spawn.ts'

/** The bundled gateway over a home, and its owner connected to it. Disposing ends both. */
export interface Joined extends AsyncDisposable {
  readonly gateway: Started
  readonly client: GatewayClient
}

/** Connects as the owner of a home. */
export async function connectOwner({ url }: Started, home: string): Promise<GatewayClient> {
  return connectGateway({ url, auth: { token: await tokenOf(home) }, client: { name: 'bench', version: '1' } })
}

/** Starts one, connects, and waits until so many accounts of channels are online. */
export async function startJoined(home: string, accounts = 0): Promise<Joined> {
  const gateway = await startGateway(home)
  const client = await connectOwner(gateway, home)
  for (let online = 0; online < accounts;) {
    const { accounts: found } = await client.call('channels.status', {})
    online = found.filter(({ state }) => state === 'online').length
    const parked = found.find(({ state }) => state === 'parked')
    if (parked) throw new Error(`${parked.channel}/${parked.account} is parked: ${parked.detail}`)
    if (online < accounts) await sleep(20)
  }
  return {
    gateway,
    client,
    async [Symbol.asyncDispose]() {
      client.close()
      await gateway[Symbol.asyncDispose]()
    },
  }
}
