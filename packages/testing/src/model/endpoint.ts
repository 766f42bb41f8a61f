import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request that an endpoint got. */
export interface Asked {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** Read as JSON; undefined when there is none. */
  readonly body: unknown
}

/** What it answers: text as it is, an array as server-sent events, anything else as JSON. */
export interface Answered {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: unknown
}

/** An HTTP server that says recorded answers, and remembers what it was asked. */
export interface ModelEndpoint extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly url: string
  readonly asked: Asked[]
}

/** Starts an endpoint on a port of its own. One that answers undefined keeps the asker waiting. */
export async function startModelEndpoint(answer: (asked: Asked) => Answered | undefined): Promise<ModelEndpoint> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8')
    request.on('data', (piece: string) => (text += piece))
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request
      const one: Asked = { method, path, headers, body: text ? JSON.parse(text) : undefined }
      asked.push(one)
      const said = answer(one)
      if (!said) return
      const type = Array.isArray(said.body) ? 'text/event-stream' : 'application/json'
      response.writeHead(said.status ?? 200, { 'content-type': type, ...said.headers })
      response.end(textOf(said.body))
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    [Symbol.asyncDispose]: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

function textOf(body: unknown): string {
  if (typeof body === 'string') return body
  return Array.isArray(body) ? body.map(eventOf).join('') : JSON.stringify(body)
}

/** One server-sent event; with the name that Anthropic and OpenAI's Responses give it. */
function eventOf(data: unknown): string {
  const type = typeof data === 'object' && data !== null ? (data as { type?: unknown }).type : undefined
  const text = typeof data === 'string' ? data : JSON.stringify(data)
  return `${typeof type === 'string' ? `event: ${type}\n` : ''}data: ${text}\n\n`
}
