import type { IncomingMessage, ServerResponse } from 'node:http'
import type { File } from '../channel/counterpart.ts'
import type { Faults } from './faults.ts'
import { retry, type Verdict } from './limits.ts'
import { isRefusal, refuse } from './model.ts'

/** A request as a route sees it. */
export interface Asked {
  /** What stands at `:name` in the route's path. */
  readonly at: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly body: Record<string, unknown>
  /** Parts `files[n]` of a multipart body, by n. */
  readonly files: ReadonlyMap<number, File>
}

/** One endpoint. Its answer is JSON; undefined answers 204. */
export interface Route {
  readonly method: string
  /** e.g. `/channels/:channel/messages` */
  readonly path: string
  /** A step on the wire of its own, at which a test may kill, and at which faults of sends strike. */
  readonly step?: string
  /** Needs no `Authorization`, since its path holds a token. */
  readonly open?: boolean
  serve(asked: Asked): unknown
}

/** A request that was served, for tests to look at. */
export interface Request {
  readonly method: string
  readonly path: string
  readonly status: number
  readonly body: Record<string, unknown>
}

/** Serves the REST API: authorisation, limits, faults, then the route. */
export function serveRest(parts: {
  readonly routes: readonly Route[]
  readonly token: string
  readonly faults: Faults
  readonly limit: (bucket: string) => Verdict
  readonly step: (name: string) => Promise<void>
  readonly served: (request: Request) => void
}): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { faults, step } = parts
  const routes = parts.routes.map((route) => ({ ...route, matches: matcher(route.path) }))

  return async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://discord')
    const method = request.method ?? 'GET'
    const path = url.pathname.replace(/^\/api\/v10/, '').replaceAll('%40', '@')
    let parcel: Parcel = { body: {}, files: new Map() }
    let headers: Record<string, string> = {}
    const answer = async (status: number, body?: unknown) => {
      parts.served({ method, path, status, body: parcel.body })
      if (faults.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, faults.delayMs))
      response.writeHead(status, { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers })
      response.end(body === undefined ? undefined : JSON.stringify(body))
    }
    try {
      parcel = await readBody(request)
      const found = routes.flatMap((route) => {
        const at = route.method === method ? route.matches(path) : undefined
        return at ? [{ route, at }] : []
      })[0]
      if (!found) return await answer(404, { message: '404: Not Found', code: 0 })
      const { route, at } = found
      if (!route.open && request.headers.authorization !== `Bot ${parts.token}`)
        return await answer(401, { message: '401: Unauthorized', code: 0 })
      const verdict = route.open ? { headers: {} } : parts.limit(`${method} ${bucketOf(path)}`)
      headers = verdict.headers
      if (verdict.refused) return await answer(429, tooMany(verdict.refused))
      const fault = route.step === 'send' ? faults.takeSend() : undefined
      if (fault?.kind === 'limit') {
        headers = { ...retry(fault.retryAfterMs), 'x-ratelimit-scope': 'shared' }
        return await answer(429, tooMany({ retryAfterMs: fault.retryAfterMs, global: false }))
      }
      if (fault?.kind === 'error') return await answer(502, { message: 'Bad Gateway', code: 0 })
      if (route.step) await step(route.step)
      const result = await route.serve({ at, query: url.searchParams, ...parcel })
      if (route.step) await step(`${route.step} answered`)
      if (fault?.kind === 'loseAnswer') return void request.socket.destroy()
      await answer(result === undefined ? 204 : 200, result)
    } catch (thrown) {
      if (isRefusal(thrown)) await answer(thrown.status, { message: thrown.message, code: thrown.code, ...thrown.more })
      // Who broke off does not hear it.
      else await answer(500, { message: `500: ${String(thrown)}`, code: 0 })
    }
  }
}

/** Only the major parameter tells buckets of one route apart. */
function bucketOf(path: string): string {
  const [, kind, major, ...rest] = path.split('/')
  return [kind, major, ...rest.map((part) => (/^\d{17,}$/.test(part) ? ':id' : part))].join('/')
}

function tooMany({ retryAfterMs, global }: { retryAfterMs: number; global: boolean }) {
  return { message: 'You are being rate limited.', retry_after: retryAfterMs / 1000, global }
}

function matcher(path: string): (given: string) => Record<string, string> | undefined {
  const pattern = new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`)
  return (given) => {
    const groups = pattern.exec(given)
    if (!groups) return undefined
    return Object.fromEntries(
      Object.entries(groups.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
    )
  }
}

type Parcel = Pick<Asked, 'body' | 'files'>

async function readBody(request: IncomingMessage): Promise<Parcel> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const bytes = Buffer.concat(chunks)
  const type = request.headers['content-type'] ?? ''
  if (type.startsWith('multipart/form-data')) return readForm(bytes, type)
  if (bytes.length === 0) return { body: {}, files: new Map() }
  return { body: parse(bytes.toString()), files: new Map() }
}

async function readForm(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<Parcel> {
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData()
  const files = new Map<number, File>()
  for (const [field, value] of form) {
    const at = /^files\[(\d+)\]$/.exec(field)
    if (!at || typeof value === 'string') continue
    files.set(Number(at[1]), { name: value.name, mime: value.type, bytes: new Uint8Array(await value.arrayBuffer()) })
  }
  const json = form.get('payload_json')
  return { body: typeof json === 'string' ? parse(json) : {}, files }
}

function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return { ...value }
  } catch {
    // Falls through to what Discord says to a body that is not an object.
  }
  return refuse(400, 50109, 'The request body contains invalid JSON.')
}
