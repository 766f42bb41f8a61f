import { link, type Transport, type Wire } from '@openclaw/client'
import { failure, type Params, type Result } from '@openclaw/protocol'
import type { Account, GatewaySetup, Log } from '@openclaw/sdk'
import type { Static } from 'typebox'
import type { Platform } from '../platform.ts'
import type { Check } from '@openclaw/sdk/isolation'
import { lendStreams, thinLog } from '@openclaw/sdk/host'
import { openDoor, type Door } from './http.ts'
import { openPlace } from './place.ts'
import { houseHandlers } from './serve.ts'
import {
  childMethods,
  childTells,
  type ChildMethods,
  type ChildTells,
  type HouseSide,
  type HouseTells,
  type Names,
} from './wire.ts'

/** The gateway's side of the wire to the process of one plugin. */
export interface Conversation {
  /** The accounts whose links the process holds, by the number of the link. */
  readonly accounts: Map<number, Account>
  readonly door: Door
  /** The local socket on which the process serves these tool and provider entries to the agent, once they are imported. */
  entries(modules: readonly string[]): Promise<string>
  /** Resolves once the wire is closed. */
  readonly closed: Wire['closed']
  /** Rejects with what the plugin threw, or with `unavailable` and the reason when the process ends first. */
  call<M extends Names<ChildMethods>>(
    method: M,
    params: Params<ChildMethods[M]>,
    signal?: AbortSignal,
  ): Promise<Result<ChildMethods[M]>>
  /** Tells of an event; left out while the process reads slower than we tell. */
  tell(payload: Static<HouseTells['event']>): void
  /** Closes the wire. */
  leave(): void
  /** Lets go of what this side held for the process. */
  end(): Promise<void>
}

/** What one conversation is about. */
export interface ConversationParts {
  /** The id of the plugin. */
  readonly id: string
  readonly platform: Platform
  readonly log: Log
  readonly check: Check
  /** What its gateway entry was set up with; undefined while there is none. */
  setup(): GatewaySetup | undefined
  /** Its gateway entry begins or ends to listen to an event. */
  listen(event: string, on: boolean): void
  /** How the process ended; asked for once the wire is closed. */
  how(): Promise<string>
}

type Told = Extract<keyof ChildTells, string>

/** Calls of ours, and of the process, that may wait at once. */
const maxWaiting = 1000
/** Most characters of a line, and of its fields, that the process may have logged. */
const maxLogged = 4000

/** Begins a conversation over a transport. */
export function converse(transport: Transport, parts: ConversationParts): Conversation {
  const { id, platform, log, check } = parts
  const accounts = new Map<number, Account>()
  const streams = lendStreams()
  const thin = thinLog(platform.clock)
  const wire = link<HouseSide>(transport, {
    handlers: houseHandlers({ accounts, streams, check, setup: parts.setup }),
    onNotification: hear,
    onError: (thrown) => log.warn(`${id}: what its process told was refused`, { error: String(thrown) }),
    maxPending: maxWaiting,
    maxIncoming: maxWaiting,
    after: (ms, call) => platform.clock.after(ms, call),
  })
  const place = openPlace(platform)
  const door = openDoor({ name: id, place, listen: (path) => call('http.listen', { path }) })
  let entries: Promise<string> | undefined
  const gone = wire.closed.then(async () => {
    throw failure('unavailable', `${id}: its process ended: ${await parts.how()}`)
  })
  gone.catch(() => {})

  async function call<M extends Names<ChildMethods>>(
    method: M,
    params: Params<ChildMethods[M]>,
    signal?: AbortSignal,
  ): Promise<Result<ChildMethods[M]>> {
    let result: Result<ChildMethods[M]>
    try {
      result = await wire.call(method, params, signal ? { signal } : {})
    } catch (thrown) {
      // What broke with the process says how that ended, in place of that the wire closed.
      const open = new Promise<'open'>((resolve) => setImmediate(resolve, 'open'))
      if ((await Promise.race([open, wire.closed])) !== 'open') await gone
      throw thrown
    }
    check(method, childMethods[method].result, result)
    return result
  }

  const told: { readonly [E in Told]: (payload: Static<ChildTells[E]>) => void } = {
    'account.report': ({ link: at, state, detail, fatal }) => accounts.get(at)?.report(state, detail, fatal),
    'account.typing': ({ link: at, peer, on, sender }) => accounts.get(at)?.typing(peer, on, sender),
    'account.presence': ({ link: at, sender, state }) => accounts.get(at)?.presence(sender, state),
    'account.webhook': ({ link: at }) =>
      void accounts.get(at)?.webhook({
        verify: async (request, body) => (await door.fetch(`webhook ${at} verify`, request, body)).status === 204,
        handle: (request, body) => door.fetch(`webhook ${at} handle`, request, body),
      }),
    listen: ({ event, on }) => parts.listen(event, on),
    log({ level, text, fields }) {
      const how = thin()
      if (how === 'last') log.warn(`${id}: it logs so much that the rest of this second is left out`)
      if (how !== 'write') return
      const small = fields && JSON.stringify(fields).length <= maxLogged
      log[level](`${id}: ${text.slice(0, maxLogged)}`, small ? fields : undefined)
    },
  }
  function hear(event: Told, payload: unknown): void {
    if (!Object.hasOwn(childTells, event))
      throw failure('not_found', `there is nothing called "${String(event).slice(0, 60)}" to tell`)
    check(event, childTells[event], payload)
    told[event](payload as never)
  }

  async function listen(modules: readonly string[]): Promise<string> {
    const path = await place.path('entries')
    await call('entries.listen', { path, modules: [...modules] })
    return path
  }

  let full = false
  return {
    accounts,
    door,
    entries: (modules) => (entries ??= listen(modules)),
    closed: wire.closed,
    call,
    tell(payload) {
      if (full) return
      const room = wire.notify('event', payload)
      if (!room) return
      full = true
      void room.then(() => (full = false))
    },
    leave: () => wire.close(),
    async end() {
      wire.close({ code: 'unavailable', message: 'the process of the plugin ended' })
      await Promise.all([streams.close(), place[Symbol.asyncDispose]()])
    },
  }
}
