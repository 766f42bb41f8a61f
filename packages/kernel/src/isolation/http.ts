import { request as ask } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeStream } from 'node:stream/web'
import { failure } from '@openclaw/protocol'
import type { SocketPlace } from './place.ts'
import { heads } from './wire.ts'

/** What a request is for: the page of the plugin, or a step of the webhook of a link. */
export type Target = 'page' | `webhook ${number} ${'verify' | 'handle'}`

/** The way to what a child serves over http: a local socket that nobody but this user reaches. */
export interface Door {
  /** `body` when it was read already. Rejects with `unavailable` when the process goes away before it answers. */
  fetch(target: Target, request: Request, body?: Uint8Array): Promise<Response>
}

/** Headers of one connection, which say nothing of what is behind it (https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1). */
const ofConnection = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'te', 'trailer']

/** Opens the door when somebody first knocks; `listen` asks the child to serve at a path. */
export function openDoor(parts: {
  readonly name: string
  readonly place: SocketPlace
  listen(path: string): Promise<unknown>
}): Door {
  const { name, place } = parts
  let opening: Promise<string> | undefined

  async function open(): Promise<string> {
    const path = await place.path('http')
    await parts.listen(path)
    return path
  }

  async function send(socketPath: string, target: Target, request: Request, body?: Uint8Array): Promise<Response> {
    const headers = new Headers(request.headers)
    for (const one of ofConnection) headers.delete(one)
    headers.set(heads.target, target)
    headers.set(heads.url, request.url)
    headers.set('host', 'plugin')
    if (body) headers.set('content-length', String(body.length))
    const { promise, resolve, reject } = Promise.withResolvers<Response>()
    const outgoing = ask({
      socketPath,
      path: '/',
      method: request.method,
      headers: Object.fromEntries(headers),
      agent: false,
      signal: request.signal,
    })
    outgoing.once('error', (error) =>
      reject(failure('unavailable', `${name}: its process did not answer a request: ${error.message}`)),
    )
    outgoing.once('response', (incoming) => {
      const { statusCode = 502, rawHeaders } = incoming
      const given = new Headers()
      for (let at = 0; at < rawHeaders.length; at += 2)
        if (!ofConnection.includes(rawHeaders[at]!.toLowerCase())) given.append(rawHeaders[at]!, rawHeaders[at + 1]!)
      const empty = [204, 205, 304].includes(statusCode) || request.method === 'HEAD'
      if (empty) incoming.resume()
      const stream = empty ? null : (Readable.toWeb(incoming) as unknown as ReadableStream<Uint8Array>)
      resolve(new Response(stream, { status: statusCode, headers: given }))
    })
    if (body) outgoing.end(body)
    else if (request.body)
      // What breaks here breaks the request, whose listener tells of it.
      void pipeline(Readable.fromWeb(request.body as unknown as NodeStream), outgoing).catch(() => {})
    else outgoing.end()
    return promise
  }

  return {
    async fetch(target, request, body) {
      opening ??= open()
      return send(await opening, target, request, body)
    },
  }
}
