import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { realClock } from '@openclaw/agent'
import { isolateProvider, isolateTools, type AnyTools } from '@openclaw/agent/isolated'
import { realPlatform } from '@openclaw/kernel'
import { hostPlugin } from '@openclaw/kernel/isolation'
import type { Manifest, Provider } from '@openclaw/sdk'
import { foldersAround, pluginProgram } from './program.ts'

/** A process of its own for one module, which ends with this. */
export interface EntryProcess extends AsyncDisposable {
  /** The entry of the module when it exports tools. */
  readonly tools: AnyTools
  /** The entry of the module when it exports a provider. */
  readonly provider: Provider
}

/**
 * Opens a real process for a module that exports a tool or a provider entry, with the clean environment and the
 * permission switches that the gateway gives to plugins that are not ours. What it may do besides is what the manifest
 * of its package asks for.
 */
export async function openEntryProcess(hook: 'tool' | 'provider', module: URL): Promise<EntryProcess> {
  const state = await mkdtemp(join(tmpdir(), 'openclaw-entry-'))
  const silent = { debug() {}, info() {}, warn() {}, error() {} }
  const plugin = 'bench'
  const permissions = await permissionsOf(module)
  const host = hostPlugin({
    plugin: {
      manifest: {
        id: plugin,
        label: plugin,
        api: 1,
        hooks: { [hook]: './entry' },
        ...(permissions ? { permissions } : {}),
      },
      name: plugin,
      version: '0.0.0',
      source: 'workspace',
      load: () => import(module.href) as Promise<unknown>,
      module: async () => module.href,
      ours: false,
      folders: foldersAround(dirname(fileURLToPath(module))),
    },
    program: pluginProgram,
    platform: realPlatform(),
    log: silent,
    state,
    address: () => new URL('http://127.0.0.1:18789/'),
    onLost() {},
    onUp() {},
    onDown() {},
  })
  const entry = {
    plugin,
    module: module.href,
    clock: realClock,
    reach: {
      path: (_plugin: string, signal: AbortSignal) => host.reach(signal),
      end: (_plugin: string, why: string) => host.end(why),
    },
  }
  return {
    tools: isolateTools(entry),
    provider: isolateProvider(entry),
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]()
      await rm(state, { recursive: true, force: true })
    },
  }
}

async function permissionsOf(module: URL): Promise<Manifest['permissions']> {
  const file = findPackageJSON(module)
  if (file === undefined) return undefined
  const { openclaw } = JSON.parse(await readFile(file, 'utf8')) as { openclaw?: Manifest }
  return openclaw?.permissions
}
