import { createHash } from 'node:crypto'
import { failure, type Account, type Chosen, type Click, type Inbound, type Link } from '@openclaw/sdk'
import { fakeClock, memoryStore, testScope, type FakeClock } from '@openclaw/testing'
import type { SlackEmulator } from '@openclaw/testing/slack'
import usual from '../src/channel.ts'

type Route = Parameters<Account['webhook']>[0]

/** A gateway as small as a test needs it, with one account on a clock that stands still. */
export interface House extends AsyncDisposable {
  readonly clock: FakeClock
  readonly events: Inbound[]
  readonly clicks: Click[]
  readonly reports: { state: string; detail: string; fatal: boolean }[]
  readonly logged: string[]
  /** Every request with the token in it, by host. */
  readonly toldToken: string[]
  refuse: boolean
  decide(click: Click): Chosen
  /** Stores a file and names it. */
  keep(text: string): string
  connect(config: Record<string, unknown>): Promise<Link>
  /** Closes the link as the kernel does; the store stays. */
  leave(): Promise<void>
  deliver(request: Request): Promise<Response>
  /** Resolves when something is true, as soon as it is. */
  until(look: () => boolean): Promise<void>
}

export function openHouse(channel = usual): House {
  const clock = fakeClock({ now: Date.now() })
  const store = memoryStore()
  const files = new Map<string, Uint8Array>()
  const waiters = new Set<() => void>()
  let route: Route | undefined
  let scope = testScope()
  let link: Link | undefined
  const changed = () => {
    for (const tell of waiters) tell()
  }

  const house: House = {
    clock,
    events: [],
    clicks: [],
    reports: [],
    logged: [],
    toldToken: [],
    refuse: false,
    decide: () => ({ taken: true, text: 'Allowed.' }),
    keep(text) {
      const bytes = Buffer.from(text)
      const ref = `media:${createHash('sha256').update(bytes).digest('hex')}`
      files.set(ref, bytes)
      return ref
    },
    async connect(config) {
      scope = testScope((text, fields) => {
        house.logged.push(`${text} ${JSON.stringify(fields ?? {})}`)
        changed()
      })
      const account: Account = {
        ...scope.scope,
        id: 'default',
        config,
        store,
        clock,
        commands: [{ name: 'help', about: 'What can be typed here', role: 'guest' }],
        async fetch(input, init) {
          const headers = new Headers(init?.headers)
          const url = new URL(input instanceof Request ? input.url : String(input))
          if (headers.has('authorization')) house.toldToken.push(url.host)
          return fetch(input, init)
        },
        async open({ ref }) {
          const bytes = files.get(ref)
          if (!bytes) throw failure('not_found', `there is no ${ref}`)
          return new Blob([bytes.slice()]).stream()
        },
        async receive(event) {
          if (house.refuse) throw failure('unavailable', 'the disk is full')
          house.events.push(event)
          changed()
        },
        webhook(given) {
          route = given
          scope.scope.defer(() => void (route = undefined))
          return new URL('http://127.0.0.1:18789/webhooks/slack/default')
        },
        report(state, detail = '', fatal = false) {
          house.reports.push({ state, detail, fatal })
          changed()
        },
        typing: () => {},
        presence: () => {},
        async choose(click) {
          house.clicks.push(click)
          return house.decide(click)
        },
      }
      link = await channel.connect(account as Parameters<typeof channel.connect>[0])
      return link
    },
    async leave() {
      await link?.[Symbol.asyncDispose]()
      link = undefined
      await scope.close()
    },
    async deliver(request) {
      const body = new Uint8Array(await request.arrayBuffer())
      if (!route || !(await route.verify(request, body))) return new Response(null, { status: 401 })
      return route.handle(request, body)
    },
    async until(look) {
      while (!look()) {
        await new Promise<void>((resolve) => {
          const tell = () => {
            waiters.delete(tell)
            resolve()
          }
          waiters.add(tell)
        })
      }
    },
    async [Symbol.asyncDispose]() {
      await house.leave()
    },
  }
  return house
}

/** A signal that a test never needs. */
export const calm: AbortSignal = new AbortController().signal

/** The last call of a method. */
export function lastCall({ calls }: SlackEmulator, method: string): Record<string, unknown> {
  return calls.findLast((call) => call.method === method)?.args ?? {}
}
