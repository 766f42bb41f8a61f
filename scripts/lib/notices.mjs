import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The names, versions and licences of the libraries whose code went into a bundle, given esbuild's list of its inputs and
 * the folder that their paths start from. Their licences ask that this text travels with the code.
 * Undefined when there is no such code.
 */
export function notices(inputs, base) {
  const folders = new Set(
    Object.keys(inputs)
      .filter((file) => file.includes('node_modules/'))
      .map((file) => packageFolder(dirname(join(base, file)))),
  )
  if (folders.size === 0) return undefined
  const libraries = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry))
    const text = file ? readFileSync(join(folder, file), 'utf8').trim() : ''
    return `${name} ${version} (${license})\n\n${text}`.trim()
  })
  const head = 'OpenClaw contains code of these libraries, under these licences.'
  return `${[head, ...libraries.sort()].join('\n\n----\n\n')}\n`
}

/** The nearest folder whose package.json has a name and a version; inner ones only set a module type. */
function packageFolder(folder) {
  const file = join(folder, 'package.json')
  if (existsSync(file)) {
    const { name, version } = JSON.parse(readFileSync(file, 'utf8'))
    if (name && version) return folder
  }
  return packageFolder(dirname(folder))
}
