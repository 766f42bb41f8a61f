import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Fault } from '../channel/counterpart.ts'
import type { Faults } from './faults.ts'
import type { Files } from './files.ts'
import type { Methods } from './methods/method.ts'
import { refuse, toRefusal } from './refusal.ts'
import { readParams } from './request.ts'
import type { Steps } from '../channel/steps.ts'
import { isSend, stepOf } from './steps.ts'

/** The HTTP side of the Bot API, on loopback. */
export interface Server extends AsyncDisposable {
  /** What a library takes as its `apiRoot`. */
  readonly url: string
  links(): { readonly now: number; readonly most: number }
  /** Ends the polls, or the next one when there is none. */
  cut(kind: Extract<Fault, { kind: 'disconnect' | 'halfClose' }>['kind']): void
}

const path = /^\/(?:(file)\/)?bot([^/]*)\/(?:test\/)?(.+)$/

/** Serves `methods` to who has the token. Faults that befall the wire are done here. */
export async function serve(parts: {
  token: string
  methods: Methods
  files: Files
  faults: Faults
  steps: Steps
}): Promise<Server> {
  const { token, methods, files, faults, steps } = parts
  const polls = new Set<ServerResponse>()
  let most = 0

  function cutOne(response: ServerResponse, how: 'disconnect' | 'halfClose') {
    if (how === 'disconnect') response.socket?.destroy()
    else response.socket?.end()
  }

  /** One call of a method: its result, or the refusal that it met. */
  async function call(name: string, request: IncomingMessage, url: URL, gone: AbortSignal): Promise<unknown> {
    const params = await readParams(request, url)
    const limit = isSend(name) ? faults.take('limit') : undefined
    if (limit) {
      const retry_after = Math.ceil(limit.retryAfterMs / 1000)
      throw refuse(429, `Too Many Requests: retry after ${retry_after}`, { retry_after })
    }
    if (isSend(name) && faults.take('error')) throw refuse(502, 'Bad Gateway')
    const method = Object.entries(methods).find(([known]) => known.toLowerCase() === name.toLowerCase())?.[1]
    if (!method) throw refuse(404, 'Not Found: method not found')
    return method(params, gone)
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://telegram')
    const [, file, given, name = ''] = path.exec(url.pathname) ?? []
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    // What arrives in a black hole is never answered, and nobody hangs up.
    if (faults.blackhole) return
    try {
      // A token without the form of one is not even looked for.
      if (!/^\d+:[\w-]+$/.test(given ?? '')) throw refuse(404, 'Not Found')
      if (given !== token) throw refuse(401, 'Unauthorized')
      if (file) return sendFile(response, decodeURIComponent(name))
      const step = stepOf(name)
      await steps.reach(step)
      const result = await call(name, request, url, gone.signal)
      await steps.reach(`${step} answered`)
      if (isSend(name) && faults.take('loseAnswer')) return void response.socket?.destroy()
      await reply(response, 200, { ok: true, result })
    } catch (thrown) {
      const { status, description, parameters } = toRefusal(thrown) ?? {
        status: 500,
        description: `Internal Server Error: ${String(thrown)}`,
        parameters: undefined,
      }
      await reply(response, status, {
        ok: false,
        error_code: status,
        description,
        ...(parameters ? { parameters } : {}),
      })
    }
  }

  async function reply(response: ServerResponse, status: number, body: object): Promise<void> {
    if (faults.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, faults.delayMs))
    if (faults.blackhole || response.destroyed) return
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }

  function sendFile(response: ServerResponse, name: string): void {
    const stored = files.find(name)
    if (!stored) throw refuse(404, 'Not Found')
    response.writeHead(200, { 'content-type': stored.mime, 'content-length': stored.file_size }).end(stored.bytes)
  }

  const http = createServer((request, response) => {
    if (/\/getUpdates$/i.test(request.url?.split('?')[0] ?? '')) {
      polls.add(response)
      most = Math.max(most, polls.size)
      response.on('close', () => polls.delete(response))
      const due = faults.take('disconnect') ?? faults.take('halfClose')
      if (due) return cutOne(response, due.kind)
    }
    void answer(request, response)
  })
  // A library keeps its connections; a slow test is no reason to close them.
  http.keepAliveTimeout = 60_000
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    links: () => ({ now: polls.size, most }),
    cut(kind) {
      if (polls.size === 0) return
      faults.take(kind)
      for (const response of polls) cutOne(response, kind)
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => http.close(() => resolve()))
      http.closeAllConnections()
      await closed
    },
  }
}
