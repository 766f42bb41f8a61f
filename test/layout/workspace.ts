import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const root = dirname(dirname(import.meta.dirname))

export interface Manifest {
  name: string
  private?: boolean
  scripts?: Record<string, string>
  exports?: Record<string, unknown>
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  openclaw?: { id: string; hooks: Record<string, string>; config?: string }
}

export interface Package {
  folder: string
  manifest: Manifest
}

/** The packages in one of the workspace's folders. */
export function packagesIn(group: string): Package[] {
  if (!existsSync(join(root, group))) return []
  return readdirSync(join(root, group))
    .sort()
    .map((name) => `${group}/${name}`)
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => ({ folder, manifest: JSON.parse(read(`${folder}/package.json`)) as Manifest }))
}

/** Every file that is or will be in git: committed, or new and not ignored. */
export const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '--deduplicate'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)))

export function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

const code = /\.(ts|tsx|mts|mjs|js)$/

/** The written program files under a folder (with a slash at its end). */
export function codeUnder(folder: string): string[] {
  return files.filter((file) => file.startsWith(folder) && code.test(file))
}

export interface Import {
  file: string
  /** What is imported: a package and subpath, or a relative path. */
  from: string
  /** True for `import type` and `import()` in a type: nothing of it runs. */
  typeOnly: boolean
}

const statement = /^\s*(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]/gm
const call = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

/** What a file imports. Comments are left out, so that examples in them do not count. */
export function importsOf(file: string): Import[] {
  const text = read(file)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
  return [
    ...[...text.matchAll(statement)].map(([, type, from]) => ({ file, from: from!, typeOnly: type !== undefined })),
    ...[...text.matchAll(call)].map(([, from]) => ({ file, from: from!, typeOnly: false })),
  ]
}

/** The package a specifier names: `@openclaw/sdk/x` is `@openclaw/sdk`; undefined for relative paths and Node's own. */
export function packageOf(from: string): string | undefined {
  if (from.startsWith('.') || from.startsWith('node:')) return undefined
  const [scope, name] = from.split('/')
  return scope!.startsWith('@') ? `${scope}/${name}` : scope
}
