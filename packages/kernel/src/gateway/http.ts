import type { HttpBindings } from '@hono/node-server'
import { failure, toFailure } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import { Hono } from 'hono'
import type { IncomingMessage } from 'node:http'
import { plainAddress } from './address.ts'
import type { Auth } from './auth.ts'
import { refusal, secured } from './headers.ts'
import type { Hosts } from './hosts.ts'
import type { Asked } from './request.ts'
import { covers } from './rights.ts'
import { serveWebhook, type Webhook } from './webhook.ts'

/** What a plugin serves under `/<id>/`. */
export interface Page {
  fetch(request: Request): Response | Promise<Response>
  /** Answers without auth: the files of a page, which then connects like any other client. */
  readonly public: boolean
}

export interface HttpOptions {
  /** Both may be replaced while running. */
  readonly auth: () => Auth
  readonly hosts: () => Hosts
  readonly ready: () => { readonly ready: boolean; readonly reason?: string | undefined }
  readonly page: (id: string) => Page | undefined
  readonly webhook: (channel: string, account: string) => Webhook | undefined
  readonly maxWebhookBytes: number
  /** Where `/` leads, e.g. `/control-ui/`. */
  readonly front: string | undefined
  /** Called when the caller of a request is known. */
  readonly known: (incoming: IncomingMessage) => void
  readonly log: Log
}

/** What we look at of a request of node's. */
export function asked(incoming: IncomingMessage): Asked {
  const { headers, rawHeaders, socket } = incoming
  return { headers, rawHeaders, remote: plainAddress(socket.remoteAddress), local: plainAddress(socket.localAddress) }
}

/** The HTTP side: is it alive, is it ready, pages of plugins, webhooks of channels. */
export function openHttp(options: HttpOptions): (request: Request, env: HttpBindings) => Promise<Response> {
  const { log } = options
  const app = new Hono<{ Bindings: HttpBindings }>()

  app.use(async (context, next) => {
    const head = asked(context.env.incoming)
    const hosts = options.hosts()
    // A webhook comes under any name, and proves itself by its signature.
    const open = context.req.path.startsWith('/webhooks/')
    const refused =
      options.auth().refuse(head) ??
      (open ? undefined : (hosts.refuseHost(head) ?? hosts.refuseOrigin(head) ?? refuseForeign(head)))
    if (refused) return refusal(failure('forbidden', refused))
    await next()
  })

  app.get('/healthz', (context) => context.json({ ok: true }))
  app.get('/readyz', (context) => {
    const { ready, reason } = options.ready()
    return context.json({ ready, ...(reason ? { reason } : {}) }, ready ? 200 : 503)
  })
  app.get('/', (context) =>
    options.front && options.page(options.front.split('/')[1]!) ? context.redirect(options.front) : context.notFound(),
  )

  app.all('/webhooks/:channel/:account', (context) => {
    const { channel, account } = context.req.param()
    const webhook = options.webhook(channel, account)
    if (!webhook) return context.notFound()
    return serveWebhook(webhook, context.req.raw, options.maxWebhookBytes, (text, thrown) =>
      log.warn(text, { channel, account, ...(thrown ? { thrown: toFailure(thrown).message } : {}) }),
    )
  })

  app.all('/:id/*', async (context) => {
    const page = options.page(context.req.param('id'))
    if (!page) return context.notFound()
    if (!page.public) {
      const { incoming } = context.env
      const caller = await options.auth().identify(asked(incoming))
      const needed = ['GET', 'HEAD'].includes(context.req.method) ? 'read' : 'write'
      if (!covers(caller.rights, needed))
        throw failure('forbidden', `this takes the right "${needed}"; use a token that has it`)
      options.known(incoming)
    }
    return page.fetch(context.req.raw)
  })

  app.notFound(() => refusal(failure('not_found', 'there is nothing here')))
  app.onError((thrown, context) => {
    const failed = toFailure(thrown)
    if (failed.code === 'internal')
      log.error('a request failed', {
        path: context.req.path.split('/').slice(0, 3).join('/'),
        message: failed.message,
      })
    return refusal(failed)
  })
  // Not as middleware: Hono gives an answer that replaces another the headers of that other one.
  return async (request, env) => secured(await app.fetch(request, env))
}

/**
 * A page of another site may lead people here, and nothing else: what its images, scripts and forms ask for is refused,
 * also where the browser sends no Origin (https://www.w3.org/TR/fetch-metadata/).
 */
function refuseForeign({ headers }: Asked): string | undefined {
  const site = headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return undefined
  if (headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document') return undefined
  return headers.origin === undefined ? 'a page of another site asked for this' : undefined
}
