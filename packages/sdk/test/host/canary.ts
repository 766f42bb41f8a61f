import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { guardFetch, type Resolve } from '@openclaw/sdk/host'

/** A server on every address of this machine that remembers who came. */
export interface Canary extends AsyncDisposable {
  readonly port: number
  /** Paths and headers of what reached it. */
  readonly reached: readonly { readonly path: string; readonly headers: IncomingMessage['headers'] }[]
}

/** Starts one; `answer` may say something else than "chirp". */
export async function openCanary(
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) => response.end('chirp'),
): Promise<Canary> {
  const reached: { path: string; headers: IncomingMessage['headers'] }[] = []
  const server = createServer((request, response) => {
    reached.push({ path: request.url ?? '', headers: request.headers })
    answer(request, response)
  })
  // Of both families where there are two.
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const { port } = server.address() as { port: number }
  return {
    port,
    reached,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The guarded fetch on the machine's time, with a name server of the test's own. */
export function guarded(resolve?: Resolve) {
  const clock = {
    after(ms: number, call: () => void) {
      const timer = setTimeout(call, ms)
      return { [Symbol.dispose]: () => clearTimeout(timer) }
    },
  }
  return guardFetch({ clock, ...(resolve ? { resolve } : {}) })
}
