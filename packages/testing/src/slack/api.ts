import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Faults, Steps } from './faults.ts'
import { optional, refusal, type Call, type Method, type SendFault } from './method.ts'
import type { Uploads } from './methods/files.ts'
import { scopeOf } from './scopes.ts'
import type { Workspace } from './workspace.ts'

/** Methods that put a message somewhere: what faults of sending befall. */
const sends: ReadonlySet<string> = new Set(['chat.postMessage', 'files.completeUploadExternal'])

/** The Web API and the file server of an emulated Slack. */
export interface ApiParts {
  readonly workspace: Workspace
  readonly uploads: Uploads
  readonly methods: Readonly<Record<string, Method>>
  readonly scopes: readonly string[]
  readonly appToken: string
  readonly redirectFiles: string | undefined
  readonly faults: Faults
  readonly steps: Steps
  /** How the bot token is refused, if it is. */
  refusedBy(token: string): string | undefined
  root(): string
  openSocket(): string
  happened: Call['happened']
  called(method: string, args: Record<string, unknown>): void
}

export function makeApi(parts: ApiParts): Server {
  const { workspace, uploads, methods, scopes, faults, steps } = parts

  function run(method: string, token: string | undefined, args: Record<string, unknown>): Record<string, unknown> {
    if (!token) return { ok: false, error: 'not_authed' }
    if (method === 'apps.connections.open') {
      if (token !== parts.appToken)
        return { ok: false, error: token.startsWith('xoxb-') ? 'not_allowed_token_type' : 'invalid_auth' }
      return { ok: true, url: parts.openSocket() }
    }
    const refused = parts.refusedBy(token)
    if (refused) return { ok: false, error: refused }
    const found = methods[method]
    if (!found) return { ok: false, error: 'unknown_method', req_method: method }
    const call: Call = { args, root: parts.root(), workspace, happened: parts.happened }
    const kind = workspace.conversations.get(optional(call, 'channel') ?? '')?.kind
    const needed = scopeOf(method, kind)
    if (needed && !scopes.includes(needed))
      return { ok: false, error: 'missing_scope', needed, provided: scopes.join(',') }
    try {
      return { ok: true, ...found(call) }
    } catch (error) {
      return refusal(error)
    }
  }

  async function serveMethod(method: string, request: IncomingMessage, response: ServerResponse) {
    const body = await read(request)
    const args = argsOf(body.toString(), request.headers['content-type'])
    const token =
      /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? (args['token'] as string | undefined)
    const fault: SendFault | undefined = sends.has(method) ? faults.sends.shift() : undefined
    if (fault?.kind === 'limit') {
      const seconds = String(Math.max(1, Math.ceil(fault.retryAfterMs / 1000)))
      return answer(response, 429, { ok: false, error: 'ratelimited' }, { 'retry-after': seconds })
    }
    if (fault?.kind === 'error') return answer(response, 503, { ok: false, error: 'service_unavailable' })
    if (sends.has(method)) await steps.reach('send')
    else if (method === 'apps.connections.open') await steps.reach('connect')
    if (faults.delayMs > 0) await sleep(faults.delayMs)
    parts.called(method, args)
    const result = run(method, token, args)
    if (fault?.kind === 'loseAnswer') return void request.socket.destroy()
    answer(response, 200, result, { 'x-oauth-scopes': scopes.join(',') })
    if (sends.has(method)) await steps.reach('send answered')
  }

  function serveFile(id: string, request: IncomingMessage, response: ServerResponse) {
    const file = workspace.files.get(id)
    if (parts.redirectFiles && file)
      return void response.writeHead(302, { location: `${parts.redirectFiles}${request.url}` }).end()
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
    // Without a token Slack shows its login page: https://docs.slack.dev/reference/objects/file-object
    if (!file || !token || parts.refusedBy(token))
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in to Emulated</html>')
    response.writeHead(200, { 'content-type': file.mime, 'content-length': file.bytes.length }).end(file.bytes)
  }

  async function serve(request: IncomingMessage, response: ServerResponse) {
    const path = (request.url ?? '/').split('?')[0]!
    const [, section, name = ''] = /^\/(api|files-pri|upload\/v1)\/([^/]+)/.exec(path) ?? []
    if (section === 'api') return serveMethod(name, request, response)
    if (section === 'files-pri') return serveFile(name.split('-').at(-1) ?? '', request, response)
    if (section === 'upload/v1') {
      const taken = uploads.take(name, await read(request))
      return void response.writeHead(taken ? 200 : 400).end(taken ? `OK - ${name}` : 'error')
    }
    response.writeHead(404).end()
  }

  return createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (!response.headersSent) answer(response, 500, { ok: false, error: 'fatal_error', detail: String(error) })
    })
  })
}

function answer(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}) {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    .end(JSON.stringify(body))
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const blocks: Buffer[] = []
  for await (const block of request) blocks.push(block as Buffer)
  return Buffer.concat(blocks)
}

/** Arguments that are more than a text. */
const structured: ReadonlySet<string> = new Set(['blocks', 'attachments', 'metadata', 'files', 'prompts'])

/** Forms carry what is not a text as JSON (https://docs.slack.dev/apis/web-api#post-bodies). */
function argsOf(body: string, type = ''): Record<string, unknown> {
  if (type.includes('json')) return JSON.parse(body || '{}') as Record<string, unknown>
  return Object.fromEntries(
    [...new URLSearchParams(body)].map(([key, value]) => [key, structured.has(key) ? parsed(value) : value]),
  )
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
