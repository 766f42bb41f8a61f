import type { Socket } from 'node:net'

/** Calls back with every whole line that arrives, without its end; one at a time when `take` is asynchronous. */
export function readLines(socket: Socket, take: (line: string) => void | Promise<void>): void {
  let rest = Buffer.alloc(0)
  let taking: Promise<void> = Promise.resolve()
  socket.on('data', (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes])
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      const line = rest.subarray(0, end).toString('utf8').replace(/\r$/, '')
      rest = rest.subarray(end + 1)
      if (line !== '') taking = taking.then(() => take(line))
    }
  })
  // How a connection ends is told by `close`; that it ended with an error is nobody's concern in a test.
  socket.on('error', () => {})
}

/** Resolves when the socket is closed. */
export function closed(socket: Socket): Promise<void> {
  return socket.closed ? Promise.resolve() : new Promise((resolve) => socket.once('close', () => resolve()))
}
