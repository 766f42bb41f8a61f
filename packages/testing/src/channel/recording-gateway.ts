import { realPlatform } from '@openclaw/kernel'
import type { Inbound } from '@openclaw/protocol'
import { failure, type Account, type Channel, type Chosen, type Click, type Link, type Scope } from '@openclaw/sdk'
import { memoryStore, testScope } from '../scope.ts'

type Webhook = Parameters<Account['webhook']>[0]

/** A gateway, as one account of a channel meets it: it keeps everything that it is told. */
export interface RecordingGateway {
  readonly events: readonly Inbound[]
  readonly reports: readonly { readonly state: string; readonly detail?: string; readonly fatal: boolean }[]
  /** Everything that was logged, fields included. */
  readonly logged: readonly string[]
  /** What was fetched through the account. */
  readonly fetched: readonly { readonly url: string; readonly response: Response }[]
  readonly clicks: readonly Click[]
  readonly webhook: Webhook | undefined
  /** Stored files, by their reference. */
  readonly files: Map<string, Uint8Array>
  /** Called with each event before it counts as durable; it may wait, and it may refuse. */
  beforeDurable(event: Inbound): Promise<void> | void
  /** What becomes of a click. */
  decide(click: Click): Chosen | Promise<Chosen>
  /** Calls the webhook as the gateway does: 401 for what it refuses, 404 without one. */
  deliver(request: Request): Promise<Response>
  /** Begins one life of a link. */
  connect(channel: Channel, config: unknown): Life
}

/** One life of a link. Closed as the kernel closes it: the link first, then what its account holds. */
export interface Life extends AsyncDisposable {
  readonly link: Promise<Link>
  /** Resolves when the channel reports `offline`, or when connecting failed. */
  readonly lost: Promise<void>
}

/** One with an empty store, on this machine's time. */
export function recordingGateway(): RecordingGateway {
  const events: Inbound[] = []
  const reports: RecordingGateway['reports'][number][] = []
  const logged: string[] = []
  const fetched: RecordingGateway['fetched'][number][] = []
  const clicks: Click[] = []
  const files = new Map<string, Uint8Array>()
  const store = memoryStore()
  const { clock } = realPlatform()
  let webhook: Webhook | undefined

  const accountOf = (channel: Channel, config: unknown, scope: Scope, lost: () => void): Account => ({
    ...scope,
    id: 'default',
    config,
    store,
    clock,
    commands: [
      { name: 'help', about: 'What can be typed here', role: 'guest' },
      { name: 'model', about: 'Show or choose the model', argument: '[provider/model]', role: 'owner' },
    ],
    async fetch(input, init) {
      const response = await fetch(input, init)
      fetched.push({ url: input instanceof Request ? input.url : String(input), response: response.clone() })
      return response
    },
    async open({ ref }) {
      const bytes = files.get(ref)
      if (!bytes) throw failure('not_found', `there is no file ${ref}`)
      return new Blob([bytes.slice()]).stream()
    },
    async receive(event) {
      await gateway.beforeDurable(event)
      events.push(event)
    },
    webhook(route) {
      if (webhook) throw failure('conflict', `${channel.id}/default: the webhook is served already`)
      webhook = route
      scope.defer(() => void (webhook = undefined))
      return new URL(`http://127.0.0.1:18789/webhooks/${channel.id}/default`)
    },
    report(state, detail, fatal = false) {
      reports.push({ state, fatal, ...(detail === undefined ? {} : { detail }) })
      if (state === 'offline') lost()
    },
    typing: () => {},
    presence: () => {},
    async choose(click) {
      clicks.push(click)
      return gateway.decide(click)
    },
  })

  const gateway: RecordingGateway = {
    events,
    reports,
    logged,
    fetched,
    clicks,
    files,
    get webhook() {
      return webhook
    },
    beforeDurable: () => {},
    decide: () => ({ taken: true, text: 'Noted.' }),
    async deliver(request) {
      const body = new Uint8Array(await request.arrayBuffer())
      const head = new Request(request.url, { method: request.method, headers: request.headers })
      if (!webhook) return new Response(null, { status: 404 })
      if (!(await webhook.verify(head, body))) return new Response(null, { status: 401 })
      return webhook.handle(head, body)
    },
    connect(channel, config) {
      const { promise: lost, resolve } = Promise.withResolvers<void>()
      const { scope, close } = testScope((text, fields) => void logged.push(`${text} ${JSON.stringify(fields ?? {})}`))
      let up: Link | undefined
      let over = false
      const link = channel.connect(accountOf(channel, config, scope, resolve)).then(async (made) => {
        up = made
        // A link that comes after its time is closed, so that there is never a second one.
        if (over) await made[Symbol.asyncDispose]()
        return made
      })
      link.catch(() => resolve())
      return {
        link,
        lost,
        async [Symbol.asyncDispose]() {
          over = true
          await up?.[Symbol.asyncDispose]()
          await close()
        },
      }
    },
  }
  return gateway
}
