import type { IncomingMessage } from 'node:http'
import { isIP, type LookupFunction } from 'node:net'
import { Readable } from 'node:stream'
import { failure, toFailure } from '@openclaw/protocol'
import type { FetchOptions, GuardedFetch } from '../tool.ts'
import { isPublic } from './addresses.ts'
import { readBody } from './body.ts'
import type { ScopeClock } from './scope.ts'

const mostRedirects = 5
/** https://fetch.spec.whatwg.org/#redirect-status */
const redirects: readonly (number | undefined)[] = [301, 302, 303, 307, 308]
/** What another origin may learn of the request. */
const harmless: readonly string[] = ['accept', 'accept-language', 'user-agent']

/** Addresses of a name. */
export type Resolve = (name: string) => Promise<readonly string[]>

/**
 * Makes the one function that reads untrusted addresses; see {@link GuardedFetch}. A name is resolved once for each
 * hop, and the connection goes to the addresses that were checked, so that a second answer of its name server changes
 * nothing. Names are resolved as the system does, its hosts file included, when `resolve` is absent.
 */
export function guardFetch({ clock, resolve = ask }: { clock: ScopeClock; resolve?: Resolve }): GuardedFetch {
  return async (address, options = {}) => {
    const { timeoutMs = 30_000, maxBytes = 10_000_000, allowPrivate = [] } = options
    const end = new AbortController()
    const timer = clock.after(timeoutMs, () =>
      end.abort(failure('unavailable', `fetching took longer than ${timeoutMs} ms; try again later, or another page`)),
    )
    const signal = options.signal ? AbortSignal.any([options.signal, end.signal]) : end.signal
    try {
      let url = parse(address)
      let headers = ownHeaders(options)
      let allowed = allowPrivate
      for (let hop = 0; hop <= mostRedirects; hop++) {
        signal.throwIfAborted()
        const addresses = await until(signal, check(url, { resolve, allowed }))
        const answer = await request(url, { headers, addresses, signal })
        const next = redirects.includes(answer.statusCode) ? answer.headers.location : undefined
        if (next === undefined) return respond(url, answer, { maxBytes, signal, over: () => timer[Symbol.dispose]() })
        answer.destroy()
        const from = url
        url = parse(next, from)
        // A stranger's page must not lead to what only the owner may name.
        if (url.hostname !== from.hostname) allowed = []
        if (url.origin !== from.origin)
          headers = Object.fromEntries(Object.entries(headers).filter(([name]) => harmless.includes(name)))
      }
      throw failure('unavailable', `${parse(address).host} redirects more than ${mostRedirects} times; not followed`)
    } catch (thrown) {
      timer[Symbol.dispose]()
      throw thrown
    }
  }
}

function ownHeaders({ headers = {} }: FetchOptions): Record<string, string> {
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  return { 'user-agent': 'OpenClaw', ...Object.fromEntries(given), 'accept-encoding': 'gzip, br' }
}

function parse(address: string | URL, base?: URL): URL {
  const url = URL.parse(String(address), base?.href)
  const who = base ? `${base.host} redirects to` : 'fetching'
  if (!url)
    throw failure('invalid_params', `${who} what is no address; give a whole one, like https://example.org/page`)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw failure('forbidden', `${who} ${url.protocol} is not allowed; only http and https are`)
  if (url.username || url.password)
    throw failure(
      'forbidden',
      `${who} ${url.host} with a name or password in the address is not allowed; leave them out`,
    )
  return url
}

/** The addresses that may be connected to; those that are not public are left out. */
async function check(
  url: URL,
  { resolve, allowed }: { resolve: Resolve; allowed: readonly string[] },
): Promise<readonly string[]> {
  const name = url.hostname.replace(/^\[|\]$/g, '')
  const found = isIP(name) ? [name] : await named(name, resolve)
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  if (allowed.some((one) => one === url.hostname || one === `${url.hostname}:${port}`)) return found
  const open = found.filter(isPublic)
  if (open.length === 0)
    throw failure('forbidden', `${url.host} is not on the public internet, so it may not be fetched`)
  return open
}

async function named(name: string, resolve: Resolve): Promise<readonly string[]> {
  const found = await resolve(name).catch((thrown: unknown) => {
    throw failure('unavailable', `${name} has no address; check how it is spelled`, { cause: thrown })
  })
  if (found.length === 0) throw failure('unavailable', `${name} has no address; check how it is spelled`)
  return found
}

const ask: Resolve = async (name) => {
  const { lookup } = await import('node:dns/promises')
  return (await lookup(name, { all: true })).map(({ address }) => address)
}

async function request(
  url: URL,
  given: { headers: Record<string, string>; addresses: readonly string[]; signal: AbortSignal },
): Promise<IncomingMessage> {
  const { headers, addresses, signal } = given
  const checked = addresses.map((address) => ({ address, family: isIP(address) }))
  const lookup: LookupFunction = (_name, { all }, done) =>
    all ? done(null, checked) : done(null, checked[0]!.address, checked[0]!.family)
  const { request: open } = url.protocol === 'https:' ? await import('node:https') : await import('node:http')
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  // Without an agent: a connection kept for others would have been checked for another name.
  const asked = open(url, { agent: false, headers, lookup, signal })
  asked.once('response', resolve)
  asked.on('error', (thrown) => {
    if (signal.aborted) return reject(signal.reason)
    reject(failure('unavailable', `${url.host} does not answer: ${toFailure(thrown).message}`, { cause: thrown }))
  })
  asked.end()
  return promise
}

function respond(
  url: URL,
  answer: IncomingMessage,
  reading: { maxBytes: number; signal: AbortSignal; over: () => void },
): Response {
  const status = answer.statusCode ?? 0
  const headers = new Headers()
  for (const [name, values] of Object.entries(answer.headersDistinct))
    for (const value of values ?? []) if (name !== 'set-cookie') headers.append(name, value)
  try {
    const empty = [204, 205, 304].includes(status)
    const body = readBody(answer, { ...reading, host: url.host })
    if (empty) body.resume()
    const stream = empty ? null : (Readable.toWeb(body) as unknown as ReadableStream<Uint8Array>)
    return Object.defineProperty(new Response(stream, { status, headers }), 'url', { value: url.href })
  } catch (thrown) {
    answer.destroy()
    throw failure('unavailable', `${url.host} answered ${status}, which cannot be read`, { cause: thrown })
  }
}

/** What `work` brings, unless the signal comes first: a name server may never answer. */
async function until<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  const { promise: stopped, reject } = Promise.withResolvers<never>()
  const stop = () => reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  work.catch(() => {})
  try {
    return await Promise.race([work, stopped])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}
