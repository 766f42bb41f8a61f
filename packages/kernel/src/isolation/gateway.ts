import type { Extension, Gateway, GatewaySetup, Interceptor, InterceptorName, Sandboxing } from '@openclaw/sdk'
import { failure } from '@openclaw/protocol'
import Type from 'typebox'
import type { PluginLife } from './life.ts'
import type { ExtensionAbout, GatewayAbout } from './wire.ts'

/** Params are checked where the schema is at home: no check of ours is made from what a stranger wrote. */
const anything = Type.Unknown()

/** A gateway entry that lives in a process of its own. */
export interface IsolatedGateway {
  readonly gateway: Gateway
  /** What it was set up with; undefined while it is not. */
  readonly given: GatewaySetup | undefined
  /** Sets the entry up again, in a process that took the place of another. Rejects when it adds something else now. */
  again(life: PluginLife, signal: AbortSignal): Promise<void>
  /** It begins or ends to listen to an event. */
  listen(event: string, on: boolean): void
}

/** The gateway entry as the kernel sees it: what it adds stays plugged in while its process is replaced. */
export function isolateGateway(
  { id, config, methods }: GatewayAbout,
  process: {
    /** The process, once it is alive; rejects when it is parked. */
    up(signal?: AbortSignal): Promise<PluginLife>
    /** The process that is there now. */
    now(): PluginLife | undefined
  },
): IsolatedGateway {
  const watched = new Set<string>()
  const wanted = new Set<string>()
  let given: GatewaySetup | undefined
  let first: string | undefined

  async function setUp(
    life: PluginLife,
    { config: settings, address }: GatewaySetup,
    signal: AbortSignal,
  ): Promise<ExtensionAbout> {
    wanted.clear()
    return life.call('gateway.setup', { config: settings, address: address.href }, signal)
  }

  function sandboxing({ order, list, remove }: NonNullable<ExtensionAbout['sandbox']>): Sandboxing {
    const { up } = process
    return {
      ...(order ? { order } : {}),
      open: async (session, signal, place) => (await up(signal)).call('gateway.sandbox', { session, place }, signal),
      ...(list ? { list: async () => (await (await up()).call('gateway.sandboxes', {})).sandboxes } : {}),
      ...(remove
        ? { remove: async (key) => (await (await up()).call('gateway.unbox', key === undefined ? {} : { key })).names }
        : {}),
    }
  }

  function extension(about: ExtensionAbout): Extension {
    const { up } = process
    return {
      handlers: Object.fromEntries(
        about.handlers.map((method) => [
          method,
          async (params: unknown, { principal, role, rights, signal, sender }) => {
            const life = await up(signal)
            const caller = { principal, role, rights: [...rights], ...(sender === undefined ? {} : { sender }) }
            return (await life.call('gateway.handle', { method, params, caller }, signal)).result
          },
        ]),
      ) as Extension['handlers'] & object,
      ...(about.fetch ? { fetch: async (request) => (await up(request.signal)).door.fetch('page', request) } : {}),
      ...(about.authenticate
        ? {
            async authenticate({ url, method, headers }) {
              const head = { url, method, headers: [...headers].map((pair) => [...pair]) }
              const { principal } = await (await up()).call('gateway.authenticate', head)
              return principal === undefined ? undefined : { principal }
            },
          }
        : {}),
      ...(about.sandbox ? { sandbox: sandboxing(about.sandbox) } : {}),
      intercept: Object.fromEntries(
        Object.entries(about.intercept).map(([name, order]) => {
          const handle: Interceptor<InterceptorName> = async (value, signal) =>
            (await (await up(signal)).call('gateway.intercept', { name, value }, signal)).answer as never
          return [name, order === 'normal' ? handle : { order, handle }]
        }),
      ) as Extension['intercept'] & object,
    }
  }

  return {
    gateway: {
      id,
      config: config as never,
      methods: Object.fromEntries(
        Object.entries(methods).map(([name, row]) => [name, { ...row, params: anything, result: anything }]),
      ),
      async setup(setup) {
        given = setup
        const about = await setUp(await process.up(setup.signal), setup, setup.signal)
        first = JSON.stringify(about)
        return extension(about)
      },
    },
    get given() {
      return given
    },
    async again(life, signal) {
      if (!given) return
      const about = await setUp(life, given, signal)
      // What it guarded would be open now, and what it served would be gone, without anybody having said so.
      if (JSON.stringify(about) !== first)
        throw failure('conflict', `${id}: its gateway entry adds something else after its process was started again`)
    },
    listen(event, on) {
      if (!on) return void wanted.delete(event)
      wanted.add(event)
      if (watched.has(event) || !given) return
      watched.add(event)
      given.on(event, (envelope) => {
        if (wanted.has(event)) process.now()?.tell({ event, envelope })
      })
    },
  }
}
