import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  failure,
  type EventName,
  type EventPayload,
  type MethodName,
  type MethodParams,
  type MethodResult,
  type WireLine,
} from '@openclaw/protocol'
import { inbox, link, type Transport, type Wire } from '@openclaw/client'
import type { Static } from 'typebox'
import { type WebSocket, WebSocketServer } from 'ws'
import { servePage } from '../src/page.ts'

export type JournalLine = Static<typeof WireLine>
export type SessionInfo = MethodResult<'sessions.get'>
type Answers = { [M in MethodName]?: (params: MethodParams<M>) => MethodResult<M> | Promise<MethodResult<M>> }

export const ownSession = 'agent:main:local:default:owner'

/** A gateway that says what a test tells it to, over the real protocol: for states and texts that a real one would not give at will. */
export interface ScriptedGateway extends AsyncDisposable {
  readonly url: string
  readonly answers: Answers
  readonly journals: Map<string, JournalLine[]>
  readonly infos: Map<string, Partial<SessionInfo>>
  readonly calls: { readonly method: string; readonly params: unknown }[]
  /** A one-time link to the page. */
  link(): string
  emit<E extends EventName>(event: E, payload: EventPayload<E>, session?: string): void
  /** Makes a line durable: it is in the history, and everybody is told. */
  add(session: string, kind: string, body: unknown, more?: Partial<JournalLine>): JournalLine
  /** Adds a line without telling. */
  put(session: string, kind: string, body: unknown, more?: Partial<JournalLine>): JournalLine
  /** Breaks all connections; while `away`, nobody gets in. */
  breakOff(away?: boolean): void
  comeBack(): void
}

/** Starts one on a free port of loopback. */
export async function startScriptedGateway(): Promise<ScriptedGateway> {
  const epoch = randomBytes(6).toString('hex')
  const journals = new Map<string, JournalLine[]>()
  const infos = new Map<string, Partial<SessionInfo>>()
  const calls: { method: string; params: unknown }[] = []
  const links = new Set<string>()
  const tokens = new Set<string>()
  const sent = new Map<string, MethodResult<'chat.send'>>()
  const wires = new Map<WebSocket, Wire>()
  const sequences = new Map<string | undefined, number>()
  const past: { event: string; epoch: string; seq: number; session?: string; payload: unknown }[] = []
  let away = false
  let clock = Date.parse('2026-11-23T09:00:00Z')
  const http = createServer((request, response) => {
    void servePage(
      new Request(`http://${request.headers.host}${request.url}`, { method: request.method ?? 'GET' }),
    ).then(async (page) => {
      response.writeHead(page.status, Object.fromEntries(page.headers))
      response.end(Buffer.from(await page.arrayBuffer()))
    })
  })
  const sockets = new WebSocketServer({ server: http })

  function put(session: string, kind: string, body: unknown, more: Partial<JournalLine> = {}): JournalLine {
    const lines = journals.get(session) ?? []
    journals.set(session, lines)
    clock += 20_000
    const line = {
      v: 1,
      id: `${session.slice(-6)}-${lines.length + 1}`,
      seq: lines.length + 1,
      at: clock,
      kind,
      body,
      ...more,
    }
    lines.push(line)
    return line
  }
  function emit(event: string, payload: unknown, session?: string): void {
    const seq = (sequences.get(session) ?? 0) + 1
    sequences.set(session, seq)
    const envelope = { epoch, seq, ...(session ? { session } : {}), payload }
    past.push({ event, ...envelope })
    for (const wire of wires.values()) void wire.notify(event, envelope)
  }
  function add(session: string, kind: string, body: unknown, more: Partial<JournalLine> = {}): JournalLine {
    const line = put(session, kind, body, more)
    emit('session.line', { line }, session)
    return line
  }
  function info(key: string): SessionInfo {
    const lines = journals.get(key) ?? []
    const first = lines.find((line) => line.kind === 'user')?.body as { text?: string } | undefined
    return {
      key,
      agent: 'main',
      channel: 'local',
      account: 'default',
      title: first?.text?.slice(0, 60) ?? '',
      createdAt: lines[0]?.at ?? clock,
      updatedAt: lines.at(-1)?.at ?? clock,
      lines: lines.length,
      bytes: 1000,
      damaged: 0,
      running: false,
      settings: {},
      usage: { input: 0, cached: 0, output: 0 },
      file: 'x.jsonl',
      ...infos.get(key),
    }
  }

  const answers: Answers = {
    'chat.history'({ session, before = Infinity, after = 0, limit = 200 }) {
      const all = (journals.get(session) ?? []).filter((line) => line.seq < before && line.seq > after)
      const lines = after > 0 ? all.slice(0, limit) : all.slice(-limit)
      return { lines, more: lines.length < all.length, running: [] }
    },
    'chat.send'({ session = ownSession, message, attachments, idempotencyKey }) {
      const known = sent.get(idempotencyKey)
      if (known) return { ...known, repeated: true }
      const files = attachments?.map(({ name, mime, data }) => ({
        ref: `media:${name}`,
        name,
        mime,
        sizeBytes: Buffer.from(data, 'base64').length,
      }))
      const line = add(
        session,
        'user',
        { text: message, ...(files ? { attachments: files } : {}) },
        { origin: { channel: 'local', account: 'default', peer: { kind: 'direct', id: 'owner' } } },
      )
      const result = { run: `run-${line.id}`, session, line: line.id, repeated: false }
      sent.set(idempotencyKey, result)
      return result
    },
    'chat.abort': () => ({ aborted: [] }),
    'sessions.list': ({ search = '', limit = 50 }) => {
      const all = [...new Set([...journals.keys(), ...infos.keys()])]
        .map(info)
        .filter((one) => one.title.toLowerCase().includes(search.toLowerCase()))
        .toSorted((a, b) => b.updatedAt - a.updatedAt)
      return { sessions: all.slice(0, limit), total: all.length }
    },
    'sessions.get'({ session }) {
      if (!journals.has(session) && !infos.has(session)) throw failure('not_found', 'there is no such session')
      return info(session)
    },
    'sessions.patch'({ session, ...changes }) {
      const settings = Object.fromEntries(
        Object.entries({ ...info(session).settings, ...changes }).filter(([, value]) => value !== null),
      )
      infos.set(session, {
        ...infos.get(session),
        settings,
        ...(typeof settings['title'] === 'string' ? { title: settings['title'] } : {}),
      })
      return info(session)
    },
    'sessions.reset'({ session }) {
      add(session, 'checkpoint', {
        reason: 'reset',
        settings: {},
        notes: [],
        orders: [],
        totals: { lines: 1, usage: { input: 0, cached: 0, output: 0 } },
      })
      return info(session)
    },
    'sessions.delete'({ session }) {
      journals.delete(session)
      infos.delete(session)
      emit('sessions.changed', { key: session, deleted: true }, session)
      return { ok: true }
    },
    'models.list': () => ({
      current: 'openai/gpt-5',
      models: [{ id: 'openai/gpt-5' }, { id: 'openai/gpt-5-mini' }],
      offers: [],
      problems: [],
    }),
    'approvals.list': () => ({ approvals: [] }),
    'pairing.list': () => ({ requests: [] }),
    'events.since': ({ session, seq }) => ({
      events: past.filter((one) => one.session === session && one.seq > seq),
      complete: true,
    }),
    health: () => ({ ready: true, version: '0.1.0', pid: 1, uptimeMs: 1, address: '' }),
  }

  sockets.on('connection', (socket) => {
    if (away) return socket.terminate()
    const { onMessage, onClose, arrive, end } = inbox()
    const transport: Transport = { onMessage, onClose, send: (text) => socket.send(text), close: () => socket.close() }
    socket.on('message', (data: Buffer) => arrive(data.toString()))
    socket.on('close', () => {
      wires.delete(socket)
      end()
    })
    link(transport, {
      handlers: (method) => async (params) => {
        calls.push({ method, params })
        if (method !== 'connect') return answer(method as MethodName, params)
        const { auth = {} } = params as MethodParams<'connect'>
        const token = auth.link !== undefined && links.delete(auth.link) ? randomBytes(8).toString('hex') : undefined
        if (token) tokens.add(token)
        if (!token && !tokens.has(auth.token ?? ''))
          throw failure('unauthorized', 'no valid credential was sent; `openclaw open` makes a fresh link')
        wires.set(socket, notifier(transport))
        return {
          protocol: 1,
          version: '0.1.0',
          epoch,
          principal: 'owner',
          role: 'owner',
          rights: ['read', 'write', 'admin', 'pairing'],
          session: ownSession,
          maxFrameBytes: 16_000_000,
          ...(token ? { token } : {}),
        }
      },
    })
  })
  function answer(method: MethodName, params: unknown): unknown {
    const act = answers[method] as ((params: unknown) => unknown) | undefined
    if (!act) throw failure('not_found', `there is no method "${method}"`)
    return act(params)
  }
  function notifier(transport: Transport): Wire {
    return {
      notify: (method: string, params: unknown) => transport.send(JSON.stringify({ jsonrpc: '2.0', method, params })),
    } as Wire
  }

  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/control-ui/`
  return {
    url,
    answers,
    journals,
    infos,
    calls,
    emit,
    add,
    put,
    link() {
      const code = randomBytes(16).toString('base64url')
      links.add(code)
      return `${url}#link=${code}`
    },
    breakOff(stay = false) {
      away = stay
      for (const socket of sockets.clients) socket.terminate()
    },
    comeBack: () => void (away = false),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}
