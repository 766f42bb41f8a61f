import { Agent, request as askPlainly, type IncomingMessage, type RequestOptions } from 'node:http'

/** How long a connection that nobody uses is kept: from one question to the next, and less than servers keep theirs. */
const keptMs = 30_000
const bufferBytes = 64 * 1024

/** A question: a POST with text for a body, and nothing else that would have to be heeded. */
type Question = Pick<RequestInit, 'method' | 'headers' | 'signal' | 'redirect'> & { readonly body: string }

/**
 * A `fetch` for programs that ask an API again and again: vendors of models, chat platforms. A POST with text costs
 * about half of the built-in one's processor time, which is a tenth of a whole run, and connections are kept for longer.
 * Nothing is asked twice: when a connection breaks, what was asked may have been done.
 * Everything else, as well as an answer that sends us elsewhere, and a machine that reaches the world through a proxy of
 * its environment (https://nodejs.org/docs/latest-v24.x/api/http.html#built-in-proxy-support), is left to the built-in.
 */
export function openFetch(): typeof fetch {
  if (process.env['NODE_USE_ENV_PROXY']) return globalThis.fetch
  const pool = { keepAlive: true, timeout: keptMs }
  const plain = { agent: new Agent(pool), request: askPlainly }
  let secure: Promise<typeof plain> | undefined
  const openSecure = async () => {
    const { Agent, request } = await import('node:https')
    return { agent: new Agent(pool), request }
  }

  async function ask(url: URL, question: Question): Promise<Response> {
    const { agent, request } = url.protocol === 'http:' ? plain : await (secure ??= openSecure())
    const signal = question.signal ?? undefined
    const headers = { ...defaultHeaders, ...readHeaders(question.headers) }
    try {
      const message = await new Promise<IncomingMessage>((resolve, reject) =>
        request(url, { method: 'POST', headers, agent, ...(signal ? { signal } : {}) })
          .once('response', resolve)
          .once('error', reject)
          .end(question.body),
      )
      if (!isElsewhere(message.statusCode)) return new Answer(url, message, signal)
      message.destroy()
      if (question.redirect === 'error') throw new Error(`${url.host} sends us elsewhere`)
    } catch (error) {
      signal?.throwIfAborted()
      // What the built-in one throws, as libraries look for it.
      throw new TypeError('fetch failed', { cause: error })
    }
    return globalThis.fetch(url, question)
  }

  return (input, init) => {
    const url = input instanceof Request ? undefined : URL.parse(String(input))
    return url && /^https?:$/.test(url.protocol) && isQuestion(init) ? ask(url, init) : globalThis.fetch(input, init)
  }
}

const defaultHeaders = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'openclaw' }
const isElsewhere = (status = 0) => status >= 300 && status < 400
/** `duplex` means nothing to a text. */
const heeded: ReadonlySet<string> = new Set(['method', 'headers', 'body', 'signal', 'redirect', 'duplex'])

function isQuestion(init: RequestInit = {}): init is Question {
  if (init.method !== 'POST' || typeof init.body !== 'string' || init.redirect === 'manual') return false
  return Object.entries(init).every(([key, value]) => value === undefined || heeded.has(key))
}

function readHeaders(headers: RequestInit['headers']): NonNullable<RequestOptions['headers']> {
  const fields =
    headers instanceof Headers || Array.isArray(headers) ? new Headers(headers) : Object.entries(headers ?? {})
  const read: Record<string, string> = {}
  for (const [name, value] of fields) if (value !== undefined) read[name.toLowerCase()] = value
  return read
}

/** The one of this process, as the built-in one is. */
export const lightFetch = openFetch()

/** Lets go of connections whose answers nobody looked into. */
const unread = new FinalizationRegistry<IncomingMessage>((message) => message.destroy())
const withoutBody: ReadonlySet<number> = new Set([204, 205])

/** A response whose parts are made when they are asked for; what is rare is done by a real one. */
class Answer implements Response {
  readonly ok: boolean
  readonly status: number
  readonly statusText: string
  readonly url: string
  readonly redirected = false
  readonly type = 'basic'
  readonly #message: IncomingMessage
  readonly #signal: AbortSignal | undefined
  #headers: Headers | undefined
  #body: Response['body'] | undefined
  #gathered = false
  #whole: Response | undefined

  constructor(url: URL, message: IncomingMessage, signal: AbortSignal | undefined) {
    this.status = message.statusCode ?? 0
    this.statusText = message.statusMessage ?? ''
    this.ok = this.status >= 200 && this.status < 300
    this.url = url.href
    this.#message = message
    this.#signal = signal
    if (withoutBody.has(this.status)) {
      this.#body = null
      message.resume()
    } else unread.register(this, message, this)
  }

  get headers(): Headers {
    if (this.#headers) return this.#headers
    const headers = new Headers()
    for (const [name, value] of Object.entries(this.#message.headers))
      for (const one of [value ?? []].flat()) headers.append(name, one)
    return (this.#headers = headers)
  }

  get body(): Response['body'] {
    if (this.#body !== undefined) return this.#body
    unread.unregister(this)
    return (this.#body = bodyOf(this.#message, this.#signal))
  }

  get bodyUsed(): boolean {
    return this.#gathered || (this.#whole?.bodyUsed ?? this.#body?.locked ?? false)
  }

  async text(): Promise<string> {
    // Most answers are read whole, for which no stream has to be made.
    return this.#body === undefined ? new TextDecoder().decode(await this.#gather()) : this.#real.text()
  }

  async json(): Promise<unknown> {
    return JSON.parse(await this.text())
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

  get #real(): Response {
    return (this.#whole ??= new Response(this.body, this))
  }

  #gather(): Promise<Buffer> {
    if (this.#gathered) throw new TypeError('Body is unusable: Body has already been read')
    this.#gathered = true
    unread.unregister(this)
    const message = this.#message
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = []
      message.on('data', (chunk: Buffer) => chunks.push(chunk))
      message.once('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
      message.once('error', (error) => reject(brokenOff(error, this.#signal)))
    })
  }
}

const brokenOff = (error: Error, signal: AbortSignal | undefined): unknown =>
  signal?.aborted ? signal.reason : new TypeError('terminated', { cause: error })

/** What arrives, as it arrives; the sender waits when nobody reads. */
function bodyOf(message: IncomingMessage, signal: AbortSignal | undefined): NonNullable<Response['body']> {
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
        message.once('error', (error) => control.error(brokenOff(error, signal)))
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
