import { createServer as createPlain, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createSecure } from 'node:tls'
import type { Network } from '../network.ts'
import { openPerson } from '../person.ts'
import { parseLine } from '../line.ts'
import { closed, readLines } from '../socket.ts'
import { messageCommands } from './messages.ts'
import { registrationCommands } from './registration.ts'
import { announce, roomCommands } from './rooms.ts'
import { deliver, expel, findNick, maskOf, quit, reply, roomsOf, witnesses, type Session, type State } from './state.ts'

/** An emulated network with services accounts, of which every capability can be taken away. */
export interface Emulator extends Network {
  /** Its port for TLS, when it has a certificate. */
  readonly tlsPort: number | undefined
  /** People lose sight of these nicks, as when the link between two servers breaks. */
  split(...nicks: string[]): void
  /** They are back. */
  heal(): void
}

export interface EmulatorOptions {
  /** Capabilities that it does not have, e.g. `account-tag`. */
  readonly without?: readonly string[]
  /** Who writes faster than this is thrown out for "Excess Flood". */
  readonly flood?: { readonly burst: number; readonly everyMs: number }
  /** A certificate and its key in PEM, to listen for TLS besides. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** SHA-256 fingerprint of the certificate with which our account logs in, as Node writes it. */
  readonly fingerprint?: string
}

const capabilities = [
  ['account-notify', ''],
  ['account-tag', ''],
  ['batch', ''],
  ['echo-message', ''],
  ['extended-join', ''],
  ['message-tags', ''],
  ['multi-prefix', ''],
  ['sasl', 'PLAIN,EXTERNAL'],
  ['server-time', ''],
  ['userhost-in-names', ''],
] as const

const ourAccount = 'OpenClaw'
const ourPassword = 'correct horse'
const passwordOf = (account: string) => `password of ${account}`.replaceAll(' ', '-')
/** What costs nothing: it answers the server, or is asked before one is in. */
const free = new Set(['PING', 'PONG', 'CAP', 'AUTHENTICATE', 'NICK', 'USER', 'PASS', 'QUIT'])

/** Starts one on this machine. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { without = [], flood, tls, fingerprint } = options
  const accounts = new Map<string, { password?: string; fingerprint?: string }>([
    [ourAccount, { password: ourPassword, ...(fingerprint === undefined ? {} : { fingerprint }) }],
  ])
  const state: State = {
    sessions: new Set(),
    rooms: new Map(),
    accounts,
    serverPassword: undefined,
    capabilities: new Map(capabilities.filter(([name]) => !without.includes(name))),
    flood,
  }
  const sockets = new Set<Socket>()
  const accept = (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    serve(state, socket)
  }
  const plain = createPlain({ noDelay: true }, accept)
  const secure = tls && createSecure({ ...tls, noDelay: true, requestCert: true, rejectUnauthorized: false }, accept)
  const port = await listen(plain)
  const tlsPort = secure && (await listen(secure))

  return {
    port,
    tlsPort,
    login: { sasl: { account: ourAccount, password: ourPassword } },
    refused: { sasl: { account: ourAccount, password: 'battery staple' } },
    immune: [],
    async person(nick, account) {
      const person = await openPerson(port, { nick })
      if (account === undefined) return person
      accounts.set(account, { password: passwordOf(account) })
      person.send(`PRIVMSG NickServ :IDENTIFY ${account} ${passwordOf(account)}`)
      await person.settle()
      return person
    },
    async robot(nick) {
      const robot = await openPerson(port, { nick })
      robot.send(`MODE ${nick} +B`)
      await robot.settle()
      return robot
    },
    split(...nicks) {
      for (const nick of nicks) {
        const session = findNick(state, nick)!
        session.split = true
        const line = { source: maskOf(session), command: 'QUIT', params: ['hub.example.net leaf.example.net'] }
        for (const witness of witnesses(state, session)) if (!witness.split) deliver(witness, line)
      }
    },
    heal() {
      for (const session of state.sessions) {
        if (!session.split) continue
        session.split = false
        for (const room of roomsOf(state, session)) announce(room, session)
      }
    },
    async [Symbol.asyncDispose]() {
      const ended = [...sockets].map(closed)
      for (const socket of sockets) socket.destroy()
      await Promise.all([...ended, close(plain), ...(secure ? [close(secure)] : [])])
    },
  }
}

function serve(state: State, socket: Socket): void {
  const session: Session = {
    socket,
    capabilities: new Set(),
    nick: '',
    user: '',
    realname: '',
    account: undefined,
    password: '',
    negotiating: false,
    registered: false,
    mechanism: undefined,
    bot: false,
    split: false,
    flood: { lines: state.flood?.burst ?? 0, atMs: performance.now() },
  }
  state.sessions.add(session)
  socket.once('close', () => {
    if (state.sessions.has(session)) quit(state, session, 'Connection closed')
  })
  readLines(socket, (text) => {
    if (!state.sessions.has(session)) return
    const line = parseLine(text)
    if (!free.has(line.command) && floods(state, session)) {
      expel(state, session, 'Excess Flood')
      return
    }
    const early = registrationCommands[line.command] ?? (line.command === 'PING' ? messageCommands['PING'] : undefined)
    const late = roomCommands[line.command] ?? messageCommands[line.command]
    if (early) early(state, session, line)
    else if (!session.registered) reply(session, '451', 'You have not registered')
    else if (late) late(state, session, line)
    else reply(session, '421', line.command, 'Unknown command')
  })
}

/** Counts one line against the limit. */
function floods({ flood }: State, session: Session): boolean {
  if (!flood) return false
  const nowMs = performance.now()
  const gained = (nowMs - session.flood.atMs) / flood.everyMs
  session.flood = { lines: Math.min(flood.burst, session.flood.lines + gained) - 1, atMs: nowMs }
  return session.flood.lines < 0
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return (server.address() as AddressInfo).port
}

const close = (server: Server) => new Promise((resolve) => server.close(resolve))
