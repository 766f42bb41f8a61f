import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { once } from 'node:events'

/** The wire between a client and the platform. What goes wrong below HTTP and WebSocket goes wrong here. */
export interface Wire extends AsyncDisposable {
  readonly port: number
  /** On: bytes stay on their way in both directions and new connections hang; off: they arrive. */
  blackhole(on: boolean): void
  /** Ends the direction to the client on all long-lived connections. */
  halfClose(): void
}

/** Listens on loopback and carries bytes to and from the platform's own port. */
export async function layWire(platformPort: number): Promise<Wire> {
  const pairs = new Set<{ readonly client: Socket; readonly platform: Socket }>()
  let dark = false

  const server: Server = createServer({ allowHalfOpen: true }, (client) => {
    const platform = connect({ port: platformPort, host: '127.0.0.1', allowHalfOpen: true })
    const pair = { client, platform }
    pairs.add(pair)
    carry(client, platform)
    carry(platform, client)
    for (const socket of [client, platform]) {
      socket.setNoDelay(true)
      socket.on('error', () => {})
      socket.on('close', () => {
        pairs.delete(pair)
        client.destroy()
        platform.destroy()
      })
      if (dark) socket.pause()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    port: (server.address() as AddressInfo).port,
    blackhole(on) {
      dark = on
      for (const { client, platform } of pairs)
        for (const socket of [client, platform]) {
          if (on) socket.pause()
          else socket.resume()
        }
    },
    halfClose() {
      for (const { client } of pairs) client.end()
    },
    async [Symbol.asyncDispose]() {
      for (const { client, platform } of pairs) {
        client.destroy()
        platform.destroy()
      }
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }

  function carry(from: Socket, to: Socket): void {
    from.on('data', (bytes) => {
      if (!to.write(bytes)) {
        from.pause()
        to.once('drain', () => {
          if (!dark) from.resume()
        })
      }
    })
    from.on('end', () => to.end())
  }
}
