import { existsSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { usage } from '../arguments.ts'

/** What the word after `plugins add` means. */
export type Spec =
  /** `telegram`: one of our own, under any of the four prefixes. */
  | { readonly kind: 'official'; readonly short: string; readonly version?: string }
  /** `@acme/openclaw-weather`, `npm:openclaw-weather`: a package of anybody. */
  | { readonly kind: 'package'; readonly name: string; readonly version?: string }
  /** A folder or a tarball on this machine. */
  | { readonly kind: 'file'; readonly path: string }

const prefixes = ['channel', 'tool', 'provider', 'gateway'] as const
const packageName = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/
const shortName = /^[a-z][a-z0-9-]{0,60}$/
const versionText = /^[A-Za-z0-9^~.+_-]{1,60}$/

/**
 * Reads it. A short name is never looked up among the packages of others, so that a misspelt one cannot bring
 * somebody's code: a package without a scope needs `npm:` before it.
 */
export function readSpec(word: string, folder = process.cwd()): Spec {
  if (/^\.{1,2}[\\/]/.test(word) || word === '.' || isAbsolute(word) || /\.t(ar\.)?gz$/.test(word)) {
    const path = resolve(folder, word)
    if (!existsSync(path)) throw usage(`${path} does not exist.`)
    return { kind: 'file', path }
  }
  const bare = word.replace(/^npm:/, '')
  const at = bare.indexOf('@', 1)
  const name = at < 0 ? bare : bare.slice(0, at)
  const version = at < 0 ? undefined : bare.slice(at + 1)
  if (version !== undefined && !versionText.test(version)) throw usage(`"${version}" is not a version.`)
  const exactly = version === undefined ? {} : { version }
  if (!packageName.test(name) || name.length > 214)
    throw usage(`"${word}" is neither the name of a package nor a folder or tarball; a folder begins with ./`)
  if (name.startsWith('@') || word.startsWith('npm:')) return { kind: 'package', name, ...exactly }
  if (!shortName.test(name))
    throw usage(
      `"${word}" is not the short name of an official plugin; for a package of somebody else write npm:${name}`,
    )
  return { kind: 'official', short: name, ...exactly }
}

/** The same word where a channel is meant: `telegram` can be `@openclaw/channel-telegram` only. */
export function readChannelSpec(word: string): Spec {
  const spec = readSpec(word)
  return spec.kind === 'official' && !spec.short.startsWith('channel-')
    ? { ...spec, short: `channel-${spec.short}` }
    : spec
}

/** The packages that a short name may mean: `telegram` is `@openclaw/channel-telegram`, or a tool of that name, … */
export function officialNames(short: string): readonly string[] {
  const whole = prefixes.some((prefix) => short.startsWith(`${prefix}-`))
  return (whole ? [short] : prefixes.map((prefix) => `${prefix}-${short}`)).map((name) => `@openclaw/${name}`)
}

/** True for packages under our own scope. */
export function isOfficial(name: string): boolean {
  return name.startsWith('@openclaw/')
}
