import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { at, cache } from './paths.mjs'

/** Folders that are made, not written. */
const made = new Set(['node_modules', 'dist', 'coverage', '.vite'])

/**
 * A short text that changes when any file under the given folders and files does. It looks at names, sizes and times
 * only: a few milliseconds for the whole repository, and being wrong costs one build of less than a second.
 */
export function fingerprint(paths) {
  const hash = createHash('sha256')
  for (const path of paths) add(hash, at(path))
  return hash.digest('hex')
}

function add(hash, path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) return
  if (!stat.isDirectory()) {
    hash.update(`${path}\0${stat.size}\0${stat.mtimeMs}\n`)
    return
  }
  for (const name of readdirSync(path).sort()) if (!made.has(name)) add(hash, join(path, name))
}

/** What was kept under a name at the last build; `{}` when nothing was or when it cannot be read. */
export function readStamp(name) {
  const file = join(cache, 'stamps', `${name}.json`)
  if (!existsSync(file)) return {}
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return {}
  }
}

/** Keeps a value under a name for the next build. */
export function writeStamp(name, value) {
  const file = join(cache, 'stamps', `${name}.json`)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify(value))
}
