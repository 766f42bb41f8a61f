import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { closed, readLines } from './socket.ts'

/** One connection of the channel through the proxy. */
export interface Connection {
  /** Resolves when it is over, on the channel's side. */
  readonly over: Promise<void>
  readonly alive: boolean
  /** Gives a line to the channel, as if it came from the server. */
  give(line: string): void
  /** Ends both sides at once, the way a server does that dies. */
  destroy(): void
}

/** What happens to the lines on their way; each is gone unless it is passed on. */
export interface Passage<C extends Connection> {
  opened(connection: Connection): C
  /** From the channel to the server. */
  up(connection: C, line: string, pass: (line: string) => void): void | Promise<void>
  /** From the server to the channel. */
  down(connection: C, line: string, pass: (line: string) => void): void | Promise<void>
}

/** A TCP proxy that reads the lines that go through it, and breaks in every way that a network can. */
export interface Proxy extends AsyncDisposable {
  readonly port: number
  links(): { readonly now: number; readonly most: number }
  /** So long every line of the server takes from now on. */
  delay(ms: number): void
  /** All connections end. */
  disconnect(): void
  /** The server's direction of all connections ends. */
  halfClose(): void
  /** Nothing goes through any more, and nothing is closed. When it ends, what hung in it is gone. */
  blackhole(on: boolean): void
}

export async function openProxy<C extends Connection>(serverPort: number, passage: Passage<C>): Promise<Proxy> {
  const sockets = new Map<Socket, Socket>()
  let most = 0
  let delayMs = 0
  let silent = false

  const server = createServer({ noDelay: true }, (channel) => {
    const upstream = connect({ port: serverPort, host: '127.0.0.1', noDelay: true })
    sockets.set(channel, upstream)
    most = Math.max(most, sockets.size)
    const connection = passage.opened({
      over: closed(channel),
      get alive() {
        return !channel.closed && !channel.destroyed
      },
      give: (line) => write(channel, line),
      destroy() {
        channel.destroy()
        upstream.destroy()
      },
    })
    channel.once('close', () => {
      sockets.delete(channel)
      // In a blackhole the server does not learn that we are gone.
      if (!silent) upstream.end()
    })
    upstream.once('close', () => {
      if (!silent) channel.end()
    })
    readLines(channel, (line) =>
      silent ? undefined : passage.up(connection, line, (passed) => write(upstream, passed)),
    )
    readLines(upstream, async (line) => {
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs))
      if (!silent) await passage.down(connection, line, (passed) => write(channel, passed))
    })
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))

  const destroyAll = () => {
    for (const [channel, upstream] of sockets) {
      channel.destroy()
      upstream.destroy()
    }
  }
  return {
    port: (server.address() as AddressInfo).port,
    links: () => ({ now: sockets.size, most }),
    delay: (ms) => void (delayMs = ms),
    disconnect: destroyAll,
    halfClose() {
      for (const channel of sockets.keys()) channel.end()
    },
    blackhole(on) {
      if (silent && !on) destroyAll()
      silent = on
    },
    async [Symbol.asyncDispose]() {
      silent = false
      const ended = [...sockets].flat().map(closed)
      destroyAll()
      await Promise.all([...ended, new Promise((resolve) => server.close(resolve))])
    },
  }
}

function write(socket: Socket, line: string): void {
  if (socket.writable) socket.write(`${line}\r\n`)
}
