import type { Transport } from '@openclaw/client'
import { failure, type Config, type MethodName, type MethodParams, type MethodResult } from '@openclaw/protocol'
import type { Caller, Log } from '@openclaw/sdk'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { WebSocketServer } from 'ws'
import type { Platform } from '../platform.ts'
import { openAttempts } from './attempts.ts'
import { openAuth, type Auth } from './auth.ts'
import { hello, serve, type Greeting } from './connection.ts'
import { openDispatch, type Dispatch, type Served } from './dispatch.ts'
import { maySeeEvent, type Events } from './events.ts'
import { refusedUpgrade } from './headers.ts'
import { openHosts, type Hosts } from './hosts.ts'
import { asked, openHttp, type Page } from './http.ts'
import { openLinks } from './links.ts'
import { bindHost, listen, openServer, urlOf } from './listen.ts'
import { openProxy } from './proxy.ts'
import type { Asked } from './request.ts'
import type { Identity } from './rights.ts'
import { openGatewaySecrets } from './secrets.ts'
import { openSilent } from './silent.ts'
import { maxFrameBytes, serveSocket, type SocketConnection } from './socket.ts'
import type { Tokens } from './tokens.ts'
import type { Webhook } from './webhook.ts'

/** Everything the gateway does not answer itself: it serves `connect` and `events.since`. */
export type GatewayHandlers = {
  readonly [M in Exclude<MethodName, 'connect' | 'events.since'>]: (
    params: MethodParams<M>,
    caller: Caller,
  ) => MethodResult<M> | Promise<MethodResult<M>>
}

export interface GatewayOptions {
  /** The folder of all state. */
  readonly home: string
  readonly version: string
  readonly platform: Platform
  /** The `gateway` section of the configuration. */
  readonly config: NonNullable<Config['gateway']>
  readonly tokens: Tokens
  readonly events: Events
  readonly handlers: GatewayHandlers
  readonly log: Log
  /** What `/readyz` says. */
  readonly ready: () => { readonly ready: boolean; readonly reason?: string | undefined }
  /** The session a principal talks in when it names none. */
  readonly sessionOf: (who: Pick<Identity, 'principal' | 'role'>) => string
  readonly maySee: (who: Pick<Identity, 'principal' | 'role'>, session: string) => boolean
  /** Rows that plugins serve. */
  readonly method?: (name: string) => Served | undefined
  /** What a plugin serves under `/<id>/`. */
  readonly page?: (id: string) => Page | undefined
  readonly webhook?: (channel: string, account: string) => Webhook | undefined
  /** A plugin's way to tell who calls. */
  readonly authenticate?: (asked: Asked) => Promise<{ readonly principal: string } | undefined>
  /** Where `/` leads, e.g. `/control-ui/`. */
  readonly front?: string
  /** False: nobody can reach it from outside; only `attach` and `call` work. */
  readonly listen?: boolean
  readonly maxWebhookBytes?: number
}

/** The running control plane. */
export interface Gateway extends AsyncDisposable {
  /** How people reach it, e.g. `http://127.0.0.1:18789/`; sockets under the same address. */
  readonly address: URL
  /** Clients that are connected and known. */
  readonly connected: number
  /** A fresh one-time link to the control page. */
  link(): MethodResult<'links.create'>
  /** Serves a client in this process; `connect` says who it is. */
  attach(transport: Transport, identity: Identity): void
  /** Calls a method from inside, with the same checks as from outside. */
  call(name: string, params: unknown, caller: Caller): Promise<unknown>
  /** Takes over auth, origins and hosts; true when the rest (address, TLS) needs a restart. Who came in by an old rule must come in again. */
  configure(config: NonNullable<Config['gateway']>): boolean
}

const beatMs = 30_000

/** Opens the gateway: http and sockets on one port. Throws `invalid_config` and `conflict` with what to do. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { platform, tokens, events, log, maySee } = options
  const { clock } = platform
  let { config } = options
  const links = openLinks(platform)
  const silent = openSilent(clock)
  const secrets = openGatewaySecrets({ home: options.home, files: platform.files })
  const greeting: Greeting = {
    version: options.version,
    epoch: events.epoch,
    maxFrameBytes,
    sessionOf: options.sessionOf,
  }
  const connections = new Set<SocketConnection>()
  const host = bindHost(config, config.auth?.mode ?? 'token')
  let auth = openRules(config)
  let hosts: Hosts

  function openRules({ auth: { mode = 'token', rateLimit, proxy } = {} }: typeof config): Auth {
    return openAuth({
      mode,
      tokens,
      links,
      secrets,
      attempts: openAttempts(clock, rateLimit),
      proxy: proxy && openProxy(proxy, secrets),
      now: () => clock.now(),
      ask: options.authenticate,
      warn: (text, fields) => log.warn(text, fields),
    })
  }
  const openNames = (port: number): Hosts =>
    openHosts({
      port,
      tls: config.tls !== undefined,
      hosts: [...(config.hosts ?? []), ...(config.bind === 'custom' && config.host ? [config.host] : [])],
      origins: config.origins ?? [],
    })

  const dispatch: Dispatch = openDispatch({
    handlers: {
      ...options.handlers,
      'events.since': (params: MethodParams<'events.since'>, caller) => {
        if (params.session !== undefined && !maySee(caller, params.session))
          throw failure('not_found', 'events.since: there is no such session that you may see')
        return events.since(params, (told) => maySeeEvent(told, caller, maySee))
      },
    },
    plugin: options.method,
  })

  const socketOptions = {
    dispatch,
    auth: () => auth,
    greeting,
    silent,
    now: () => clock.now(),
    after: clock.after.bind(clock),
    onOpen: (connection: SocketConnection) => {
      connections.add(connection)
      beating ??= clock.after(beatMs, beat)
    },
    onClose: (connection: SocketConnection) => void connections.delete(connection),
  }
  let beating: Disposable | undefined
  function beat(): void {
    beating = undefined
    const now = clock.now()
    for (const connection of connections) {
      const { expiresAt } = connection.identity
      if (expiresAt !== undefined && expiresAt <= now) connection.end('the token expired')
      else connection.beat()
    }
    if (connections.size > 0) beating = clock.after(beatMs, beat)
  }

  const hearing = events.listen((told) => {
    for (const connection of connections) if (maySeeEvent(told, connection.identity, maySee)) connection.tell(told)
  })
  const ending = tokens.onEnded((id) => {
    for (const connection of connections) if (connection.identity.token === id) connection.end('the token was revoked')
  })

  let sockets: Promise<WebSocketServer> | undefined
  async function upgrade(incoming: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    socket.on('error', () => {})
    const from = asked(incoming)
    const refused = auth.refuse(from) ?? hosts.refuseHost(from) ?? hosts.refuseOrigin(from)
    if (refused || incoming.url?.split('?')[0] !== '/') {
      const [status, why] = refused
        ? ([403, failure('forbidden', refused)] as const)
        : ([404, failure('not_found', 'sockets are at /')] as const)
      socket.end(refusedUpgrade(status, why))
      return
    }
    sockets ??= import('ws').then(
      (ws) =>
        new ws.WebSocketServer({
          noServer: true,
          clientTracking: false,
          perMessageDeflate: false,
          maxPayload: maxFrameBytes,
        }),
    )
    const server = await sockets
    if (!socket.destroyed)
      server.handleUpgrade(incoming, socket, head, (ws) => serveSocket(ws, socket, from, socketOptions))
  }

  const answer = openHttp({
    auth: () => auth,
    hosts: () => hosts,
    ready: options.ready,
    page: (id) => options.page?.(id),
    webhook: (channel, account) => options.webhook?.(channel, account),
    maxWebhookBytes: options.maxWebhookBytes ?? 1024 * 1024,
    front: options.front,
    known: (incoming) => silent.release(incoming.socket),
    log,
  })
  const server =
    options.listen === false ? undefined : await openServer(answer, { tls: config.tls, files: platform.files, silent })
  const open = new Set<Socket>()
  server?.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  server?.on(
    'upgrade',
    (incoming, socket: Socket, head) => void upgrade(incoming, socket, head).catch(() => socket.destroy()),
  )
  const bound = server ? await listen(server, config.port ?? 18789, host) : { address: '127.0.0.1', port: 0 }
  const address = urlOf(bound, config.tls !== undefined)
  hosts = openNames(bound.port)

  return {
    address,
    get connected() {
      return connections.size
    },
    link() {
      const { code, expiresAt } = links.create()
      return { url: `${new URL(options.front ?? '/', address).href}#link=${code}`, expiresAt }
    },
    attach(transport, identity) {
      const { wire } = serve(transport, identity, {
        dispatch,
        now: () => clock.now(),
        greet: () => hello(greeting, identity),
      })
      const telling = events.listen((told) => {
        if (maySeeEvent(told, identity, maySee)) void transport.send(told.frame.toString())
      })
      void wire.closed.then(() => telling[Symbol.dispose]())
    },
    async call(name, params, caller) {
      const served = dispatch.find(name)
      if (!served) throw failure('not_found', `there is no method "${name}"`)
      return dispatch.call(name, served, params, caller)
    },
    configure(next) {
      const restart = ['port', 'bind', 'host', 'tls'].some(
        (key) => JSON.stringify(next[key as 'port']) !== JSON.stringify(config[key as 'port']),
      )
      const changed = JSON.stringify(next.auth) !== JSON.stringify(config.auth)
      // The address is still the old one: what may not be reached from outside stays as it was until the restart.
      if (changed) bindHost({ ...config, auth: next.auth ?? {} }, next.auth?.mode ?? 'token')
      config = { ...next, ...pick(config) }
      hosts = openNames(bound.port)
      if (!changed) return restart
      auth = openRules(next)
      for (const connection of connections)
        if (!connection.identity.token) connection.close(1008, 'the rules of who may come in have changed')
      return restart
    },
    async [Symbol.asyncDispose]() {
      hearing[Symbol.dispose]()
      ending[Symbol.dispose]()
      beating?.[Symbol.dispose]()
      for (const connection of connections) connection.close(1012, 'the gateway stops')
      if (!server) return
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      const late = clock.after(1000, () => {
        for (const socket of open) socket.destroy()
      })
      await closed
      late[Symbol.dispose]()
    },
  }
}

/** What an open gateway cannot change. */
function pick({ port, bind, host, tls }: NonNullable<Config['gateway']>) {
  return {
    ...(port === undefined ? {} : { port }),
    ...(bind ? { bind } : {}),
    ...(host === undefined ? {} : { host }),
    ...(tls ? { tls } : {}),
  }
}
