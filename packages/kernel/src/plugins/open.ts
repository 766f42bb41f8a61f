import { join } from 'node:path'
import { failure, type EntryPlan, type EntryReport, type HookPoint, type MethodResult } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import type { Configuration, PluginSchema, Secrets } from '../config/configuration.ts'
import { isSection, overlaps, valueAt } from '../config/path.ts'
import { pluginSettings } from '../config/settings.ts'
import { deadline, within } from '../deadline.ts'
import type { Platform } from '../platform.ts'
import { findBundled, findInstalled, type Finding } from './find.ts'
import type { BundledPlugin, GatewayAccess, Plugins } from './host.ts'
import { openChain } from './intercept.ts'
import { plugChannel, plugGateway, type Registries } from './plug.ts'
import { openScope, type OwnedScope } from './scope.ts'
import { openStore } from './store.ts'

/** Time that an entry has to be imported and set up. */
const setUpMs = 10_000

/** A plugin and how it stands. */
interface Plugged {
  finding: Finding
  state: 'pending' | 'loading' | 'active' | 'disabled' | 'parked'
  reason?: string
  setupMs?: number
  scope?: OwnedScope
  /** Of `plugins.<id>.config`. */
  schema?: object
  /** Of an account of its channel. */
  account?: object
  /** Its code was imported, so that another version of it waits for the next start. */
  loaded?: boolean
  /** A version that was installed since. */
  newer?: string
  /** What the agent process said of its entries there. */
  readonly reports: Map<HookPoint, EntryReport>
}

/** Opens the plugins of a gateway. Nothing is read before `find`, and no code of a plugin runs before `schemas` or `start`. */
export function openPlugins(options: {
  readonly home: string
  readonly platform: Platform
  readonly bundled: readonly BundledPlugin[]
  readonly configuration: Configuration
  readonly secrets: Secrets
  readonly log: Log
  readonly access: GatewayAccess
}): Plugins {
  const { home, platform, configuration, secrets, log } = options
  const { clock, files } = platform
  const listeners = new Set<() => void>()
  const registries: Registries = {
    channels: new Map(),
    extensions: new Map(),
    methods: new Map(),
    chain: openChain({ clock, failed: (plugin, name, error) => log.error(`${plugin}: its ${name} interceptor failed, so the value was stopped`, { error: String(error) }) }),
  }
  let plugged: Plugged[] = []
  let started = false
  let ended = false
  let work: Promise<unknown> = Promise.resolve()

  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = work.then(task)
    work = result.catch(() => {})
    return result
  }
  const changed = () => {
    for (const listen of listeners) {
      try {
        listen()
      } catch (error) {
        log.error('plugins: a listener failed', { error: String(error) })
      }
    }
  }
  const byId = (id: string) => plugged.find(({ finding }) => finding.id === id && finding.plugin)
  const rules = (id: string) => configuration.value.plugins?.[id]
  const stateFolder = (id: string) => join(home, 'state', id)

  const park = (one: Plugged, reason: string) => {
    one.state = 'parked'
    one.reason = reason
    log.warn(`plugin ${one.finding.id} is parked`, { reason })
  }

  /** Why it is not to be loaded; undefined when it is. */
  const off = (one: Plugged): string | undefined => {
    const { id } = one.finding
    if (rules(id)?.enabled === false) return `plugins.${id}.enabled is false`
    // A vendor's library costs memory: a channel without an account is not loaded at all.
    if (isChannelOnly(one) && !hasAccount(id)) return `channels.${id} has no account`
    return undefined
  }
  const hasAccount = (id: string) => {
    const channel = valueAt(configuration.value, ['channels', id])
    return isSection(channel) && channel['enabled'] !== false && Object.keys(isSection(channel['accounts']) ? channel['accounts'] : {}).length > 0
  }

  const find = async () => {
    const installed = await findInstalled(files, join(home, 'plugins')).catch((error: unknown) => {
      log.error('plugins: those in the home cannot be found', { error: String(error) })
      return []
    })
    const taken = new Map<string, string>()
    // What was installed on purpose comes before what the program brings.
    const findings = [...installed, ...findBundled(options.bundled)].flatMap((finding): readonly Finding[] => {
      const owner = finding.plugin && taken.get(finding.id)
      if (owner !== undefined && finding.source === 'bundled') return []
      if (owner !== undefined) {
        const { plugin: _, ...rest } = finding
        return [{ ...rest, reason: `the id "${finding.id}" is taken by ${owner}; remove one of them` }]
      }
      if (finding.plugin) taken.set(finding.id, finding.name)
      return [finding]
    })
    const before = plugged
    plugged = findings.map((finding) => {
      const known = before.find((one) => one.finding.name === finding.name && one.finding.id === finding.id && (one.loaded || one.finding.version === finding.version))
      if (known && !!known.finding.plugin === !!finding.plugin) {
        if (known.finding.version === finding.version) delete known.newer
        else known.newer = finding.version
        return known
      }
      const one: Plugged = { finding, state: 'pending', reports: new Map() }
      if (finding.reason !== undefined) park(one, finding.reason)
      return one
    })
    return before.filter((one) => !plugged.includes(one))
  }

  const loadSchemas = async (): Promise<readonly PluginSchema[]> => {
    const schemas: PluginSchema[] = []
    for (const one of plugged) {
      const { plugin } = one.finding
      if (!plugin || (one.state === 'parked' && !one.schema)) continue
      const { id } = plugin.manifest
      try {
        if (!one.schema) Object.assign(one, await schemasOf(one))
        if (one.account) schemas.push({ id, channel: true, schema: one.account })
        if (!isChannelOnly(one)) schemas.push({ id, channel: false, schema: one.schema ?? {} })
      } catch (error) {
        park(one, `its configuration schema cannot be loaded: ${messageOf(error)}`)
      }
    }
    return schemas
  }
  /** The `config` module exports `config` for the plugin and `account` for a channel's accounts; a channel alone needs only one. */
  const schemasOf = async (one: Plugged): Promise<Pick<Plugged, 'schema' | 'account'>> => {
    const { plugin } = one.finding
    if (!plugin?.manifest.config) return { schema: {} }
    using limit = deadline(clock, setUpMs, `importing the schema of ${plugin.name}`)
    const module = await within(plugin.load('config'), limit.signal)
    const schema = valueAt(module, ['config']) ?? valueAt(module, ['default'])
    const account = valueAt(module, ['account']) ?? (isChannelOnly(one) ? schema : undefined)
    if (!isSection(schema) && !isSection(account)) throw failure('invalid_config', `${plugin.name} exports no config from ${plugin.manifest.config}`)
    return { schema: isSection(schema) && !isChannelOnly(one) ? schema : {}, ...(isSection(account) ? { account } : {}) }
  }
  const isChannelOnly = ({ finding: { plugin } }: Plugged) => Object.keys(plugin?.manifest.hooks ?? {}).every((hook) => hook === 'channel')

  const setUp = async (one: Plugged) => {
    const { plugin } = one.finding
    if (!plugin || ended) return
    const { manifest } = plugin
    const reason = off(one)
    if (reason !== undefined) {
      one.state = 'disabled'
      one.reason = reason
      return
    }
    if (rules(manifest.id)?.isolation === 'process') {
      return park(one, `plugins.${manifest.id}.isolation asks for a process of its own, which this version does not have; set it to "none" to trust the plugin like the gateway itself`)
    }
    one.state = 'loading'
    delete one.reason
    one.reports.clear()
    one.loaded = true
    const start = clock.monotonic()
    const scope = openScope({ label: `plugin ${manifest.id}`, log, clock })
    one.scope = scope
    try {
      using limit = deadline(clock, setUpMs, `setting up ${manifest.id}`)
      await within(plugIn(one, scope), limit.signal)
      one.setupMs = clock.monotonic() - start
      one.state = 'active'
    } catch (error) {
      await unplug(one)
      park(one, messageOf(error))
    }
  }
  const plugIn = async (one: Plugged, scope: OwnedScope) => {
    const { plugin } = one.finding
    if (!plugin) return
    const { manifest } = plugin
    const { id, hooks } = manifest
    const config = isChannelOnly(one) ? {} : await pluginSettings({ configuration, secrets }, id, one.schema ?? {})
    if (hooks.channel !== undefined && hasAccount(id)) plugChannel(plugin, await plugin.load('channel'), scope, registries)
    if (hooks.gateway !== undefined) {
      const module = await plugin.load('gateway')
      if (scope.scope.signal.aborted) return
      await plugGateway(plugin, module, scope, registries, { config, store: openStore(files, stateFolder(id)), access: options.access, log })
    }
    // What the agent process is to load is named now, so that a path that leads elsewhere is found here.
    for (const hook of ['tool', 'provider'] as const) if (hooks[hook] !== undefined) await plugin.module(hook)
  }
  const unplug = async (one: Plugged) => {
    const left = (await one.scope?.close()) ?? []
    delete one.scope
    return left
  }
  const restart = async (one: Plugged) => {
    const left = await unplug(one)
    if (left.length > 0) return park(one, `it could not be stopped whole, so it is not started again: ${left.join('; ')}; restart the gateway`)
    await setUp(one)
  }

  const watching = configuration.onChange(({ paths }) => {
    if (!started) return
    void inTurn(async () => {
      for (const one of plugged) {
        const { id, plugin } = one.finding
        if (!plugin) continue
        const own = paths.some((path) => overlaps(path, `plugins.${id}`))
        const channel = plugin.manifest.hooks.channel !== undefined && hasAccount(id) !== registries.channels.has(id) && paths.some((path) => overlaps(path, `channels.${id}`))
        if (own || channel) await restart(one)
      }
      changed()
    })
  })

  const agentHooks = ({ finding: { plugin } }: Plugged) => (['tool', 'provider'] as const).filter((hook) => plugin?.manifest.hooks[hook] !== undefined)
  const describe = (one: Plugged): MethodResult<'plugins.list'>['plugins'][number] => {
    const { finding } = one
    const manifest = finding.plugin?.manifest
    const reports = [...one.reports.values()]
    const parked = reports.find(({ state }) => state === 'parked')
    const waiting = one.state === 'active' && agentHooks(one).some((hook) => !one.reports.has(hook))
    const newer = one.newer === undefined ? undefined : `version ${one.newer} is installed; restart the gateway to run it`
    const reason = one.reason ?? newer ?? (parked ? `${parked.hook}: ${parked.reason ?? 'it could not be set up'}` : undefined)
    const setupMs = one.setupMs === undefined ? undefined : reports.reduce((sum, report) => sum + report.setupMs, one.setupMs)
    return {
      id: finding.id,
      name: finding.name,
      version: finding.version,
      label: manifest?.label ?? finding.name,
      hooks: Object.keys(manifest?.hooks ?? {}),
      source: finding.source,
      state: one.state === 'active' && parked ? 'parked' : waiting ? 'loading' : one.state,
      ...(reason === undefined ? {} : { reason }),
      ...(setupMs === undefined ? {} : { setupMs: Math.round(setupMs * 100) / 100 }),
      holds: [...(one.scope?.holds() ?? []), ...reports.flatMap((report) => report.holds.map((label) => `${report.hook}: ${label}`))],
      permissions: { network: manifest?.permissions?.network ?? [], methods: manifest?.permissions?.methods ?? [] },
    }
  }

  return {
    channels: registries.channels,
    extensions: registries.extensions,
    intercept: registries.chain.intercept,
    intercepts: registries.chain.intercepts,
    method: (name) => registries.methods.get(name),
    schema: (id) => byId(id)?.schema ?? {},
    list: () => plugged.map(describe),
    find: () => inTurn(async () => void (await find())),
    schemas: () => inTurn(loadSchemas),
    start: () =>
      inTurn(async () => {
        started = true
        await configuration.extend(await loadSchemas())
        for (const one of plugged) {
          if (one.state !== 'pending') continue
          await setUp(one)
          changed()
        }
      }),
    reload: (id) =>
      inTurn(async () => {
        if (id !== undefined) {
          const one = byId(id)
          if (!one) throw failure('not_found', `plugins: there is no plugin "${id}"; openclaw plugins list shows those that are`)
          await restart(one)
          return changed()
        }
        for (const one of await find()) await unplug(one)
        await configuration.extend(await loadSchemas())
        for (const one of plugged) if (one.finding.plugin && one.state !== 'active') await restart(one)
        changed()
      }),
    async agentEntries() {
      const plans: EntryPlan[] = []
      for (const one of plugged) {
        const { plugin } = one.finding
        if (!plugin || one.state !== 'active') continue
        const { id, permissions } = plugin.manifest
        for (const hook of agentHooks(one)) {
          try {
            const config = await pluginSettings({ configuration, secrets }, id, one.schema ?? {})
            plans.push({ plugin: id, hook, module: await plugin.module(hook), config, methods: [...(permissions?.methods ?? [])], state: stateFolder(id) })
          } catch (error) {
            one.reports.set(hook, { plugin: id, hook, state: 'parked', reason: messageOf(error), setupMs: 0, holds: [] })
          }
        }
      }
      return plans
    },
    reported(reports) {
      for (const report of reports) {
        const one = byId(report.plugin)
        one?.reports.set(report.hook, report)
      }
      changed()
    },
    onChange(listen) {
      listeners.add(listen)
      return { [Symbol.dispose]: () => void listeners.delete(listen) }
    },
    async [Symbol.asyncDispose]() {
      ended = true
      watching[Symbol.dispose]()
      await inTurn(async () => {
        for (const one of plugged.toReversed()) await unplug(one)
      })
      listeners.clear()
    },
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error || (isSection(error) && typeof error['message'] === 'string') ? String((error as Error).message) : String(error)
}
