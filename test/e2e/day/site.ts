import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A page to read at `/page`, and a search engine as SearXNG is one (https://docs.searxng.org/dev/search_api.html). */
export async function serveSite(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    const searched = request.url?.startsWith('/search')
    response.writeHead(200, { 'content-type': searched ? 'application/json' : 'text/html' })
    const results = [{ title: 'Tea', url: `http://${request.headers.host}/page`, content: 'All about tea' }]
    response.end(searched ? JSON.stringify({ results }) : '<title>Tea</title><p>Tea is made of leaves.</p>')
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise<void>((closed) => server.close(() => closed()))
    },
  }
}
