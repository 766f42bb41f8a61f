import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** What a path answers. */
export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void

/** A site on this machine. */
export interface Site extends AsyncDisposable {
  readonly url: string
  /** What tools must be configured with, so that they may go there. */
  readonly host: string
  /** Requests so far, as `METHOD /path`. */
  readonly asked: readonly string[]
}

/** Starts one; a path that is not in the table is answered with 404. */
export async function openSite(paths: Readonly<Record<string, Answer>>): Promise<Site> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    let body = ''
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      const answer = paths[new URL(request.url!, 'http://site').pathname]
      if (answer) answer(request, response, body)
      else response.writeHead(404, { 'content-type': 'text/plain' }).end('no such page')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as { port: number }).port}`
  return {
    url: `http://${host}`,
    host,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Answers with a body of a type. */
export function body(type: string, content: string | Uint8Array, status = 200): Answer {
  return (_request, response) => void response.writeHead(status, { 'content-type': type }).end(content)
}

/** Answers with JSON. */
export const json = (value: unknown, status = 200) => body('application/json', JSON.stringify(value), status)
