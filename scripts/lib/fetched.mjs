import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { alone } from './alone.mjs'
import { npm } from './run.mjs'
import { Plain, say, since } from './say.mjs'
import { cache } from './paths.mjs'

/**
 * Brings one npm package, at one exact version, into a folder of `.cache` of its own, and returns the folder that
 * holds its `node_modules`. Does nothing when it is there. npm checks the registry's integrity hash; no script runs.
 */
export async function fetched(folder, name, version, purpose) {
  const home = join(cache, folder)
  if (installed(home, name) !== version) await alone(() => fetch(home, name, version, purpose))
  return home
}

async function fetch(home, name, version, purpose) {
  if (installed(home, name) === version) return
  const started = Date.now()
  mkdirSync(home, { recursive: true })
  // A package.json of its own keeps npm from looking for a project in the folders above.
  writeFileSync(join(home, 'package.json'), '{ "private": true }\n')
  const flags = ['--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save', '--loglevel', 'error']
  const result = await npm(['install', '--prefix', home, ...flags, `${name}@${version}`], { cwd: home })
  if (result.code !== 0 || installed(home, name) !== version) throw new Plain(couldNot(purpose, result.output))
  say(`Brought ${purpose} (${since(started)})`)
}

function installed(home, name) {
  const file = join(home, 'node_modules', ...name.split('/'), 'package.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : undefined
}

/** What a person reads when something could not be fetched, with npm's or pnpm's own reason. */
export function couldNot(purpose, output) {
  const reason = output
    .trim()
    .split('\n')
    .filter((line) => /\w/.test(line))
    .slice(0, 6)
    .join('\n  ')
  return (
    `Could not bring ${purpose}. The first start needs the network; later ones do not.\n` +
    `  ${reason || 'no reason was given'}\n` +
    'Check the connection (behind a proxy: npm config set proxy http://HOST:PORT) and run the same command again.\n' +
    'Nothing outside this folder was changed.'
  )
}
