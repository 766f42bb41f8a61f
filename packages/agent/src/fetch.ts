import { Agent as PlainAgent, request as plain, type IncomingMessage, type RequestOptions } from 'node:http'
import { Agent as SecureAgent, request as secure } from 'node:https'

/** How long a connection that nobody uses is kept: from one question of a conversation to the next. */
const keptMs = 60_000
const bufferBytes = 64 * 1024

/**
 * A `fetch` for asking models: a POST with text for a body, whose answer is read as it comes. It costs half of the
 * built-in one's processor time, which is a tenth of a whole run, and keeps connections longer. Everything else, as
 * well as an answer that sends us elsewhere, and a machine that reaches the world through a proxy of its environment
 * (https://nodejs.org/docs/latest-v24.x/api/http.html#built-in-proxy-support), is left to the built-in one.
 */
export function openFetch(): typeof fetch {
  if (process.env['NODE_USE_ENV_PROXY']) return globalThis.fetch
  const pool = { keepAlive: true, timeout: keptMs }
  const ways = {
    'http:': { agent: new PlainAgent(pool), request: plain },
    'https:': { agent: new SecureAgent(pool), request: secure },
  }

  async function ask(input: string | URL, init: RequestInit & { readonly body: string }): Promise<Response> {
    const url = new URL(input)
    const { agent, request } = ways[url.protocol as keyof typeof ways]
    const send = async (again: boolean): Promise<IncomingMessage> => {
      const headers = { ...defaultHeaders, ...readHeaders(init.headers) }
      const asked = request(url, { method: 'POST', headers, agent, ...(init.signal ? { signal: init.signal } : {}) })
      const heard = Promise.withResolvers<IncomingMessage>()
      asked.once('response', heard.resolve).once('error', heard.reject)
      asked.end(init.body)
      try {
        return await heard.promise
      } catch (error) {
        // The server closed a kept connection just then: https://nodejs.org/docs/latest-v24.x/api/http.html#requestreusedsocket
        const stale = asked.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET'
        if (stale && again && !init.signal?.aborted) return send(false)
        throw error
      }
    }
    try {
      const message = await send(true)
      if (!isElsewhere(message.statusCode)) return new Answer(url, message, init.signal ?? undefined)
      message.destroy()
    } catch (error) {
      init.signal?.throwIfAborted()
      // What the built-in one throws, as libraries look for it.
      throw new TypeError('fetch failed', { cause: error })
    }
    return globalThis.fetch(input, init)
  }

  return (input, init) => {
    const url = input instanceof Request ? undefined : input
    return url !== undefined && isOurs(init) && /^https?:/.test(String(url))
      ? ask(url, init)
      : globalThis.fetch(input, init)
  }
}

const defaultHeaders = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'openclaw' }
const isElsewhere = (status = 0) => status >= 300 && status < 400
const known: ReadonlySet<string> = new Set(['method', 'headers', 'body', 'signal'])

const isOurs = (init: RequestInit = {}): init is RequestInit & { readonly body: string } =>
  init.method === 'POST' && typeof init.body === 'string' && Object.keys(init).every((key) => known.has(key))

function readHeaders(headers: RequestInit['headers']): NonNullable<RequestOptions['headers']> {
  const plain =
    headers instanceof Headers || Array.isArray(headers) ? Object.fromEntries(new Headers(headers)) : headers
  return Object.fromEntries(
    Object.entries(plain ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), value]])),
  )
}

/** A response whose parts are made when they are asked for; what is rare is done by a real one. */
class Answer implements Response {
  readonly ok: boolean
  readonly status: number
  readonly statusText: string
  readonly url: string
  readonly redirected = false
  readonly type = 'basic'
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null
  readonly #fields: IncomingMessage['headers']
  #headers: Headers | undefined
  #whole: Response | undefined

  constructor(url: URL, message: IncomingMessage, signal: AbortSignal | undefined) {
    this.status = message.statusCode ?? 0
    this.statusText = message.statusMessage ?? ''
    this.ok = this.status >= 200 && this.status < 300
    this.url = url.href
    this.#fields = message.headers
    this.body = this.status === 204 || this.status === 205 ? null : bodyOf(message, signal)
    if (!this.body) message.resume()
  }

  get headers(): Headers {
    return (this.#headers ??= new Headers(
      Object.entries(this.#fields).flatMap(([name, value]) =>
        [value ?? []].flat().map((one): [string, string] => [name, one]),
      ),
    ))
  }

  get bodyUsed(): boolean {
    return this.#whole?.bodyUsed ?? this.body?.locked ?? false
  }

  get #real(): Response {
    return (this.#whole ??= new Response(this.body, this))
  }

  text() {
    return this.#real.text()
  }

  json() {
    return this.#real.json()
  }

  bytes() {
    return this.#real.bytes()
  }

  arrayBuffer() {
    return this.#real.arrayBuffer()
  }

  blob() {
    return this.#real.blob()
  }

  formData() {
    return this.#real.formData()
  }

  clone() {
    return this.#real.clone()
  }
}

/** What arrives, as it arrives; the sender waits when nobody reads. */
function bodyOf(message: IncomingMessage, signal: AbortSignal | undefined): ReadableStream<Uint8Array<ArrayBuffer>> {
  let take: (chunk: Buffer<ArrayBuffer>) => void
  let end: () => void
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      start(control) {
        take = (chunk) => {
          control.enqueue(chunk)
          if (control.desiredSize! <= 0) message.pause()
        }
        end = () => control.close()
        message.on('data', take)
        message.once('end', end)
        message.once('error', (error) =>
          control.error(signal?.aborted ? signal.reason : new TypeError('terminated', { cause: error })),
        )
      },
      pull: () => void message.resume(),
      cancel() {
        message.off('data', take).off('end', end)
        message.destroy()
      },
    },
    { highWaterMark: bufferBytes, size: (chunk) => chunk?.byteLength ?? 0 },
  )
}
