import { existsSync } from 'node:fs'
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { failure } from '@openclaw/protocol'
import { cloneFolder } from '../program.ts'
import { readPlugin, type PluginPackage } from './manifest.ts'
import { runNpm } from './npm.ts'
import { officialNames, isOfficial, type Spec } from './spec.ts'
import { readPacked } from './tarball.ts'

/** A plugin that could be installed: what it is and where from, before any of its code is here. */
export interface Candidate {
  readonly plugin: PluginPackage
  /** True for what comes from our own scope, or from the clone that this program runs from. */
  readonly official: boolean
  readonly source:
    | { readonly kind: 'link'; readonly folder: string }
    | { readonly kind: 'registry'; readonly tarball: string; readonly integrity: string; readonly publisher: string }
    | { readonly kind: 'file'; readonly tarball: string; readonly integrity: string }
}

/** Finds out what a spec means. Temporary files go into the scope. */
export async function findCandidate(spec: Spec, scope: AsyncDisposableStack, signal: AbortSignal): Promise<Candidate> {
  const clone = cloneFolder()
  if (spec.kind === 'file') return await fromFile(spec.path, clone, scope, signal)
  if (spec.kind === 'package') return await fromRegistry(spec.name, spec.version, scope, signal)
  const names = officialNames(spec.short)
  if (clone && spec.version === undefined) {
    const folders = names
      .map((name) => join(clone, 'plugins', name.slice('@openclaw/'.length)))
      .filter((folder) => existsSync(join(folder, 'package.json')))
    if (folders.length > 1)
      throw ambiguous(
        spec.short,
        folders.map((folder) => `@openclaw/${folder.split(sep).at(-1)}`),
      )
    if (folders[0]) return await fromClone(folders[0])
    throw failure(
      'not_found',
      `There is no official plugin "${spec.short}" in ${join(clone, 'plugins')}. A package of somebody else goes by its full name: @scope/name or npm:${spec.short}`,
    )
  }
  const found = await Promise.all(
    names.map(async (name) => ((await view(name, spec.version, scope, signal)) ? name : undefined)),
  )
  const known = found.filter((name) => name !== undefined)
  if (known.length > 1) throw ambiguous(spec.short, known)
  if (!known[0])
    throw failure(
      'not_found',
      `There is no official plugin "${spec.short}". A package of somebody else goes by its full name: @scope/name or npm:${spec.short}`,
    )
  return await fromRegistry(known[0], spec.version, scope, signal)
}

function ambiguous(short: string, names: readonly string[]) {
  return failure('invalid_params', `"${short}" may be ${names.join(' or ')}; write which one.`)
}

async function fromClone(folder: string): Promise<Candidate> {
  const packageJson = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>
  return { plugin: readPlugin(packageJson), official: true, source: { kind: 'link', folder } }
}

async function fromFile(
  path: string,
  clone: string | undefined,
  scope: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<Candidate> {
  const folder = (await stat(path)).isDirectory()
  // Only pnpm understands the dependencies of a package of the clone, so those are linked.
  if (folder && clone && !relative(clone, path).startsWith('..')) return await fromClone(path)
  const tarball = folder ? await pack(path, scope, signal) : path
  const packed = await readPacked(tarball)
  return {
    plugin: readPlugin(packed.manifest),
    official: false,
    source: { kind: 'file', tarball, integrity: packed.integrity },
  }
}

async function fromRegistry(
  name: string,
  version: string | undefined,
  scope: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<Candidate> {
  const found = await view(name, version, scope, signal)
  if (!found)
    throw failure('not_found', `${name}${version ? `@${version}` : ''} is not in the registry that npm is set to use.`)
  const tarball = await pack(`${name}@${found.version}`, scope, signal)
  const packed = await readPacked(tarball)
  const plugin = readPlugin(packed.manifest)
  if (
    plugin.name !== name ||
    plugin.version !== found.version ||
    (found.integrity !== undefined && found.integrity !== packed.integrity)
  ) {
    throw failure(
      'conflict',
      `${name}@${found.version}: the registry says one thing and delivers another. Nothing was installed; distrust this registry.`,
    )
  }
  return {
    plugin,
    official: isOfficial(name),
    source: { kind: 'registry', tarball, integrity: packed.integrity, publisher: found.publisher },
  }
}

/** What the registry says of a package; undefined when it has none of that name and version. */
async function view(
  name: string,
  version: string | undefined,
  scope: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<{ version: string; integrity?: string; publisher: string } | undefined> {
  const result = await runNpm(['view', `${name}@${version ?? 'latest'}`, '--json'], await temporary(scope), signal)
  if (result.code !== 0) {
    if (/E404|ETARGET|404 Not Found|No match(ing version)? found/i.test(`${result.stdout}${result.reason}`))
      return undefined
    throw failure('unavailable', `npm could not ask the registry for ${name}.\n  ${result.reason}`)
  }
  if (result.stdout.trim() === '') return undefined
  const answer = JSON.parse(result.stdout) as unknown
  // A range that fits several versions answers with a list, the newest last.
  const one = (Array.isArray(answer) ? answer.at(-1) : answer) as {
    version?: string
    dist?: { integrity?: string }
    _npmUser?: unknown
    maintainers?: unknown
  }
  if (typeof one.version !== 'string') return undefined
  const integrity = one.dist?.integrity
  return {
    version: one.version,
    publisher: person(one._npmUser) ?? people(one.maintainers),
    ...(integrity === undefined ? {} : { integrity }),
  }
}

function people(maintainers: unknown): string {
  const names = (Array.isArray(maintainers) ? maintainers : []).map(person).filter((name) => name !== undefined)
  return names.join(', ') || 'unknown'
}

/** `name <mail>` as npm writes people, or an object with both. */
function person(value: unknown): string | undefined {
  const name =
    typeof value === 'string' ? value.replace(/\s*<.*$/, '') : (value as { name?: unknown } | undefined)?.name
  return typeof name === 'string' && name !== '' ? name : undefined
}

/** Brings the tarball of a package, or makes the one of a folder. */
async function pack(spec: string, scope: AsyncDisposableStack, signal: AbortSignal): Promise<string> {
  const folder = await temporary(scope)
  const result = await runNpm(['pack', spec, `--pack-destination=${folder}`], folder, signal)
  const file = (await readdir(folder)).find((name) => name.endsWith('.tgz'))
  if (result.code !== 0 || !file) throw failure('unavailable', `npm could not bring ${spec}.\n  ${result.reason}`)
  return join(folder, file)
}

async function temporary(scope: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'openclaw-plugin-'))
  scope.defer(() => rm(folder, { recursive: true, force: true }))
  return folder
}
