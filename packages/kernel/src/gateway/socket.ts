import { inbox, type Transport } from '@openclaw/client'
import {
  errorFrame,
  failure,
  frameKind,
  methods,
  protocolVersion,
  rpcNumbers,
  type FrameId,
  type MethodParams,
  type RequestFrame,
} from '@openclaw/protocol'
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Auth } from './auth.ts'
import { hello, serve, type Connection, type Greeting } from './connection.ts'
import type { Dispatch } from './dispatch.ts'
import type { Told } from './events.ts'
import type { Asked } from './request.ts'
import type { Silent } from './silent.ts'

/** What a stranger may send before they are known, and anybody in one frame. */
export const strangerBytes = 64 * 1024
export const maxFrameBytes = 4 * 1024 * 1024
/** From here on pieces of streams are left out, and nothing more is read from this client. */
const slowBytes = 4 * 1024 * 1024
const tooSlowBytes = 16 * 1024 * 1024
/** How long an ended socket has to take its last answer. */
const lastAnswerMs = 200
/** How long the other side has to answer our close. */
const closeMs = 500

/** A client on a WebSocket. */
export interface SocketConnection extends Connection {
  tell(told: Told): void
  /** Asks whether the other side is still there; ends the socket when it was not since the last time. */
  beat(): void
  close(code: number, reason: string): void
}

export interface SocketOptions {
  readonly dispatch: Dispatch
  readonly auth: () => Auth
  readonly greeting: Greeting
  readonly silent: Silent
  readonly now: () => number
  readonly after: (ms: number, call: () => void) => Disposable
  readonly onOpen: (connection: SocketConnection) => void
  readonly onClose: (connection: SocketConnection) => void
}

/**
 * One socket: its first frame must be `connect`, within the time and bytes of a stranger; then it is served. Close codes
 * (https://www.rfc-editor.org/rfc/rfc6455#section-7.4): 1003 binary, 1008 refused, 1009 too large, 1012 gateway stops.
 */
export function serveSocket(ws: WebSocket, socket: Socket, asked: Asked, options: SocketOptions): void {
  const { silent, dispatch } = options
  const box = inbox()
  let connection: SocketConnection | undefined
  let greeted = false
  let early: string[] = []

  const refuse = (id: FrameId | null, thrown: unknown, number?: number) => {
    const frame = errorFrame(id, thrown, number)
    ws.send(JSON.stringify(frame))
    ws.close(1008, frame.error!.data!.code)
  }
  let seen = 0
  const count = (bytes: Buffer) => {
    seen += bytes.length
    if (seen > strangerBytes + 1024) closeNow(1009, 'too large before connect')
  }
  const closeNow = (code: number, reason: string) => {
    if (ws.readyState !== ws.OPEN) return
    ws.close(code, reason)
    // Whoever does not read does not answer a close either.
    options.after(closeMs, () => ws.terminate())
    if (connection) options.onClose(connection)
  }

  async function greet(text: string): Promise<void> {
    const { id, params } = readConnect(text)
    try {
      await dispatch.check('connect', methods.connect, params)
      const { protocol = protocolVersion, auth } = params as MethodParams<'connect'>
      if (protocol !== protocolVersion)
        throw failure(
          'unsupported',
          `connect: this gateway speaks protocol ${protocolVersion}, not ${protocol}; update the older of the two`,
        )
      const { fresh, ...identity } = await options.auth().identify(asked, auth)
      if (ws.readyState !== ws.OPEN) return
      silent.release(socket)
      socket.off('data', count)
      ws.send(JSON.stringify({ jsonrpc: '2.0', id, result: hello(options.greeting, identity, fresh) }))
      connection = open(identity)
    } catch (thrown) {
      refuse(id, thrown)
    }
  }

  function open(identity: Connection['identity']): SocketConnection {
    const together = corked(socket)
    const served = serve(transportOf(ws, together, box), identity, {
      dispatch,
      now: options.now,
      onEnd: (reason) => void options.after(lastAnswerMs, () => closeNow(1008, reason)),
    })
    let alive = true
    let written = 0
    ws.on('pong', () => (alive = true))
    const opened: SocketConnection = {
      ...served,
      tell({ frame, droppable }) {
        const buffered = ws.bufferedAmount
        if (buffered > tooSlowBytes) return closeNow(1008, 'slow consumer')
        if (droppable && buffered > slowBytes) return
        together()
        ws.send(frame, { binary: false })
      },
      beat() {
        const moved = socket.bytesWritten !== written || ws.bufferedAmount === 0
        written = socket.bytesWritten
        // A paused client cannot answer; it lives as long as it takes what we send.
        if (!alive && !(ws.isPaused && moved)) return ws.terminate()
        alive = false
        ws.ping()
      },
      close: closeNow,
    }
    options.onOpen(opened)
    for (const text of early) box.arrive(text)
    early = []
    return opened
  }

  socket.on('data', count)
  silent.farewell(socket, () => ws.close(1008, 'no connect in time'))
  ws.on('message', (data: Buffer, binary) => {
    if (binary) return ws.close(1003, 'binary frames are not taken')
    if (!connection && data.length > strangerBytes) return closeNow(1009, 'too large before connect')
    const text = data.toString('utf8')
    if (connection) return box.arrive(text)
    if (greeted) return void early.push(text)
    greeted = true
    greet(text).catch((thrown: unknown) => refuse(null, thrown, (thrown as { number?: number }).number))
  })
  ws.on('error', () => {})
  ws.on('close', () => {
    box.end()
    if (connection) options.onClose(connection)
  })
}

/** Reads the first frame; throws for anything but a `connect` request. */
function readConnect(text: string): { id: FrameId; params: unknown } {
  let frame: unknown
  try {
    frame = JSON.parse(text)
  } catch {
    throw Object.assign(failure('invalid_params', 'the frame is not JSON; send one JSON-RPC 2.0 object per frame'), {
      number: rpcNumbers.parse,
    })
  }
  if (frameKind(frame) !== 'request' || (frame as RequestFrame).method !== 'connect') {
    throw Object.assign(failure('unauthorized', 'the first frame must be a `connect` request'), {
      number: rpcNumbers.request,
    })
  }
  const { id, params = {} } = frame as RequestFrame
  return { id, params }
}

/** What one turn of the event loop has to say goes out in one write: a run's end alone is three frames. */
function corked(socket: Socket): () => void {
  let held = false
  return () => {
    if (held) return
    held = true
    socket.cork()
    setImmediate(() => {
      held = false
      socket.uncork()
    })
  }
}

/** Frames over a WebSocket. While the client is slow to take answers, nothing more is read from it. */
function transportOf(ws: WebSocket, together: () => void, { onMessage, onClose }: ReturnType<typeof inbox>): Transport {
  const resume = () => {
    if (ws.isPaused && ws.bufferedAmount <= slowBytes) ws.resume()
  }
  return {
    onMessage,
    onClose,
    send(text) {
      if (ws.readyState !== ws.OPEN) return
      together()
      if (ws.bufferedAmount + text.length <= slowBytes) return ws.send(text)
      ws.send(text, resume)
      if (!ws.isPaused && ws.bufferedAmount > slowBytes) ws.pause()
    },
    close: () => ws.close(1000),
  }
}
