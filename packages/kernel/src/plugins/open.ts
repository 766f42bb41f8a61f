import { join } from 'node:path'
import { failure, type EntryPlan } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import { openScope, openStore, type OwnedScope } from '@openclaw/sdk/host'
import type { Configuration, Secrets } from '../config/configuration.ts'
import { isSection, overlaps, valueAt } from '../config/path.ts'
import { pluginSettings } from '../config/settings.ts'
import { deadline, within } from '../deadline.ts'
import type { PluginProgram } from '../isolation/life.ts'
import type { Platform } from '../platform.ts'
import { findPlugins } from './find.ts'
import type { BundledPlugin, FoundPlugin, GatewayAccess, Plugins } from './host.ts'
import { openChain } from './intercept.ts'
import { openIsolation } from './isolate.ts'
import { plugChannel, plugGateway, type Registries } from './plug.ts'
import { agentHooks, describe, isChannelOnly, messageOf, type Plugged } from './plugged.ts'
import { loadSchemas } from './schemas.ts'

/** Time that an entry has to be imported and set up. */
const setUpMs = 10_000

/** Opens the plugins of a gateway. Nothing is read before `find`, and no code of a plugin runs before `schemas` or `start`. */
export function openPlugins(options: {
  readonly home: string
  readonly platform: Platform
  readonly bundled: readonly BundledPlugin[]
  /** What is started for plugins in a process of their own. */
  readonly isolation?: PluginProgram | undefined
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
    chain: openChain({
      clock,
      failed: (plugin, name, error) =>
        log.error(`${plugin}: its ${name} interceptor failed, so the value was stopped`, { error: String(error) }),
    }),
  }
  const isolation = openIsolation({
    home,
    platform,
    log,
    program: options.isolation,
    address: () => options.access.address(),
  })
  let plugged: Plugged[] = []
  let started = false
  const ending = new AbortController()
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
  const isolated = (plugin: FoundPlugin) => isolation.isolates(plugin, rules(plugin.manifest.id)?.isolation)
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
    return (
      isSection(channel) &&
      channel['enabled'] !== false &&
      Object.keys(isSection(channel['accounts']) ? channel['accounts'] : {}).length > 0
    )
  }

  const find = async () => {
    const findings = await findPlugins(files, join(home, 'plugins'), options.bundled, log)
    const before = plugged
    plugged = findings.map((finding) => {
      const known = before.find(
        (one) =>
          one.finding.name === finding.name &&
          one.finding.id === finding.id &&
          (one.loaded || one.finding.version === finding.version),
      )
      if (known && !!known.finding.plugin === !!finding.plugin) {
        if (known.finding.version === finding.version) delete known.newer
        else known.newer = finding.version
        return known
      }
      const one: Plugged = { finding, state: 'pending', round: 0, reports: new Map() }
      if (finding.reason !== undefined) park(one, finding.reason)
      return one
    })
    return before.filter((one) => !plugged.includes(one))
  }

  const loadAll = () =>
    loadSchemas(
      plugged,
      clock,
      ({ finding: { plugin } }) => (plugin && isolated(plugin) ? isolation.config(plugin) : plugin!.load('config')),
      park,
    )

  const setUp = async (one: Plugged) => {
    const { plugin } = one.finding
    if (!plugin || ending.signal.aborted) return
    const { manifest } = plugin
    const reason = off(one)
    if (one.stuck !== undefined) return park(one, one.stuck)
    if (reason !== undefined) {
      one.reports.clear()
      one.state = 'disabled'
      one.reason = reason
      return
    }
    one.state = 'loading'
    one.round++
    one.reports.clear()
    delete one.reason
    // Code that was imported here stays; that of a process goes with it.
    one.loaded = !isolated(plugin)
    const start = clock.monotonic()
    const scope = openScope({ label: `plugin ${manifest.id}`, log, clock })
    one.scope = scope
    try {
      using limit = deadline(clock, setUpMs, `setting up ${manifest.id}`, ending.signal)
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
    const source = await sourceOf(one, plugin, scope)
    const config = isChannelOnly(one) ? {} : await pluginSettings({ configuration, secrets }, id, one.schema ?? {})
    if (hooks.channel !== undefined && hasAccount(id))
      plugChannel(plugin, await source.load('channel'), scope, registries)
    if (hooks.gateway !== undefined) {
      const module = await source.load('gateway')
      if (scope.scope.signal.aborted) return
      await plugGateway(plugin, module, scope, registries, {
        config,
        store: openStore(files, stateFolder(id)),
        clock,
        access: options.access,
        log,
      })
    }
    // What the agent process is to load is named now, so that a path that leads elsewhere is found here.
    for (const hook of ['tool', 'provider'] as const) if (hooks[hook] !== undefined) await plugin.module(hook)
  }
  /** Where its channel and gateway entries are imported. Its process serves the others to the agent. */
  const sourceOf = async (one: Plugged, plugin: FoundPlugin, scope: OwnedScope) => {
    const { id, hooks } = plugin.manifest
    const needed = Object.keys(hooks).some((hook) => hook !== 'channel' || hasAccount(id))
    if (!needed || !isolated(plugin)) return plugin
    const tell = (change: () => void) => {
      if (one.scope !== scope || one.state === 'loading') return
      change()
      changed()
    }
    one.process = await isolation.open(plugin, scope, {
      lost: (reason) => tell(() => (one.reason = `its process ended: ${reason}; it is being started again`)),
      up: () => tell(() => delete one.reason),
      // What it added stays plugged in and refuses: what it guards must not stand open.
      down: (why) => tell(() => park(one, why)),
    })
    return one.process
  }
  const unplug = async (one: Plugged) => {
    const left = (await one.scope?.close()) ?? []
    delete one.scope
    delete one.process
    return left
  }
  const restart = async (one: Plugged) => {
    const left = await unplug(one)
    if (left.length > 0)
      one.stuck = `it could not be stopped whole, so it is not started again: ${left.join('; ')}; restart the gateway`
    await setUp(one)
  }

  const watching = configuration.onChange(({ paths }) => {
    if (!started) return
    void inTurn(async () => {
      for (const one of plugged) {
        const { id, plugin } = one.finding
        if (!plugin) continue
        const own = paths.some((path) => overlaps(path, `plugins.${id}`))
        const channel =
          plugin.manifest.hooks.channel !== undefined &&
          hasAccount(id) !== registries.channels.has(id) &&
          paths.some((path) => overlaps(path, `channels.${id}`))
        if (own || channel) await restart(one)
      }
      changed()
    })
  })

  return {
    channels: registries.channels,
    extensions: registries.extensions,
    intercept: registries.chain.intercept,
    intercepts: registries.chain.intercepts,
    method: (name) => registries.methods.get(name),
    schema: (id) => byId(id)?.schema ?? {},
    list: () => plugged.map(describe),
    find: () => inTurn(async () => void (await find())),
    schemas: () => inTurn(() => loadAll()),
    start: () =>
      inTurn(async () => {
        started = true
        await configuration.extend(await loadAll())
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
          if (!one)
            throw failure(
              'not_found',
              `plugins: there is no plugin "${id}"; \`openclaw plugins list\` shows those that are`,
            )
          await restart(one)
          return changed()
        }
        for (const one of await find()) await unplug(one)
        await configuration.extend(await loadAll())
        for (const one of plugged) if (one.finding.plugin && one.state !== 'active') await restart(one)
        changed()
      }),
    // After what a change of the configuration set off: the entries are those of the plugins as they stand then.
    agentEntries: () =>
      inTurn(async () => {
        const plans: EntryPlan[] = []
        for (const one of plugged) {
          const { plugin } = one.finding
          if (!plugin || one.state !== 'active') continue
          const { id, permissions } = plugin.manifest
          for (const hook of agentHooks(one)) {
            try {
              const config = await pluginSettings({ configuration, secrets }, id, one.schema ?? {})
              plans.push({
                plugin: id,
                hook,
                module: await plugin.module(hook),
                config,
                methods: [...(permissions?.methods ?? [])],
                state: stateFolder(id),
                round: one.round,
                isolated: one.process !== undefined,
              })
            } catch (error) {
              one.reports.set(hook, {
                plugin: id,
                hook,
                state: 'parked',
                reason: messageOf(error),
                setupMs: 0,
                holds: [],
              })
            }
          }
        }
        return plans
      }),
    async reach(id, signal) {
      // A plugin that is being set up anew is waited for.
      const hosted = await inTurn(async () => byId(id)?.process)
      if (!hosted) throw failure('forbidden', `${id}: it has no process; \`openclaw plugins inspect ${id}\` says why`)
      return hosted.reach(signal)
    },
    end: (id, why) => byId(id)?.process?.end(why),
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
      ending.abort(failure('aborted', 'the gateway stops'))
      watching[Symbol.dispose]()
      await inTurn(async () => {
        for (const one of plugged.toReversed()) await unplug(one)
      })
      listeners.clear()
    },
  }
}
