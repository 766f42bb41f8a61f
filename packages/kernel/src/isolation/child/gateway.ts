import type { Serves } from '@openclaw/client'
import { failure, type EventEnvelope } from '@openclaw/protocol'
import type { Extension, Gateway, Interceptor, InterceptorName, Sandboxing } from '@openclaw/sdk'
import { openScope, type OwnedScope } from '@openclaw/sdk/host'
import { remoteStore } from '@openclaw/sdk/isolation'
import { openDispatch } from '../../gateway/dispatch.ts'
import { sandboxingOf } from '../../sandboxes/order.ts'
import type { ChildMethods, ExtensionAbout } from '../wire.ts'
import type { ChildParts } from './serve.ts'

type Served = Extract<keyof ChildMethods, `gateway.${string}`>
type Listen = (event: EventEnvelope) => void

/** Serves the gateway entry of a plugin to the gateway. */
export function serveGateway(parts: ChildParts): {
  readonly handlers: Pick<Serves<ChildMethods>, Served>
  /** Hands an event to those who listen to it. */
  hear(event: string, envelope: unknown): void
  /** Closes what the entry opened; resolves with what could not be ended. */
  close(): Promise<readonly string[]>
} {
  const listeners = new Map<string, Set<Listen>>()
  const dispatch = openDispatch({ handlers: {} })
  let entry: Gateway | undefined
  let owned: OwnedScope | undefined
  let extension: Extension = {}

  function sandboxing(): Sandboxing {
    if (!extension.sandbox) throw failure('not_found', 'the entry has no sandbox')
    return sandboxingOf(extension.sandbox)
  }

  function on(event: string, listen: Listen): Disposable {
    const set = listeners.get(event) ?? new Set()
    if (set.size === 0) void parts.wire.notify('listen', { event, on: true })
    listeners.set(event, set.add(listen))
    return {
      [Symbol.dispose]() {
        if (set.delete(listen) && set.size === 0) void parts.wire.notify('listen', { event, on: false })
      },
    }
  }

  return {
    handlers: {
      async 'gateway.describe'({ module }) {
        entry = (await parts.load(module)) as unknown as Gateway
        if (typeof entry.setup !== 'function') throw failure('invalid_config', `${module} exports no gateway entry`)
        const rows = Object.entries(entry.methods ?? {}).map(
          ([name, { right, about, lasts = false }]) => [name, { right, about, lasts }] as const,
        )
        return { id: entry.id, config: entry.config, methods: Object.fromEntries(rows) }
      },
      async 'gateway.setup'({ config, address }) {
        if (!entry) throw failure('conflict', 'the gateway entry was not loaded yet')
        owned = openScope({ label: entry.id, log: parts.log, clock: parts.clock })
        const { scope } = owned
        const given: Extension | undefined = await entry.setup({
          ...scope,
          config: config as never,
          store: remoteStore(parts.wire.call),
          clock: parts.clock,
          address: new URL(address),
          on: (event, listen) => scope.use(on(event, listen), `listener ${event}`),
          call: async (method, params) =>
            (await parts.wire.call('gateway.call', { method, ...(params ? { params: { ...params } } : {}) })).result,
        })
        extension = given ?? {}
        if (extension.fetch) parts.door.page = extension.fetch.bind(extension)
        return describe(extension)
      },
      async 'gateway.handle'({ method, params, caller }, { signal }) {
        const handle = extension.handlers?.[method]
        const row = entry?.methods?.[method]
        if (!handle || !row) throw failure('not_found', `the entry does not serve ${method}`)
        await dispatch.check(method, row, params)
        const result: unknown = await handle.call(extension.handlers, params as never, { ...caller, signal })
        return result === undefined ? {} : { result }
      },
      async 'gateway.intercept'({ name, value }, { signal }) {
        const given = extension.intercept?.[name as InterceptorName]
        if (!given) throw failure('not_found', `the entry has no ${name} interceptor`)
        const handle = (typeof given === 'function' ? given : given.handle) as Interceptor<InterceptorName>
        const answer = await handle(value as never, signal)
        return answer === undefined ? {} : { answer }
      },
      async 'gateway.authenticate'({ url, method, headers }) {
        const found = await extension.authenticate?.(
          new Request(url, { method, headers: headers as [string, string][] }),
        )
        return found ? { principal: found.principal } : {}
      },
      async 'gateway.sandbox'({ session, place }, { signal }) {
        return await sandboxing().open(session, signal, place)
      },
      async 'gateway.sandboxes'() {
        return { sandboxes: (await sandboxing().list?.()) ?? [] }
      },
      async 'gateway.unbox'({ key }) {
        return { names: (await sandboxing().remove?.(key)) ?? [] }
      },
    },
    hear(event, envelope) {
      for (const listen of listeners.get(event) ?? []) {
        try {
          listen(envelope as EventEnvelope)
        } catch (error) {
          parts.log.error(`its listener to ${event} failed`, { error: String(error) })
        }
      }
    },
    close: async () => (await owned?.close()) ?? [],
  }
}

function describe({ handlers = {}, fetch, authenticate, sandbox, intercept = {} }: Extension): ExtensionAbout {
  const orders = Object.entries(intercept).filter(([, given]) => given !== undefined)
  return {
    handlers: Object.keys(handlers),
    fetch: fetch !== undefined,
    authenticate: authenticate !== undefined,
    ...(sandbox ? { sandbox: describeSandbox(sandboxingOf(sandbox)) } : {}),
    intercept: Object.fromEntries(
      orders.map(([name, given]) => [name, typeof given === 'object' ? given.order : ('normal' as const)]),
    ) as ExtensionAbout['intercept'],
  }
}

function describeSandbox({ order, list, remove }: Sandboxing): NonNullable<ExtensionAbout['sandbox']> {
  return { ...(order ? { order } : {}), list: list !== undefined, remove: remove !== undefined }
}
