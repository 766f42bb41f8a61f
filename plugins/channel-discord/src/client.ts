import { Client, CloseCodes, SimpleShardingStrategy } from 'discord.js'
import type { GatewayDispatchPayload, SessionInfo, WebSocketOptions } from 'discord.js'
import type { DiscordAccount } from './config.ts'
import { restOptions } from './rest.ts'

/** What discord.js asks and tells about its one socket. */
export interface SocketEvents {
  /** The session to resume, or null for a new one. Asked before it connects, with each event and with each heartbeat. */
  session(): SessionInfo | null | Promise<SessionInfo | null>
  /** A session began, or null: it is over. */
  keepSession(session: SessionInfo | null): void
  hello(): void
  /** Logged in or resumed. */
  up(): void
  closed(code: number): void
  dispatch(event: GatewayDispatchPayload): void
  /** What it says of its own doings. */
  debug(message: string): void
}

type Manager = Parameters<NonNullable<WebSocketOptions['buildStrategy']>>[0]

const patience = { handshakeTimeout: 10_000, helloTimeout: 20_000 }

/** A client of discord.js with one socket, whose session and events are ours. */
export function makeClient(account: DiscordAccount, intents: number, events: SocketEvents): Client {
  return new Client({
    intents,
    shards: [0],
    shardCount: 1,
    rest: restOptions(account),
    ws: { buildStrategy: (manager) => makeStrategy(manager, events) },
  })
}

function makeStrategy(manager: Manager, events: SocketEvents): SimpleShardingStrategy {
  const options = {
    ...manager.options,
    ...patience,
    retrieveSessionInfo: () => events.session(),
    updateSessionInfo: (_shard: number, session: SessionInfo | null) => events.keepSession(session),
  }
  // The client would keep what it hears in caches, and in a queue for as long as a session was only resumed. We need
  // neither, so that events come to us in its place.
  const relay: Manager = Object.create(manager, {
    options: { value: options },
    emit: { value: (event: string, payload: Payload) => tell(events, event, payload) },
  })
  const strategy = new SimpleShardingStrategy(relay)
  const destroy = strategy.destroy.bind(strategy)
  // With the ordinary code Discord would forget the session: https://docs.discord.com/developers/events/gateway#disconnecting
  strategy.destroy = (how) => destroy({ ...how, code: CloseCodes.Resuming })
  return strategy
}

interface Payload {
  readonly code?: number
  readonly message?: string
  readonly data?: GatewayDispatchPayload
}

function tell(events: SocketEvents, event: string, { code, message, data }: Payload): boolean {
  if (event === 'hello') events.hello()
  else if (event === 'ready' || event === 'resumed') events.up()
  else if (event === 'closed') events.closed(code ?? 1006)
  else if (event === 'debug') events.debug(message ?? '')
  else if (event === 'dispatch' && data) events.dispatch(data)
  return true
}
