import { failure, type ErrorCode } from '@openclaw/sdk'

export interface Download {
  /** Sent to trusted hosts only: they hold the platform's token. */
  readonly headers?: Readonly<Record<string, string>>
  /** Hosts with their port if it is not 443, or `*.example.com` for all below one. */
  readonly trusted?: readonly string[]
  readonly signal?: AbortSignal
  /** No limit when absent. */
  readonly maxBytes?: number
  /** May refuse what calls itself a success, by throwing: a login page, say. */
  readonly check?: (response: Response) => void
}

/** https://fetch.spec.whatwg.org/#redirect-status */
const redirects: readonly number[] = [301, 302, 303, 307, 308]
const mostRedirects = 5

/**
 * Streams a file of a platform. Redirects are followed by hand: the headers go to trusted hosts over https only, or over
 * http on this machine, and to none again once another host was asked. Other schemes are refused, and so is a redirect
 * from elsewhere to this machine. A failure names the host, never the path, in which some platforms put the token.
 */
export async function download(
  fetch: typeof globalThis.fetch,
  url: string | URL,
  { headers = {}, trusted = [], signal, maxBytes, check }: Download,
): Promise<ReadableStream<Uint8Array>> {
  let at = placeOf(url)
  let among = true
  for (let hop = 0; hop <= mostRedirects; hop++) {
    among &&= isTrusted(at, trusted)
    const response = await ask(fetch, at, among ? headers : {}, signal)
    if (!redirects.includes(response.status)) return bodyOf(response, at, maxBytes, check)
    // Whoever else reads a copy of it may let this wait.
    void response.body?.cancel().catch(() => {})
    const next = placeOf(response.headers.get('location') ?? '', at)
    if (isLocal(next) && !isLocal(at))
      throw failure(
        'forbidden',
        `downloading from ${at.host}: it sends us to ${next.host} on this machine; not followed`,
      )
    at = next
  }
  throw failure(
    'unavailable',
    `downloading from ${at.host}: more than ${mostRedirects} redirects; ask for the file again`,
  )
}

function placeOf(url: string | URL, base?: URL): URL {
  const parsed = URL.parse(String(url), base?.href)
  const from = base ? `redirected by ${base.host}` : 'asked to download a file'
  if (!parsed) throw failure('invalid_params', `${from}: what it names is no address`)
  if (parsed.protocol === 'https:' || (parsed.protocol === 'http:' && isLocal(parsed))) return parsed
  throw failure('forbidden', `${from}: ${parsed.protocol}//${parsed.host} is not https; use an address that is`)
}

function isLocal({ hostname }: URL): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  )
}

function isTrusted({ host }: URL, trusted: readonly string[]): boolean {
  return trusted.some((one) => (one.startsWith('*.') ? host.endsWith(one.slice(1)) : host === one))
}

async function ask(
  fetch: typeof globalThis.fetch,
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<Response> {
  try {
    return await fetch(url, { headers, redirect: 'manual', ...(signal ? { signal } : {}) })
  } catch {
    // The reason is not handed on: it may quote the address.
    if (signal?.aborted) throw failure('aborted', `downloading from ${url.host} was stopped`)
    throw failure('unavailable', `downloading from ${url.host}: it cannot be reached; check the network`)
  }
}

async function bodyOf(
  response: Response,
  { host }: URL,
  maxBytes: number | undefined,
  check: ((response: Response) => void) | undefined,
): Promise<ReadableStream<Uint8Array>> {
  const body = response.body ?? new Blob([]).stream()
  try {
    if (!response.ok) throw refusal(response, host)
    check?.(response)
    if (maxBytes === undefined) return body
    if (Number(response.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
    return limited(body, maxBytes)
  } catch (thrown) {
    void body.cancel().catch(() => {})
    throw thrown
  }
}

const codes: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  410: 'not_found',
}

function refusal({ status, headers }: Response, host: string): Error {
  const said = `downloading from ${host}: it answered ${status}`
  if (status === 429) {
    const seconds = Number(headers.get('retry-after') ?? 1)
    return failure('rate_limited', `${said}; try again later`, { retryAfterMs: (seconds > 0 ? seconds : 1) * 1000 })
  }
  if (status >= 500 || status === 408) return failure('unavailable', `${said}; try again later`)
  return failure(codes[status] ?? 'invalid_params', `${said}; ask the sender to send the file again`)
}

/** Passes a stream on and fails with `invalid_params` when it brings more than so many bytes. The source is cancelled. */
export function limited(stream: ReadableStream<Uint8Array>, maxBytes: number): ReadableStream<Uint8Array> {
  let bytes = 0
  return stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.byteLength
        if (bytes > maxBytes) throw tooLarge(maxBytes)
        controller.enqueue(chunk)
      },
    }),
  )
}

function tooLarge(maxBytes: number): Error {
  return failure('invalid_params', `the file is larger than ${maxBytes} bytes; send a smaller one`)
}
