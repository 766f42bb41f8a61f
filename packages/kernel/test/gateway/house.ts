import { methods, type Config, type MethodName } from '@openclaw/protocol'
import type { Caller, Log } from '@openclaw/sdk'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket, type ClientOptions } from 'ws'
import { openEvents } from '../../src/gateway/events.ts'
import { openGateway, type GatewayHandlers, type GatewayOptions } from '../../src/gateway/gateway.ts'
import { openTokens } from '../../src/gateway/tokens.ts'
import { maySee, ownSession } from '../../src/methods/caller.ts'
import { realPlatform } from '../../src/platform/real.ts'

/** What the log was told. */
export interface Logged {
  readonly level: string
  readonly text: string
  readonly fields: object | undefined
}

/** Handlers for every row: each answers with the name that was called and who called it. */
export function echoes(): GatewayHandlers {
  const names = (Object.keys(methods) as MethodName[]).filter((name) => name !== 'connect' && name !== 'events.since')
  return Object.fromEntries(
    names.map((name) => [name, (params: unknown, { principal, role }: Caller) => ({ name, principal, role, params })]),
  ) as unknown as GatewayHandlers
}

/** A real gateway on a free port with a home of its own, over echoing handlers. */
export async function openHouse(config: NonNullable<Config['gateway']> = {}, more: Partial<GatewayOptions> = {}) {
  const home = await mkdtemp(join(tmpdir(), 'openclaw-gateway-'))
  const platform = more.platform ?? realPlatform()
  const logged: Logged[] = []
  const write = (level: string) => (text: string, fields?: object) => void logged.push({ level, text, fields })
  const log: Log = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
  const tokens = more.tokens ?? (await openTokens({ home, platform }))
  const events = openEvents({ random: platform.random })
  const gateway = await openGateway({
    home,
    version: '1.2.3',
    platform,
    config: { port: 0, ...config },
    tokens,
    events,
    handlers: echoes(),
    log,
    ready: () => ({ ready: true }),
    sessionOf: (who) => ownSession('main', who.principal),
    maySee,
    ...more,
  })
  const local = (await readFile(join(home, 'credentials', 'local.token'), 'utf8')).trim()
  const url = gateway.address.href
  return {
    home,
    gateway,
    tokens,
    events,
    logged,
    local,
    url,
    port: Number(gateway.address.port),
    /** A socket that has said nothing yet. */
    socket: (options: ClientOptions & { at?: string } = {}) =>
      new Talk(options.at ?? url.replace(/^http/, 'ws'), options),
    /** A socket that is connected, as this machine's owner unless told otherwise. */
    async connect(auth: object | undefined = { token: local }, options: ClientOptions = {}) {
      const talk = new Talk(url.replace(/^http/, 'ws'), options)
      await talk.ask('connect', { kind: 'control', client, ...(auth ? { auth } : {}) })
      return talk
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]()
      await tokens[Symbol.asyncDispose]()
      await rm(home, { recursive: true, force: true })
    },
  }
}

export const client = { name: 'test', version: '1' }

export interface Answer {
  readonly id?: number | string | null
  readonly method?: string
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: {
    readonly code: number
    readonly message: string
    readonly data?: {
      readonly code: string
      readonly problems?: { path: string; message: string; suggestion?: string }[]
      readonly retryAfterMs?: number
    }
  }
}

/** A client that speaks the bare protocol, so that it can also speak it wrongly. */
export class Talk {
  readonly ws: WebSocket
  readonly heard: Answer[] = []
  readonly opened: Promise<void>
  readonly closed: Promise<{ code: number; reason: string }>
  /** The HTTP status with which the upgrade was refused. */
  readonly refused: Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }>
  #waiting: { take: (answer: Answer) => boolean; give: (answer: Answer) => void }[] = []
  #id = 0

  constructor(url: string, options: ClientOptions) {
    this.ws = new WebSocket(url, options)
    this.ws.on('error', () => {})
    this.opened = new Promise((resolve) => this.ws.once('open', () => resolve()))
    this.closed = new Promise((resolve) =>
      this.ws.once('close', (code, reason) => resolve({ code, reason: reason.toString() })),
    )
    this.refused = new Promise((resolve) =>
      this.ws.once('unexpected-response', (_, response) => {
        let body = ''
        response.on('data', (part) => (body += part))
        response.on('end', () => {
          resolve({ status: response.statusCode!, body, headers: response.headers })
          this.ws.terminate()
        })
      }),
    )
    this.ws.on('message', (data) => {
      const answer = JSON.parse((data as Buffer).toString()) as Answer
      const at = this.#waiting.findIndex(({ take }) => take(answer))
      if (at === -1) this.heard.push(answer)
      else this.#waiting.splice(at, 1)[0]!.give(answer)
    })
  }

  /** The next frame that fits, also one that came already. */
  next(take: (answer: Answer) => boolean = () => true): Promise<Answer> {
    const at = this.heard.findIndex(take)
    if (at !== -1) return Promise.resolve(this.heard.splice(at, 1)[0]!)
    return new Promise((give) => this.#waiting.push({ take, give }))
  }

  /** Sends any text and gives the next frame. */
  async say(text: string | Buffer): Promise<Answer> {
    await this.opened
    this.ws.send(text)
    return this.next()
  }

  async request(method: string, params?: unknown): Promise<Answer> {
    await this.opened
    const id = ++this.#id
    this.ws.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }))
    return this.next((answer) => answer.id === id)
  }

  /** The result; throws with the error. */
  async ask<R = Record<string, unknown>>(method: string, params?: unknown): Promise<R> {
    const { result, error } = await this.request(method, params)
    if (error) throw Object.assign(new Error(error.message), error.data)
    return result as R
  }

  close(): void {
    this.ws.terminate()
  }
}
