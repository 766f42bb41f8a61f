import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { failure, type HookPoint } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import { isSection, valueAt } from '../config/path.ts'
import type { Files } from '../platform.ts'
import type { BundledPlugin, FoundPlugin } from './host.ts'
import { readManifest } from './manifest.ts'

/** A package that says it is a plugin: ready to be loaded, or parked with its reason. */
export interface Finding {
  readonly id: string
  readonly name: string
  readonly version: string
  readonly source: FoundPlugin['source']
  readonly plugin?: FoundPlugin
  readonly reason?: string
}

/** npm's own rule for names (https://docs.npmjs.com/cli/v11/configuring-npm/package-json#name), which keeps them in the folder. */
const npmName = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/i

/** What we publish. A spec with a colon (`npm:`, `git:`, `https:`) can give any package this name. */
const ourName = /^@openclaw\//

/**
 * Everything that is there, each id once. What was installed on purpose comes before what the program brings; the second
 * of two installed ones is parked.
 */
export async function findPlugins(
  files: Files,
  folder: string,
  bundled: readonly BundledPlugin[],
  log: Log,
): Promise<readonly Finding[]> {
  const installed = await findInstalled(files, folder).catch((error: unknown) => {
    log.error('plugins: those in the home cannot be found', { error: String(error) })
    return []
  })
  const taken = new Map<string, string>()
  return [...installed, ...findBundled(bundled)].flatMap((finding): readonly Finding[] => {
    const owner = finding.plugin && taken.get(finding.id)
    if (owner !== undefined && finding.source === 'bundled') return []
    if (owner !== undefined) {
      const { plugin: _, ...rest } = finding
      return [{ ...rest, reason: `the id "${finding.id}" is taken by ${owner}; remove one of them` }]
    }
    if (finding.plugin) taken.set(finding.id, finding.name)
    return [finding]
  })
}

/** Plugins that come with the program. */
function findBundled(bundled: readonly BundledPlugin[]): readonly Finding[] {
  return bundled.map(({ package: { name, version, openclaw }, load }) => {
    const base = { name, version, source: 'bundled' as const }
    const { manifest, ...parked } = readManifest(name, openclaw)
    if (!manifest) return { ...base, ...(parked as { id: string; reason: string }) }
    const plugin: FoundPlugin = {
      ...base,
      manifest,
      load: (part) =>
        load[part]?.() ?? Promise.reject(failure('not_found', `${name} has no ${part} module in this program`)),
      module: async (part) => `bundled:${manifest.id}/${part}`,
      ours: true,
      folders: [],
    }
    return { ...base, id: manifest.id, plugin }
  })
}

/** Plugins that the `package.json` of the plugins folder names. Reads package files only. */
async function findInstalled(files: Files, folder: string): Promise<readonly Finding[]> {
  const text = await files.readText(join(folder, 'package.json'))
  if (text === undefined) return []
  let dependencies: unknown
  try {
    dependencies = valueAt(JSON.parse(text), ['dependencies'])
  } catch (error) {
    throw failure(
      'invalid_config',
      `plugins: ${join(folder, 'package.json')} cannot be read, so no installed plugin is there; correct it by hand`,
      { cause: error },
    )
  }
  const names = Object.entries(isSection(dependencies) ? dependencies : {})
  const findings = await Promise.all(names.map(([name, spec]) => findPackage(files, folder, name, String(spec))))
  return findings.filter((finding) => finding !== undefined)
}

async function findPackage(files: Files, folder: string, name: string, spec: string): Promise<Finding | undefined> {
  const linked = /^(link|file|workspace):/.test(spec)
  const base = { name, version: '', source: linked ? ('workspace' as const) : ('installed' as const) }
  const park = (reason: string): Finding => ({ ...base, id: name, reason })
  if (!npmName.test(name))
    return park(`"${name}" is no name of a package; remove it from ${join(folder, 'package.json')}`)
  const root = await files.realpath(join(folder, 'node_modules', name)).catch(() => undefined)
  if (root === undefined) return park(`it is not installed; run \`openclaw plugins add ${name}\``)
  if (!linked && !isInside(root, await files.realpath(folder)))
    return park(`its folder leads out of ${folder}; remove it and add it again`)
  const text = await files.readText(join(root, 'package.json'))
  let about: unknown
  try {
    about = JSON.parse(text ?? '')
  } catch {
    return park(
      `its package.json ${text === undefined ? 'is not there' : 'cannot be read'}; remove the plugin and add it again`,
    )
  }
  const field = valueAt(about, ['openclaw'])
  // What plugins share (a peer dependency) may stand among the dependencies and is no plugin.
  if (field === undefined) return undefined
  const stated = valueAt(about, ['version'])
  const version = typeof stated === 'string' ? stated : ''
  const { manifest, ...parked } = readManifest(name, field)
  if (!manifest) return { ...base, version, ...(parked as { id: string; reason: string }) }

  const confined = async (subpath: string) => {
    const path = join(root, exportTarget(name, about, subpath))
    const real = await files.realpath(path).catch(() => undefined)
    if (real === undefined)
      throw failure(
        'not_found',
        `${name}: ${subpath} is exported and ${path} is not there; remove the plugin and add it again`,
      )
    if (!isInside(real, root))
      throw failure('forbidden', `${name}: ${subpath} leads out of its package, so it is not loaded`)
    return pathToFileURL(real).href
  }
  const subpathOf = (part: HookPoint | 'config') => (part === 'config' ? manifest.config : manifest.hooks[part])
  const plugin: FoundPlugin = {
    ...base,
    version,
    manifest,
    async load(part) {
      const subpath = subpathOf(part)
      if (subpath === undefined) throw failure('not_found', `${name} has no ${part} module`)
      return (await import(await confined(subpath))) as unknown
    },
    module: (part) => confined(subpathOf(part) ?? ''),
    ours: ourName.test(name) && (linked || !spec.includes(':')),
    folders: linked ? await treeOf(files, root) : [root, await files.realpath(join(folder, 'node_modules'))],
  }
  return { ...base, version, id: manifest.id, plugin }
}

/** Which file an export subpath means to us (https://nodejs.org/api/packages.html#conditional-exports). */
function exportTarget(name: string, about: unknown, subpath: string): string {
  const pick = (target: unknown): string | undefined => {
    if (typeof target === 'string') return target
    if (Array.isArray(target)) return target.map(pick).find((one) => one !== undefined)
    if (!isSection(target)) return undefined
    const condition = Object.keys(target).find(
      (key) => ['node', 'import', 'default'].includes(key) && pick(target[key]) !== undefined,
    )
    return condition === undefined ? undefined : pick(target[condition])
  }
  const target = pick(valueAt(about, ['exports', subpath]))
  if (target === undefined || !target.startsWith('./'))
    throw failure(
      'not_found',
      `${name} does not export ${subpath || 'this entry'}, which its manifest names; tell its author`,
    )
  return target
}

/**
 * Folders from which the code of a linked package is read: its own, the `node_modules` above it, and the whole of the
 * workspace that it belongs to, since the packages beside it are linked from there.
 */
async function treeOf(files: Files, root: string): Promise<readonly string[]> {
  const folders = [root]
  for (let at = dirname(root); at !== dirname(at); at = dirname(at)) {
    if (await files.stat(join(at, 'node_modules'))) folders.push(join(at, 'node_modules'))
    if (await files.stat(join(at, 'pnpm-workspace.yaml'))) folders.push(at)
  }
  return folders
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}
