import { randomBytes } from 'node:crypto'
import { failure, type Account } from '@openclaw/sdk'
import { Client, type Message } from 'irc-framework'
import { foldOf, type Fold } from './casemapping.ts'
import type { Mask } from './lines.ts'
import type { Settings } from './settings.ts'
import type { Timing } from './timing.ts'
import { explain } from './trouble.ts'

/** One connection to a server, from the first byte to the last. */
export interface Wire {
  readonly client: Client
  /** `irc/<account>`, with which every message for a person begins. */
  readonly name: string
  /** Name of this connection: different from every other one, also of earlier processes. */
  readonly id: string
  /** Resolves, when it is over, with why: a sentence for a person. */
  readonly closed: Promise<string>
  /** It is closed, or about to be. */
  readonly over: boolean
  /** By the server's own case mapping. */
  readonly fold: Fold
  /** Who we are, as far as the server showed it. */
  readonly mask: Mask
  readonly isOurs: (nick: string) => boolean
  /** Every line of the server, before anything else is done with it. */
  onLine(listen: (message: Message) => void): Disposable
  /** Writes one line. Throws `unavailable` once the connection is over. */
  write(line: string): void
  /** Says goodbye, waits a moment for the server to close, and closes. Repeatable. */
  close(): Promise<void>
  /** Closes at once, because of `why`. */
  cut(why: string): void
}

/**
 * Opens a connection; nothing is awaited. A PING of the server is answered only after `stored` resolved: the PONG is the
 * one receipt that IRC knows, and here it says that everything before it is kept.
 */
export function openWire(account: Account, settings: Settings, timing: Timing, stored: () => Promise<void>): Wire {
  const { clock, log } = account
  const name = `irc/${account.id}`
  const client = clientOf(settings)
  const id = `${clock.now().toString(36)}-${randomBytes(4).toString('hex')}`
  const listeners = new Set<(message: Message) => void>()
  const { promise: closed, resolve } = Promise.withResolvers<string>()
  let farewell: string | undefined
  let over = false
  let closing: Promise<void> | undefined
  let user: string | undefined
  let host: string | undefined
  let unnamed = 0

  client.on('socket close', (error) => {
    over = true
    resolve(farewell ?? explain(error || undefined, settings))
  })
  // Lines are short and come in pairs; the second must not wait for the first one to be acknowledged.
  client.on('raw socket connected', (socket) => void socket.setNoDelay(true))
  client.on('user updated', ({ nick, new_ident, new_hostname }) => {
    if (isOurs(nick) && new_hostname) [user, host] = [new_ident, new_hostname]
  })
  client.raw_middleware.use((command, message, _line, _client, next) => {
    try {
      if (command === 'ERROR') farewell ??= explain(message.params.at(-1) ?? '', settings)
      if (command === 'PRIVMSG') message.tags['msgid'] ||= `${id}.${++unnamed}`
      if (message.hostname && isOurs(message.nick)) [user, host] = [message.ident, message.hostname]
      // RPL_HOSTHIDDEN: from now on the server shows another host of ours (https://modern.ircdocs.horse/#rplhosthidden-396).
      if (command === '396') host = message.params[1]?.split('@').at(-1)
      for (const listen of listeners) listen(message)
      if (command === 'PING') void stored().then(() => wire.pong(message.params.at(-1) ?? ''))
      else next()
    } catch (error) {
      // A server may say anything; what cannot be understood must not end the process.
      log.warn(`${name}: a line of the server made no sense`, { command: command.slice(0, 20), error: String(error) })
    }
  })

  const isOurs = (nick: string) => wire.fold(nick) === wire.fold(client.user.nick)
  const wire = {
    client,
    name,
    id,
    closed,
    isOurs,
    get over() {
      return over || closing !== undefined
    },
    get fold() {
      return foldOf(client.network.options.CASEMAPPING)
    },
    get mask() {
      return { nick: client.user.nick, ...(user ? { user } : {}), ...(host ? { host } : {}) }
    },
    onLine(listen: (message: Message) => void) {
      listeners.add(listen)
      return { [Symbol.dispose]: () => void listeners.delete(listen) }
    },
    write(line: string) {
      if (wire.over || !client.connection.connected)
        throw failure('unavailable', `${name}: the connection to ${settings.host} is over; it will be opened again`)
      client.connection.write(line)
    },
    pong(token: string) {
      if (!wire.over) client.connection.write(`PONG :${token}`)
    },
    close: () => (closing ??= leave()),
    cut(why: string) {
      farewell ??= why
      client.connection.end(undefined, true)
    },
  }

  async function leave(): Promise<void> {
    if (over) return
    const waited = new AbortController()
    client.connection.end('QUIT :Good bye')
    await Promise.race([closed, clock.sleep(timing.quitMs, waited.signal).catch(() => {})])
    waited.abort()
    client.connection.end(undefined, true)
    await closed
  }

  client.connect()
  return wire
}

function clientOf(settings: Settings): Client {
  const { host, port, tls, nick, username, realname, sasl, certificate, serverPassword } = settings
  return new Client({
    host,
    port,
    tls,
    rejectUnauthorized: true,
    nick,
    username,
    gecos: realname,
    // An empty account keeps the library from using the server's password as the account's.
    account: sasl ?? {},
    sasl_mechanism: certificate ? 'EXTERNAL' : 'PLAIN',
    ...(certificate ? { client_certificate: certificate } : {}),
    ...(serverPassword === undefined ? {} : { password: serverPassword }),
    // Without a version the library answers no CTCP: replies to requests are how clients are made to flood.
    version: '',
    // Reconnecting and looking whether the link is alive are done outside, on the account's clock.
    auto_reconnect: false,
    ping_interval: 0,
    ping_timeout: 0,
    enable_chghost: true,
  })
}
