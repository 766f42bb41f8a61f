import { connect, type Socket } from 'node:net'
import { nickOf, parseLine, type Line } from './line.ts'
import { closed, readLines } from './socket.ts'

/** Somebody on the network: a plain client that writes lines and keeps what it gets. */
export interface Person extends AsyncDisposable {
  /** As it is now: NICK is followed. */
  readonly nick: string
  /** Everything that arrived, in order. */
  readonly lines: readonly Line[]
  /** Writes one line as it is. */
  send(line: string): void
  /** Resolves with the first line that fits among those that arrive from now on. */
  next(fits: (line: Line) => boolean): Promise<Line>
  /** Resolves when the server has processed everything that was sent. */
  settle(): Promise<void>
  onLine(listen: (line: Line) => void): void
}

export interface PersonOptions {
  readonly nick: string
  /** Of the server. */
  readonly password?: string
  readonly capabilities?: readonly string[]
}

/** Connects to a server on this machine, and resolves when registered. */
export async function openPerson(port: number, options: PersonOptions): Promise<Person> {
  const { password, capabilities = [] } = options
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  const lines: Line[] = []
  const listeners = new Set<(line: Line) => void>()
  let nick = options.nick
  let asked = 0

  const send = (line: string) => void socket.write(`${line}\r\n`)
  const next = (fits: (line: Line) => boolean) =>
    new Promise<Line>((resolve, reject) => {
      const listen = (line: Line) => {
        if (!fits(line)) return
        listeners.delete(listen)
        resolve(line)
      }
      listeners.add(listen)
      socket.once('close', () => reject(new Error(`${nick} lost the connection: ${lines.at(-1)?.params.join(' ')}`)))
    })

  readLines(socket, (text) => {
    const line = parseLine(text)
    if (line.command === 'PING') send(`PONG :${line.params.at(-1)}`)
    if (line.command === 'NICK' && nickOf(line.source) === nick) nick = line.params[0]!
    lines.push(line)
    for (const listen of listeners) listen(line)
  })

  const registered = next(({ command }) => command === '001' || command === '433')
  if (password !== undefined) send(`PASS ${password}`)
  if (capabilities.length > 0) send(`CAP REQ :${capabilities.join(' ')}`)
  send(`NICK ${nick}`)
  send(`USER ${nick} 0 * :${nick}`)
  if (capabilities.length > 0) send('CAP END')
  const { command } = await registered
  if (command !== '001') throw new Error(`${nick} could not enter: ${command}`)

  return {
    get nick() {
      return nick
    },
    lines,
    send,
    next,
    async settle() {
      const token = `settle-${++asked}`
      const answer = next((line) => line.command === 'PONG' && line.params.at(-1) === token)
      send(`PING ${token}`)
      await answer
    },
    onLine: (listen) => void listeners.add(listen),
    [Symbol.asyncDispose]: () => leave(socket),
  }
}

async function leave(socket: Socket): Promise<void> {
  socket.end('QUIT :bye\r\n')
  socket.resume()
  const timer = setTimeout(() => socket.destroy(), 200)
  await closed(socket)
  clearTimeout(timer)
}
