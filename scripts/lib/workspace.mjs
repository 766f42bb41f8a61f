import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { at } from './paths.mjs'

/** The folders whose folders are packages, as in pnpm-workspace.yaml. */
const groups = ['packages', 'plugins', 'apps', 'examples']

/** Every package of the workspace: its folder (relative, with forward slashes) and its manifest. */
export function packages() {
  return groups.flatMap((group) => {
    const folders = existsSync(at(group)) ? readdirSync(at(group)).sort() : []
    return folders
      .map((name) => `${group}/${name}`)
      .filter((folder) => existsSync(at(folder, 'package.json')))
      .map((folder) => ({ folder, manifest: JSON.parse(readFileSync(at(folder, 'package.json'), 'utf8')) }))
  })
}

/** The packages that we publish: all that are not private, without the examples, which are somebody else's. */
export function publishable() {
  return packages().filter((one) => !one.manifest.private && !one.folder.startsWith('examples/'))
}

/** The paths of all manifests, the root's first. */
export function manifests() {
  return ['package.json', ...packages().map((one) => join(one.folder, 'package.json'))]
}
