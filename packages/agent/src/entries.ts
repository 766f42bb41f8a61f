import { toFailure, type EntryPlan, type EntryReport } from '@openclaw/protocol'
import type { Log, Provider, Scope } from '@openclaw/sdk'
import { guardFetch, lightFetch, openScope, openStore, type OwnedScope } from '@openclaw/sdk/host'
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
  /**
   * Loads these and unloads all others; what did not change stays. One that fails is parked with its reason; one in
   * another process that is not there within 5 s is reported later.
   */
  load(plans: readonly EntryPlan[], env: readonly string[]): Promise<EntryReport[]>
}

/** How long runs wait for entries in processes of their own; what comes later is told when it is there. */
const patienceMs = 5000

interface Loaded {
  plan: string
  readonly owned: OwnedScope
  /** Absent while it is being set up. */
  report?: EntryReport
  late?: boolean
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
  /** What became of entries that were not set up in time. */
  onLate(reports: EntryReport[]): void
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
      await (entry as AnyTools).setup({
        ...scope,
        config: plan.config,
        store,
        fetch: guardFetch({ clock }),
        now: () => clock.now(),
        register,
      })
      return
    }
    const provider = entry as Provider
    const pool = await connectPool(provider, { ...scope, config: plan.config, store, fetch: lightFetch, env })
    scope.use(providers.register(plan.plugin, provider.id, pool), `provider ${provider.id}`)
  }

  async function loadOne(key: string, plan: EntryPlan, env: readonly string[]): Promise<void> {
    const began = performance.now()
    const owned = openScope({ label: `${plan.plugin}/${plan.hook}`, log: parts.log(plan.plugin), clock })
    const mine: Loaded = { plan: JSON.stringify([plan, env]), owned }
    const report = (more: Pick<EntryReport, 'state' | 'reason'>) => {
      const { plugin, hook } = plan
      mine.report = { plugin, hook, ...more, setupMs: Math.round(performance.now() - began), holds: [] }
    }
    loaded.set(key, mine)
    try {
      await setUp(plan, owned.scope, env)
      report({ state: 'active' })
    } catch (thrown) {
      await owned.close()
      mine.plan = ''
      report({ state: 'parked', reason: toFailure(thrown).message })
    }
    if (mine.late && loaded.get(key) === mine) parts.onLate(reportsOf([key]))
  }

  /** What is known of these; one that is still being set up is left out. */
  function reportsOf(keys: Iterable<string>): EntryReport[] {
    return [...keys].flatMap((key) => {
      const { report, owned } = loaded.get(key)!
      return report ? [{ ...report, holds: [...owned.holds()] }] : []
    })
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
    // Those in processes of their own side by side: one that takes its time keeps no other, and no run for long.
    const elsewhere = missing.filter(([, { isolated: apart }]) => apart)
    const { promise: late, resolve } = Promise.withResolvers<void>()
    using _patience = clock.after(patienceMs, resolve)
    await Promise.race([Promise.all(elsewhere.map(([key, plan]) => loadOne(key, plan, env))), late])
    for (const [key] of elsewhere) {
      const one = loaded.get(key)!
      one.late = one.report === undefined
    }
    return reportsOf(wanted.keys())
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
