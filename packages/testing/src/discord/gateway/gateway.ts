import type { Duplex } from 'node:stream'
import type { IncomingMessage } from 'node:http'
import { randomUUID } from 'node:crypto'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Faults } from '../faults.ts'
import { ChannelType, type GatewayEvent } from '../model.ts'
import type { SessionStarts } from '../rest/application.ts'
import type { World } from '../world.ts'
import { closes } from './closes.ts'
import { faultOfIntents, filterEvent } from './intents.ts'
import { beginSession, type Session } from './session.ts'

/** How the gateway behaves, as far as a test decides it. */
export interface GatewayOptions {
  readonly token: string
  readonly heartbeatMs: number
  readonly contentGranted: boolean
  readonly starts: SessionStarts
  /** A second socket of one token while one lives: only counted, or closed at once. */
  readonly secondSocket: 'count' | 'refuse'
  readonly url: () => string
}

/** The gateway's side of all sockets: https://docs.discord.com/developers/events/gateway */
export interface Gateway {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  tell(event: GatewayEvent): void
  readonly sessions: ReadonlyMap<string, Session>
  /** Authenticated sockets now, and the most there ever were. */
  readonly links: { now: number; most: number }
  readonly counts: { identifies: number; resumes: number; refusedResumes: number }
  /** Closes all sockets with a code; what the code means for their sessions is in `closes`. */
  close(code: number): void
  /** Ends all sockets without a word. */
  cut(): void
  /** Asks all clients to come again (op 7). */
  reconnect(): void
  /** Tells all clients that their session is invalid (op 9). */
  invalidate(resumable: boolean): void
  /** Forgets all sessions, so that none can be resumed. */
  forget(): void
  /** The next resumes fail: with a close code, or with op 9. */
  refuseResumes(times: number, how: number | 'resumable' | 'invalid'): void
  /** The next identifies are closed with this code. */
  refuseIdentifies(times: number, code: number): void
  /** Asks all clients for a heartbeat (op 1), which acknowledges what they have. */
  askHeartbeats(): void
  /** Hears of every event that a client has. */
  onAcknowledged(listen: (event: GatewayEvent) => void): void
  /** Ends everything. */
  stop(): void
}

/** Frames in a minute before a client is cut off: https://docs.discord.com/developers/events/gateway#rate-limiting */
const maxFramesPerMinute = 120

export function openGateway(
  world: World,
  parts: { readonly faults: Faults; readonly step: (name: string) => Promise<void> },
  options: GatewayOptions,
): Gateway {
  const server = new WebSocketServer({ noServer: true })
  const sessions = new Map<string, Session>()
  const live = new Map<WebSocket, Session>()
  const links = { now: 0, most: 0 }
  const counts = { identifies: 0, resumes: 0, refusedResumes: 0 }
  const hearers = new Set<(event: GatewayEvent) => void>()
  const refusedResumes: (number | 'resumable' | 'invalid')[] = []
  const refusedIdentifies: number[] = []

  server.on('connection', (socket: WebSocket, request: IncomingMessage) => void greet(socket, request))

  async function greet(socket: WebSocket, request: IncomingMessage): Promise<void> {
    let frames = 0
    let minute = world.now()
    let silence = setTimeout(() => end(socket, 4009), options.heartbeatMs * 3)
    socket.on('error', () => {})
    socket.on('close', (code) => {
      clearTimeout(silence)
      leave(socket, code)
    })
    socket.on('message', (data: Buffer) => {
      if (world.now() - minute > 60_000) [frames, minute] = [0, world.now()]
      if (++frames > maxFramesPerMinute) return end(socket, 4008)
      const frame = parse(data)
      if (!frame) return end(socket, 4002)
      if (frame.op === 1) silence = renew(silence, () => end(socket, 4009))
      void hear(socket, frame)
    })
    const query = new URL(request.url ?? '/', 'http://gateway').searchParams
    await parts.step('hello')
    if (query.get('v') !== '10') return end(socket, 4012)
    send(socket, { op: 10, d: { heartbeat_interval: options.heartbeatMs, _trace: [] } })
  }

  function renew(timer: NodeJS.Timeout, call: () => void): NodeJS.Timeout {
    clearTimeout(timer)
    return setTimeout(call, options.heartbeatMs * 3)
  }

  async function hear(socket: WebSocket, { op, d }: Frame): Promise<void> {
    const session = live.get(socket)
    if (op === 1) {
      await parts.step('heartbeat')
      if (typeof d === 'number' && session) acknowledge(session, d)
      return send(socket, { op: 11 })
    }
    if (op === 2 || op === 6) {
      if (session) return end(socket, 4005)
      await parts.step(op === 2 ? 'identify' : 'resume')
      return op === 2 ? identify(socket, record(d)) : resume(socket, record(d))
    }
    // Presence, voice, member requests and soundboards are understood and have no effect here.
    if (![3, 4, 8, 31].includes(op)) return end(socket, 4001)
    if (!session) end(socket, 4003)
  }

  function identify(socket: WebSocket, d: Record<string, unknown>): void {
    counts.identifies++
    const [shard, of] = Array.isArray(d.shard) ? (d.shard as number[]) : [0, 1]
    const refused = refusedIdentifies.shift()
    if (refused !== undefined) return end(socket, refused)
    if (d.token !== options.token) return end(socket, 4004)
    if (!(shard! >= 0 && shard! < of!)) return end(socket, 4010)
    const fault = faultOfIntents(d.intents, options.contentGranted)
    if (fault !== undefined) return end(socket, fault)
    if (live.size > 0 && options.secondSocket === 'refuse') return end(socket, 4000)
    if (options.starts.remaining <= 0) return send(socket, { op: 9, d: false })
    options.starts.remaining--
    const id = randomUUID().replaceAll('-', '')
    const outlet = { send: (frame: object) => send(socket, frame) }
    const session = beginSession(parts, { id, intents: d.intents as number, outlet })
    sessions.set(id, session)
    enter(socket, session)
    const { guild, application } = world
    session.tell({
      t: 'READY',
      d: {
        v: 10,
        user: world.bot,
        guilds: [{ id: guild.id, unavailable: true }],
        session_id: id,
        resume_gateway_url: options.url(),
        shard: [shard, of],
        application: { id: application.id, flags: application.flags },
        private_channels: [],
      },
    })
    tellTo(session, { t: 'GUILD_CREATE', d: guildData() })
  }

  function guildData() {
    const inGuild = [...world.channels.values()].filter(({ guild_id: id }) => id === world.guild.id)
    const isThread = ({ type }: { type: number }) => type === ChannelType.publicThread
    return {
      ...world.guild,
      guild_id: world.guild.id,
      channels: inGuild.filter((channel) => !isThread(channel)).map(({ guild_id: _, ...channel }) => channel),
      threads: inGuild.filter(isThread),
      members: [],
      member_count: world.people.size + 1,
    }
  }

  function resume(socket: WebSocket, d: Record<string, unknown>): void {
    counts.resumes++
    if (d.token !== options.token) return end(socket, 4004)
    const refused = refusedResumes.shift()
    if (refused !== undefined) {
      counts.refusedResumes++
      if (typeof refused === 'number') return end(socket, refused)
      if (refused === 'invalid') sessions.delete(String(d.session_id))
      return send(socket, { op: 9, d: refused === 'resumable' })
    }
    const session = sessions.get(String(d.session_id))
    if (!session) return send(socket, { op: 9, d: false })
    const seq = Number(d.seq)
    if (!(seq >= 0 && seq <= session.seq)) return end(socket, 4007)
    for (const [former, of] of live) if (of === session) end(former, 4000)
    enter(socket, session)
    acknowledge(session, seq)
    session.resume({ send: (frame: object) => send(socket, frame) }, seq)
  }

  function acknowledge(session: Session, seq: number): void {
    for (const event of session.acknowledge(seq)) for (const hear of hearers) hear(event)
  }

  function enter(socket: WebSocket, session: Session): void {
    live.set(socket, session)
    links.now = live.size
    links.most = Math.max(links.most, links.now)
  }

  function leave(socket: WebSocket, code: number): void {
    const session = live.get(socket)
    if (!session) return
    live.delete(socket)
    links.now = live.size
    session.detach()
    // A client that says goodbye in the ordinary way gives its session up.
    const given = code === 1000 || code === 1001 || closes[code]?.resumable === false
    if (given) sessions.delete(session.id)
  }

  function end(socket: WebSocket, code: number): void {
    leave(socket, code === 1001 ? 4000 : code)
    socket.close(code, closes[code]?.reason)
  }

  function tellTo(session: Session, event: GatewayEvent): void {
    const filtered = filterEvent(event, session.intents, world.bot.id)
    if (filtered) session.tell(filtered)
  }

  return {
    sessions,
    links,
    counts,
    upgrade: (request, socket, head) =>
      server.handleUpgrade(request, socket, head, (made) => server.emit('connection', made, request)),
    tell(event) {
      for (const session of sessions.values()) tellTo(session, event)
    },
    close(code) {
      for (const socket of live.keys()) end(socket, code)
    },
    cut() {
      for (const socket of live.keys()) socket.terminate()
    },
    reconnect() {
      for (const socket of live.keys()) send(socket, { op: 7, d: null })
    },
    invalidate(resumable) {
      for (const [socket, session] of live) {
        if (!resumable) sessions.delete(session.id)
        // Until it resumes, the socket is as one that did not identify.
        live.delete(socket)
        links.now = live.size
        session.detach()
        send(socket, { op: 9, d: resumable })
      }
    },
    forget: () => sessions.clear(),
    refuseResumes: (times, how) => void refusedResumes.push(...Array.from({ length: times }, () => how)),
    refuseIdentifies: (times, code) => void refusedIdentifies.push(...Array.from({ length: times }, () => code)),
    askHeartbeats() {
      for (const socket of live.keys()) send(socket, { op: 1, d: null })
    },
    onAcknowledged: (listen) => void hearers.add(listen),
    stop() {
      for (const socket of live.keys()) leave(socket, 1001)
      for (const socket of server.clients) socket.terminate()
      server.close()
    },
  }
}

interface Frame {
  readonly op: number
  readonly d: unknown
}

function parse(data: Buffer): Frame | undefined {
  try {
    const { op, d } = record(JSON.parse(data.toString()))
    return typeof op === 'number' ? { op, d } : undefined
  } catch {
    return undefined
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function send(socket: WebSocket, frame: object): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame))
}
