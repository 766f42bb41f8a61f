import type { Channel, Extension, Gateway, InterceptorName, Interceptors, Method } from '@openclaw/sdk'
import type { PluginSchema } from '../config/configuration.ts'
import type { EntryPlan, EntryReport, EventEnvelope, HookPoint, Manifest, MethodResult } from '@openclaw/protocol'

/** A plugin that was found, before any of its code ran. */
export interface FoundPlugin {
  readonly manifest: Manifest
  readonly name: string
  readonly version: string
  readonly source: 'bundled' | 'installed' | 'workspace'
  /** Imports one of its modules: a hook point's entry, or `config`. */
  load(part: HookPoint | 'config'): Promise<unknown>
  /** How another process names one of its modules: a file URL below the package, or `bundled:<id>/<part>`. */
  module(part: HookPoint | 'config'): Promise<string>
  /** It comes from those who make the gateway, so that it is trusted like the gateway itself. */
  readonly ours: boolean
  /** Folders from which it and what it depends on are read; none for one that comes with the program. */
  readonly folders: readonly string[]
}

/** Plugins that come with the program, in place of a folder to search. */
export interface BundledPlugin {
  readonly package: { readonly name: string; readonly version: string; readonly openclaw: unknown }
  readonly load: Readonly<Partial<Record<HookPoint | 'config', () => Promise<unknown>>>>
}

/** What gateway entries reach of the gateway. */
export interface GatewayAccess {
  /** The address under which people reach it. */
  address(): URL
  on(event: string, listen: (event: EventEnvelope) => void): Disposable
  /** Calls a method as a plugin. That its manifest names the method was checked. */
  call(plugin: string, method: string, params?: object): Promise<unknown>
}

/** A channel as it is plugged in. One in a process of its own renders there, so its pieces are waited for. */
export interface PluggedChannel extends Omit<Channel, 'render'> {
  render?(markdown: string): readonly string[] | Promise<readonly string[]>
}

/** Everything that is plugged in. A registry is a field of this, never a module's variable. */
export interface Plugins extends AsyncDisposable {
  /** Reads manifests and configuration, runs no entry. */
  find(): Promise<void>
  /** Imports and sets up the entries, one at a time; one that fails is parked with its reason. */
  start(): Promise<void>
  reload(id?: string): Promise<void>
  list(): MethodResult<'plugins.list'>['plugins']
  /** Config schemas of everything found; loads the plugins' `config` modules, which import no vendor library. */
  schemas(): Promise<readonly PluginSchema[]>
  readonly channels: ReadonlyMap<string, { readonly channel: PluggedChannel; readonly plugin: string }>
  readonly extensions: ReadonlyMap<
    string,
    { readonly extension: Extension; readonly gateway: Gateway; readonly manifest: Manifest }
  >
  /** Rows that gateway entries added. */
  method(name: string): { readonly row: Method; handle(params: unknown, caller: unknown): unknown } | undefined
  /** The configuration schema of a plugin; an empty object for one without. */
  schema(id: string): object
  /** What the agent process shall load. */
  agentEntries(): Promise<readonly EntryPlan[]>
  /** The local socket of the entries that a plugin's own process serves to the agent. Rejects when there is none. */
  reach(plugin: string, signal: AbortSignal): Promise<string>
  /** Ends the process of a plugin, which the agent has found out; another one is started. */
  end(plugin: string, why: string): void
  /** What the agent process said of them. */
  reported(reports: readonly EntryReport[]): void
  /** Runs the interceptors of a name in order. A throw stops the value: `failed` says which plugin. */
  intercept<K extends InterceptorName>(
    name: K,
    value: Interceptors[K]['value'],
    signal: AbortSignal,
  ): Promise<{ value: Interceptors[K]['value'] } | { stopped: Interceptors[K]['verdict'] } | { failed: string }>
  intercepts(name: InterceptorName): boolean
  onChange(listen: () => void): Disposable
}
