import { join } from 'node:path'
import { failure } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import type { OwnedScope } from '@openclaw/sdk/host'
import type { IsolatedPlugin } from '../isolation/host.ts'
import type { PluginProgram } from '../isolation/life.ts'
import type { Platform } from '../platform.ts'
import type { FoundPlugin } from './host.ts'

/** What becomes of a process of a plugin, as its row in the list shows it. */
export interface Fate {
  lost(reason: string): void
  up(): void
  down(why: string): void
}

/** Where the modules of a plugin are imported: in this process, or in one of their own. */
export interface Isolation {
  /** In a process of its own, when the configuration says so, or when it says nothing and the plugin is not ours. */
  isolates(plugin: FoundPlugin, rule: 'none' | 'process' | undefined): boolean
  /** A process for the entries of a plugin, which ends with the scope. Rejects when this program has none to start. */
  open(plugin: FoundPlugin, scope: OwnedScope, fate: Fate): Promise<IsolatedPlugin>
  /** The `config` module of a plugin, imported in a process that ends then. */
  config(plugin: FoundPlugin): Promise<unknown>
}

/** Isolates the plugins of one gateway. Nothing of it is imported before the first plugin that needs it. */
export function openIsolation(parts: {
  readonly home: string
  readonly platform: Platform
  readonly log: Log
  /** Absent: this program cannot start one. */
  readonly program: PluginProgram | undefined
  address(): URL
}): Isolation {
  const { home, platform, log, program, address } = parts

  async function host(plugin: FoundPlugin, fate: Fate): Promise<IsolatedPlugin> {
    const { id } = plugin.manifest
    if (!program)
      throw failure(
        'unsupported',
        `${id} is to run in a process of its own, which this program cannot start; set plugins.${id}.isolation to "none" to trust it like the gateway itself`,
      )
    const { hostPlugin } = await import('../isolation/host.ts')
    return hostPlugin({
      plugin,
      program,
      platform,
      log,
      address,
      state: join(home, 'state', id),
      onLost: fate.lost,
      onUp: fate.up,
      onDown: fate.down,
    })
  }

  return {
    isolates: ({ ours }, rule = ours ? 'none' : 'process') => rule === 'process',
    open: async (plugin, { scope }, fate) => scope.use(await host(plugin, fate), 'a process of its own'),
    async config(plugin) {
      await using hosted = await host(plugin, { lost() {}, up() {}, down() {} })
      return await hosted.load('config')
    },
  }
}
