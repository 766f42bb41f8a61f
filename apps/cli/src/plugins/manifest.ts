import { readManifest } from '@openclaw/kernel'
import { failure, type Manifest } from '@openclaw/protocol'

/** What a plugin's package.json says, checked. */
export interface PluginPackage {
  readonly name: string
  readonly version: string
  readonly license?: string
  readonly manifest: Manifest
}

/** Reads a plugin's package.json; throws `unsupported` when it is not a plugin, or one for another kernel. */
export function readPlugin(packageJson: Readonly<Record<string, unknown>>): PluginPackage {
  const { name, version, openclaw, license } = packageJson
  if (typeof name !== 'string' || typeof version !== 'string')
    throw failure('unsupported', 'This package has no name or no version.')
  if (openclaw === undefined)
    throw failure(
      'unsupported',
      `${name} ${version} is not an OpenClaw plugin: its package.json has no "openclaw" field.`,
    )
  const { manifest, reason } = readManifest(name, openclaw)
  if (!manifest) throw failure('unsupported', `${name} ${version} cannot be plugged in: ${reason}`)
  return { name, version, manifest, ...(typeof license === 'string' ? { license } : {}) }
}

/** The same, undefined for what is no plugin of ours. */
export function asPlugin(packageJson: Readonly<Record<string, unknown>>): PluginPackage | undefined {
  try {
    return readPlugin(packageJson)
  } catch {
    return undefined
  }
}

/** What a plugin may do, one line for each kind. */
export function tellPermissions({ permissions, hooks }: Manifest): string[] {
  const { network = [], methods = [], run = [] } = permissions ?? {}
  return [
    `Plugs into  ${Object.keys(hooks).join(', ')}`,
    `Network     ${network.length === 0 ? 'none' : network.includes('*') ? 'any address' : network.join(', ')}`,
    `Methods     ${methods.join(', ') || 'none'}`,
    ...(run.length > 0 ? [`Starts      ${run.join(', ')}`] : []),
    ...(permissions?.public ? ['Public      its pages answer without a login'] : []),
  ]
}

/** What the second manifest may do that the first may not; empty when it asks for nothing more. */
export function widened(before: Manifest, after: Manifest): string[] {
  const had = { network: before.permissions?.network ?? [], methods: before.permissions?.methods ?? [] }
  const more = (kind: 'network' | 'methods') =>
    had[kind].includes('*') ? [] : (after.permissions?.[kind] ?? []).filter((one) => !had[kind].includes(one))
  return [
    ...Object.keys(after.hooks)
      .filter((hook) => !(hook in before.hooks))
      .map((hook) => `plugs into ${hook}`),
    ...more('network').map((one) => `network: ${one === '*' ? 'any address' : one}`),
    ...more('methods').map((one) => `method: ${one}`),
    ...(after.permissions?.run ?? [])
      .filter((one) => !before.permissions?.run?.includes(one))
      .map((one) => `starts ${one}`),
    ...(after.permissions?.public && !before.permissions?.public ? ['pages without a login'] : []),
  ]
}
