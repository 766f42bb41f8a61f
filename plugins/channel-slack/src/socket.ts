import { SocketModeReceiver, type App, type Receiver } from '@slack/bolt'
import { failure, toFailure, type Account } from '@openclaw/sdk'
import type { Api } from './api.ts'
import { explain } from './failure.ts'
import type { Patience } from './patience.ts'
import { settle } from './settle.ts'

/** Why Slack ends a socket (https://docs.slack.dev/apis/events-api/using-socket-mode#disconnect). */
type Ending = 'warning' | 'refresh_requested' | 'link_disabled' | 'too_many_websockets'

/** How long Slack may take to answer a closing handshake. */
const closeMs = 1000
const renewals: readonly (string | undefined)[] = ['warning', 'refresh_requested'] satisfies Ending[]

export interface SocketParts {
  readonly account: Pick<Account, 'clock' | 'log' | 'report' | 'signal'>
  readonly api: Api
  readonly appToken: string
  /** Never more connections than this. */
  readonly sockets: number
  readonly patience: Patience
  /** A connection was renewed; something may have been said in between. */
  renewed(): void
}

/**
 * Socket Mode for Bolt: its own receivers, one for each connection, with the acknowledgement held until an event is
 * durable. Slack would like a new connection before the old one closes; the configured number wins, so the old one
 * closes first, and Slack gives again what was not acknowledged.
 */
export function socketReceiver(parts: SocketParts): Receiver {
  const closing = new AbortController()
  const signal = AbortSignal.any([parts.account.signal, closing.signal])
  const all: Socket[] = []
  let app: App | undefined
  return {
    init(made) {
      app = made
    },
    async start() {
      for (let count = 0; count < parts.sockets; count++) {
        const socket = openSocket(parts, () => app!, signal)
        all.push(socket)
        await socket.start()
      }
    },
    async stop() {
      closing.abort(failure('aborted', `${parts.api.name}: the link was closed`))
      await Promise.all(all.map((socket) => socket.stop()))
    },
  }
}

interface Socket {
  start(): Promise<void>
  stop(): Promise<void>
}

function openSocket(parts: SocketParts, app: () => App, signal: AbortSignal): Socket {
  const { account, api, patience, appToken } = parts
  const { fetch = globalThis.fetch } = api.options
  const { client } = new SocketModeReceiver({
    appToken,
    logger: api.logger,
    clientPingTimeout: patience.pongMs,
    serverPingTimeout: patience.pingMs,
    // Whether and when to connect again is the gateway's to decide.
    autoReconnectEnabled: false,
    installerOptions: {
      clientOptions: {
        ...api.options,
        // The library cannot be stopped while it asks for an address: it would connect afterwards.
        fetch: (url, init) =>
          fetch(url, { ...init, signal: AbortSignal.any([signal, ...(init?.signal ? [init.signal] : [])]) }),
      },
    },
  })
  let up = false
  let ending: string | undefined
  let starting: Promise<unknown> = Promise.resolve()

  async function start(): Promise<void> {
    const over = new AbortController()
    signal.throwIfAborted()
    ending = undefined
    starting = client.start()
    try {
      await Promise.race([starting, patienceEnds(over.signal)])
    } catch (error) {
      await close()
      signal.throwIfAborted()
      throw error === undefined ? broken('Slack closed the connection before it began', ending) : refused(error)
    } finally {
      over.abort()
    }
    up = true
  }

  async function patienceEnds(over: AbortSignal): Promise<never> {
    await account.clock.sleep(patience.answerMs, AbortSignal.any([signal, over]))
    throw broken('Slack did not welcome the connection in time')
  }

  function refused(error: unknown) {
    const { code, message, ...rest } = explain(error, `${api.name}: opening a socket`)
    const where =
      'https://api.slack.com/apps → your app → Basic Information → App-Level Tokens, with the scope connections:write'
    return code === 'unauthorized' || code === 'forbidden'
      ? failure(code, `${api.name}: opening a socket: \`appToken\` was refused; make a new one at ${where}`)
      : failure(code, message, rest)
  }

  const broken = (what: string, reason?: string) =>
    failure('unavailable', `${api.name}: ${what}${reason ? ` (${reason})` : ''}`)

  function ended() {
    if (!up || signal.aborted) return
    up = false
    if (renewals.includes(ending)) void renew()
    else if (ending === 'link_disabled')
      account.report(
        'offline',
        'Socket Mode was switched off; switch it on at https://api.slack.com/apps → your app → Socket Mode',
        true,
      )
    else account.report('offline', `the connection to Slack broke${ending ? ` (${ending})` : ''}`)
  }

  async function renew() {
    try {
      await start()
      parts.renewed()
    } catch (error) {
      if (!signal.aborted) account.report('offline', toFailure(error).message)
    }
  }

  /** Closes politely, so that Slack has let go of it before another begins; after a moment without an answer, by force. */
  async function close() {
    const closed = client.disconnect()
    using _late = account.clock.after(closeMs, () => void client.disconnect())
    await closed
  }

  const [read] = client.listeners('ws_message') as ((data: unknown, binary: boolean) => Promise<void>)[]
  async function hear(data: unknown, binary: boolean) {
    ending = endingOf(data) ?? ending
    await read?.call(client, data, binary)
  }
  // The library throws at what it does not expect, where nobody would catch it.
  client.removeAllListeners('ws_message')
  client.on('ws_message', (data: unknown, binary: boolean) => {
    hear(data, binary).catch((error: unknown) =>
      account.log.warn(`${api.name}: Slack said something that is not understood`, { error: String(error) }),
    )
  })
  client.on('disconnected', ended)
  client.on('slack_event', (event: { body: Record<string, unknown>; retry_num?: number; ack: Acknowledge }) => {
    const { body, retry_num: retryNum, ack } = event
    settle(app(), { body, ...(retryNum === undefined ? {} : { retryNum }) }).then(
      // When the connection is gone by now, Slack gives it again, and it is known by its name.
      (answer) => ack(answer as object | undefined).catch(() => {}),
      (error: unknown) => {
        if (!signal.aborted)
          account.log.warn(`${api.name}: an event was not taken; Slack gives it again`, {
            error: toFailure(error).message,
          })
      },
    )
  })

  return {
    start,
    async stop() {
      up = false
      await close()
      // It may have been between asking for an address and connecting.
      await starting.catch(() => {})
      await close()
    },
  }
}

type Acknowledge = (response?: object) => Promise<void>

/** The reason that a `disconnect` message gives. */
function endingOf(data: unknown): string | undefined {
  if (typeof data !== 'string' || !data.includes('"disconnect"')) return undefined
  const { type, reason } = JSON.parse(data) as { type?: unknown; reason?: unknown }
  return type === 'disconnect' && typeof reason === 'string' ? reason : undefined
}
