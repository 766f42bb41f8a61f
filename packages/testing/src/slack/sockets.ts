import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type RawData, type WebSocket } from 'ws'
import type { Steps } from './faults.ts'
import type { DisconnectReason } from './options.ts'
import type { Carrier } from './pushes.ts'
import { self } from './workspace.ts'

/** Socket Mode (https://docs.slack.dev/apis/events-api/using-socket-mode): tickets, sockets, envelopes and their acknowledgements. */
export interface Sockets extends Carrier, Disposable {
  /** A ticket for one socket, as `apps.connections.open` gives it. */
  ticket(): string
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  disconnect(reason: DisconnectReason): void
  links(): { readonly now: number; readonly most: number }
  readonly refused: number
  /** Resolves after so many pings more. */
  pinged(count: number): Promise<void>
}

/** How long a socket stays after its end was announced. */
const graceMs = 1000

export function openSockets(parts: { allowed: number; pingMs: number; steps: Steps }): Sockets {
  const { allowed, pingMs, steps } = parts
  const server = new WebSocketServer({ noServer: true })
  const tickets = new Set<string>()
  const live = new Set<WebSocket>()
  const newcomers = new Set<() => void>()
  const awaitPings = new Set<{ left: number; done(): void }>()
  const waiting = new Map<string, (answer: unknown) => void>()
  const timers = new Set<NodeJS.Timeout>()
  let most = 0
  let refused = 0
  let turn = 0

  const open = () => [...live].filter((socket) => socket.readyState === socket.OPEN)
  const say = (socket: WebSocket, words: object) => socket.send(JSON.stringify(words))
  const bye = (reason: string) => ({ type: 'disconnect', reason, debug_info: { host: 'applink-1' } })

  function welcome(socket: WebSocket) {
    const now = open().length + 1
    most = Math.max(most, now)
    if (now > allowed) {
      refused++
      say(socket, bye('too_many_websockets'))
      return socket.close()
    }
    live.add(socket)
    // One for each envelope on its way.
    socket.setMaxListeners(0)
    socket.on('close', () => void live.delete(socket))
    socket.on('message', (data) => void hear(data))
    socket.on('ping', () => {
      for (const one of awaitPings) if (--one.left === 0 && awaitPings.delete(one)) one.done()
    })
    const pings = setInterval(() => socket.ping('ping'), pingMs)
    socket.on('close', () => clearInterval(pings))
    say(socket, {
      type: 'hello',
      num_connections: now,
      debug_info: { host: 'applink-1', build_number: 1, approximate_connection_time: 18060 },
      connection_info: { app_id: self.app },
    })
    for (const tell of newcomers) tell()
  }

  async function hear(data: RawData) {
    const { envelope_id: id, payload } = JSON.parse((data as Buffer).toString()) as {
      envelope_id: string
      payload?: unknown
    }
    await steps.reach('ack')
    waiting.get(id)?.(payload)
  }

  /** A socket to give the next envelope to: Slack takes them in turn. Waits for one where there is none. */
  async function next(signal: AbortSignal): Promise<WebSocket> {
    for (;;) {
      signal.throwIfAborted()
      const [...sockets] = open()
      if (sockets.length > 0) return sockets[turn++ % sockets.length]!
      await new Promise<void>((resolve) => {
        const go = () => {
          newcomers.delete(go)
          signal.removeEventListener('abort', go)
          resolve()
        }
        newcomers.add(go)
        signal.addEventListener('abort', go)
      })
    }
  }

  return {
    get refused() {
      return refused
    },
    pinged: (left) => new Promise((done) => awaitPings.add({ left, done })),
    links: () => ({ now: open().length, most }),
    ticket() {
      const ticket = randomUUID()
      tickets.add(ticket)
      return ticket
    },
    upgrade(request, socket, head) {
      const ticket = new URL(request.url ?? '/', 'http://localhost').searchParams.get('ticket') ?? ''
      if (!tickets.delete(ticket)) return void socket.end('HTTP/1.1 408 Request Timeout\r\n\r\n')
      server.handleUpgrade(request, socket, head, welcome)
    },
    disconnect(reason) {
      for (const socket of open()) {
        say(socket, bye(reason))
        const timer = setTimeout(() => socket.close(), graceMs).unref()
        timers.add(timer)
        socket.on('close', () => clearTimeout(timer))
      }
    },
    async carry({ id: pushId, kind, payload }, { number, reason }, withinMs, signal) {
      for (let resent = 0; ; resent++) {
        const socket = await next(signal)
        const id = `${pushId}-${number}-${resent}-${randomUUID().slice(0, 8)}`
        const { promise, resolve, reject } = Promise.withResolvers<{ answer: unknown } | 'closed'>()
        const late = () => reject(new Error('timeout'))
        const closed = () => resolve('closed')
        const timer = setTimeout(late, withinMs)
        waiting.set(id, (answer) => resolve({ answer }))
        socket.on('close', closed)
        signal.addEventListener('abort', late)
        say(socket, {
          envelope_id: id,
          type: kind,
          payload,
          accepts_response_payload: kind !== 'events_api',
          ...(kind === 'events_api'
            ? { retry_attempt: number + resent, retry_reason: resent ? 'timeout' : reason }
            : {}),
        })
        try {
          const outcome = await promise
          if (outcome !== 'closed') return outcome.answer
        } finally {
          clearTimeout(timer)
          waiting.delete(id)
          socket.off('close', closed)
          signal.removeEventListener('abort', late)
        }
      }
    },
    [Symbol.dispose]() {
      for (const timer of timers) clearTimeout(timer)
      for (const socket of server.clients) socket.terminate()
      server.close()
    },
  }
}
