import { toFailure, type EntryPlan, type EntryReport } from '@openclaw/protocol'
import type { Log, Provider, Scope } from '@openclaw/sdk'
import { guardFetch, openScope, openStore, type OwnedScope } from '@openclaw/sdk/host'
import type { Clock } from './clock.ts'
import type { Reach } from './isolated/connect.ts'
import type { AnyTools } from './isolated/tools.ts'
import { connectPool } from './keys.ts'
import type { ProviderRegistry } from './providers.ts'
import { stateFiles } from './state.ts'
import type { ToolRegistry } from './tools.ts'

/** Entries that come with the program: `<plugin>/<hook>` to its module. */
export type BundledEntries = Readonly<Record<string, () => Promise<unknown>>>

/** What is plugged into one agent instance. */
export interface Entries extends AsyncDisposable {
  /** Loads these and unloads all others; what did not change stays. One that fails is parked with its reason. */
  load(plans: readonly EntryPlan[], env: readonly string[]): Promise<EntryReport[]>
}

interface Loaded {
  readonly plan: string
  readonly owned: OwnedScope
  readonly report: EntryReport
}

/** Opens the loader of one agent instance. */
export function openEntries(parts: {
  bundled: BundledEntries
  tools: ToolRegistry
  providers: ProviderRegistry
  clock: Clock
  /** Leads to the processes of plugins. */
  reach: Reach
  log: (plugin: string) => Log
}): Entries {
  const { bundled, tools, providers, clock } = parts
  const loaded = new Map<string, Loaded>()
  let turn: Promise<unknown> = Promise.resolve()

  /** The entry as this process sees it when it lives in another one. */
  async function isolated({ plugin, hook, module }: EntryPlan): Promise<AnyTools | Provider> {
    const { isolateProvider, isolateTools } = await import('./isolated/index.ts')
    const about = { plugin, module, clock, reach: parts.reach }
    return hook === 'tool' ? isolateTools(about) : isolateProvider(about)
  }

  async function importEntry(module: string): Promise<unknown> {
    const inside = module.startsWith('bundled:') ? module.slice('bundled:'.length) : undefined
    if (inside !== undefined && !bundled[inside]) throw new Error(`the program has no entry ${inside}; build it again`)
    const found: unknown = await (inside === undefined ? import(module) : bundled[inside]!())
    const entry = (found as { default?: unknown }).default ?? found
    if (typeof entry !== 'object' || entry === null)
      throw new Error(`${module} has no default export; export defineTools(…) or defineProvider(…)`)
    return entry
  }

  async function setUp(plan: EntryPlan, scope: Scope, env: readonly string[]): Promise<void> {
    const entry = plan.isolated ? await isolated(plan) : await importEntry(plan.module)
    const store = openStore(stateFiles, plan.state)
    if (plan.hook === 'tool') {
      const register = (...added: Parameters<ToolRegistry['register']>[1]) =>
        scope.use(tools.register(plan.plugin, added), `tools ${added.map(({ name }) => name).join(', ')}`)
      await (entry as AnyTools).setup({ ...scope, config: plan.config, store, fetch: guardFetch({ clock }), register })
      return
    }
    const provider = entry as Provider
    const pool = await connectPool(provider, { ...scope, config: plan.config, store, fetch: globalThis.fetch, env })
    scope.use(providers.register(plan.plugin, provider.id, pool), `provider ${provider.id}`)
  }

  async function loadOne(key: string, plan: EntryPlan, env: readonly string[]): Promise<void> {
    const began = performance.now()
    const owned = openScope({ label: `${plan.plugin}/${plan.hook}`, log: parts.log(plan.plugin), clock })
    const about = { plugin: plan.plugin, hook: plan.hook }
    const setupMs = () => Math.round(performance.now() - began)
    try {
      await setUp(plan, owned.scope, env)
      loaded.set(key, {
        plan: JSON.stringify([plan, env]),
        owned,
        report: { ...about, state: 'active', setupMs: setupMs(), holds: [] },
      })
    } catch (thrown) {
      const reason = toFailure(thrown).message
      await owned.close()
      loaded.set(key, { plan: '', owned, report: { ...about, state: 'parked', reason, setupMs: setupMs(), holds: [] } })
    }
  }

  async function unload(key: string): Promise<void> {
    const entry = loaded.get(key)
    loaded.delete(key)
    await entry?.owned.close()
  }

  async function loadAll(plans: readonly EntryPlan[], env: readonly string[]): Promise<EntryReport[]> {
    const wanted = new Map(plans.map((plan) => [`${plan.plugin}/${plan.hook}`, plan]))
    for (const [key, { plan }] of [...loaded].toReversed()) {
      const next = wanted.get(key)
      if (!next || plan !== JSON.stringify([next, env])) await unload(key)
    }
    const missing = [...wanted].filter(([key]) => !loaded.has(key))
    for (const [key, plan] of missing) if (!plan.isolated) await loadOne(key, plan, env)
    // Each in a process of its own: one that takes its time keeps no other.
    await Promise.all(missing.map(([key, plan]) => (plan.isolated ? loadOne(key, plan, env) : undefined)))
    return [...wanted.keys()].map((key) => {
      const { report, owned } = loaded.get(key)!
      return { ...report, holds: [...owned.holds()] }
    })
  }

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work)
    turn = result.catch(() => {})
    return result
  }
  return {
    load: (plans, env) => inTurn(() => loadAll(plans, env)),
    [Symbol.asyncDispose]: () =>
      inTurn(async () => {
        for (const key of [...loaded.keys()].toReversed()) await unload(key)
      }),
  }
}
