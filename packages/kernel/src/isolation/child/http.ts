import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Account, Extension } from '@openclaw/sdk'
import { heads } from '../wire.ts'

type Webhook = Parameters<Account['webhook']>[0]

/** What this process serves over http, on a local socket that only the gateway reaches. */
export interface ServedDoor {
  /** The routes of accounts, by the number of their link. */
  readonly webhooks: Map<number, Webhook>
  page: NonNullable<Extension['fetch']> | undefined
  listen(path: string): Promise<void>
}

/** Nothing is served yet. */
export function openDoor(): ServedDoor {
  const door: ServedDoor = {
    webhooks: new Map(),
    page: undefined,
    async listen(path) {
      const serve = getRequestListener(answer)
      const server = createServer((incoming, outgoing) => void serve(incoming, outgoing))
      server.unref()
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve))
    },
  }

  /** The gateway says in two headers of its own what a request is for and where it came to. */
  async function answer(request: Request): Promise<Response> {
    const { method, body } = request
    const headers = new Headers(request.headers)
    const [what, number, step] = (headers.get(heads.target) ?? '').split(' ')
    const url = headers.get(heads.url) ?? request.url
    for (const name of Object.values(heads)) headers.delete(name)
    if (what === 'page' && door.page)
      return door.page(new Request(url, { method, headers, ...(body ? { body, duplex: 'half' as const } : {}) }))
    const webhook = door.webhooks.get(Number(number))
    if (what !== 'webhook' || !webhook) return new Response(null, { status: 404 })
    const bytes = new Uint8Array(await request.arrayBuffer())
    const head = new Request(url, { method, headers })
    if (step === 'handle') return webhook.handle(head, bytes)
    return new Response(null, { status: (await webhook.verify(head, bytes)) ? 204 : 401 })
  }

  return door
}
