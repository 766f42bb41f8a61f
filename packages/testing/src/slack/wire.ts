import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** The network in front of a server: what passes through can be silenced, cut, or ended in one direction. */
export interface Wire extends AsyncDisposable {
  readonly port: number
  /** Nothing passes any more in either direction, and nothing is closed. What was in it is gone when that ends. */
  blackhole(on: boolean): void
  /** No more data towards the clients; what they send still arrives. */
  halfClose(): void
}

/** Opens a port whose connections lead to `target` on this machine. */
export async function openWire(target: number): Promise<Wire> {
  const pairs = new Set<{ readonly near: Socket; readonly far: Socket }>()
  let silent = false

  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true })
    const pair = { near, far }
    pairs.add(pair)
    const close = () => {
      pairs.delete(pair)
      near.destroy()
      far.destroy()
    }
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.setNoDelay(true)
      from.on('data', (bytes) => void (silent || to.writableEnded || to.write(bytes)))
      from.on('end', () => void (silent || to.end()))
      from.on('error', close)
      from.on('close', () => void (silent || close()))
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const drop = () => {
    for (const { near, far } of pairs) {
      near.destroy()
      far.destroy()
    }
    pairs.clear()
  }
  return {
    port: (server.address() as AddressInfo).port,
    blackhole(on) {
      if (silent && !on) drop()
      silent = on
    },
    halfClose() {
      for (const { near } of pairs) near.end()
    },
    async [Symbol.asyncDispose]() {
      drop()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
