import { failure, methods as kernelMethods, type Manifest } from '@openclaw/protocol'
import type { Caller, Clock, Extension, Gateway, Log, Method, MethodTable, Store } from '@openclaw/sdk'
import type { OwnedScope } from '@openclaw/sdk/host'
import { isSection, valueAt } from '../config/path.ts'
import type { FoundPlugin, GatewayAccess, PluggedChannel, Plugins } from './host.ts'
import type { InterceptorChain } from './intercept.ts'

type ServedMethod = NonNullable<ReturnType<Plugins['method']>>

/** What is plugged in: fields of one gateway, filled and emptied by the scopes of the plugins. */
export interface Registries {
  readonly channels: Map<string, { readonly channel: PluggedChannel; readonly plugin: string }>
  readonly extensions: Map<
    string,
    { readonly extension: Extension; readonly gateway: Gateway; readonly manifest: Manifest }
  >
  readonly methods: Map<string, ServedMethod & { readonly plugin: string }>
  readonly chain: InterceptorChain
}

/** First parts of paths that are the gateway's own. */
const ownPaths: ReadonlySet<string> = new Set(['webhooks', 'healthz', 'readyz'])

/** Plugs a channel entry in. Its accounts are connected elsewhere. */
export function plugChannel(
  found: FoundPlugin,
  module: unknown,
  { scope }: OwnedScope,
  { channels }: Registries,
): void {
  const channel = defaultOf(found, 'channel', module, [
    'id',
    'account',
    'traits',
    'connect',
  ]) as unknown as PluggedChannel
  sameId(found, 'channel', channel.id)
  channels.set(channel.id, { channel, plugin: found.manifest.id })
  scope.defer(() => void channels.delete(channel.id), `channel ${channel.id}`)
}

/** Sets a gateway entry up and plugs in what it adds. Whatever it throws leaves nothing once its scope is closed. */
export async function plugGateway(
  found: FoundPlugin,
  module: unknown,
  { scope }: OwnedScope,
  registries: Registries,
  given: {
    readonly config: unknown
    readonly store: Store
    readonly clock: Clock
    readonly access: GatewayAccess
    readonly log: Log
  },
): Promise<void> {
  const { manifest } = found
  const gateway = defaultOf(found, 'gateway', module, ['id', 'setup']) as unknown as Gateway
  sameId(found, 'gateway', gateway.id)
  if (ownPaths.has(manifest.id))
    throw failure(
      'conflict',
      `${manifest.id}: /${manifest.id}/ is a path of the gateway itself; the plugin needs another id`,
    )
  const rows = methodRows(manifest.id, gateway.methods ?? {}, registries)

  const allowed = manifest.permissions?.methods ?? []
  const extension = await gateway.setup({
    ...scope,
    config: given.config as never,
    store: given.store,
    clock: given.clock,
    address: given.access.address(),
    on(event, listen) {
      const watching = given.access.on(event, (envelope) => {
        try {
          listen(envelope)
        } catch (error) {
          given.log.error(`${manifest.id}: its listener to ${event} failed`, { error: String(error) })
        }
      })
      return scope.use(watching, `listener ${event}`)
    },
    async call(method, params) {
      if (!allowed.includes(method))
        throw failure(
          'forbidden',
          `${manifest.id} calls ${method}, which its manifest does not name under permissions.methods`,
        )
      return given.access.call(manifest.id, method, params)
    },
  })
  // A set-up that ended after its scope must not plug anything in.
  if (scope.signal.aborted) throw scope.signal.reason
  if (!isSection(extension))
    throw failure('internal', `${manifest.id}: its set-up gave no extension; return {} when there is nothing to add`)

  for (const [name, row] of rows) {
    const handle = valueAt(extension, ['handlers', name])
    if (typeof handle !== 'function')
      throw failure('internal', `${manifest.id}: the method ${name} is declared and has no handler`)
    registries.methods.set(name, {
      plugin: manifest.id,
      row,
      handle: (params, caller) =>
        (handle as (params: unknown, caller: Caller) => unknown).call(extension.handlers, params, caller as Caller),
    })
    scope.defer(() => void registries.methods.delete(name), `method ${name}`)
  }
  registries.extensions.set(manifest.id, { extension, gateway, manifest })
  scope.defer(
    () => void registries.extensions.delete(manifest.id),
    extension.fetch ? `route /${manifest.id}/` : 'extension',
  )
  if (extension.intercept) {
    const added = registries.chain.add(manifest.id, extension.intercept)
    scope.use(added, `interceptors ${added.names.join(', ')}`)
  }
}

function methodRows(id: string, table: MethodTable, { methods }: Registries): readonly (readonly [string, Method])[] {
  const rows = Object.entries(table)
  for (const [name] of rows) {
    const owner = Object.hasOwn(kernelMethods, name) ? 'the gateway itself' : methods.get(name)?.plugin
    if (owner !== undefined)
      throw failure('conflict', `${id}: the method ${name} is taken by ${owner}; the plugin must name it otherwise`)
    if (!name.startsWith(`${id}.`))
      throw failure('forbidden', `${id}: its methods begin with "${id}.", and ${name} does not`)
  }
  return rows
}

/** What an entry module exports. Told by its shape, never by a class: the plugin may bring its own copy of the sdk. */
function defaultOf(
  found: FoundPlugin,
  hook: string,
  module: unknown,
  fields: readonly string[],
): Record<string, unknown> {
  const entry = valueAt(module, ['default'])
  const missing = isSection(entry) ? fields.filter((field) => entry[field] === undefined) : ['a default export']
  if (!isSection(entry) || missing.length > 0)
    throw failure(
      'invalid_config',
      `${found.name}: its ${hook} module lacks ${missing.join(', ')}; export what define${hook[0]?.toUpperCase()}${hook.slice(1)} gives as the default`,
    )
  return entry
}

function sameId({ manifest, name }: FoundPlugin, hook: string, id: unknown): void {
  if (id !== manifest.id)
    throw failure(
      'invalid_config',
      `${name}: its ${hook} entry calls itself "${String(id)}" and its manifest "${manifest.id}"; they must be the same`,
    )
}
