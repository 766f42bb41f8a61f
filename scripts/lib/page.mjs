import { cpSync, existsSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { at } from './paths.mjs'
import { Plain, say, since } from './say.mjs'
import { fingerprint, readStamp, writeStamp } from './stale.mjs'

const plugin = 'plugins/gateway-control-ui'
const built = at(plugin, 'dist', 'page')
const copy = at('apps', 'cli', 'dist', 'page')

/** The page is a program of its own: its files, and the client and protocol that it is bundled with. */
export const pageSources = ['scripts/lib/page.mjs', plugin, 'packages/client/src', 'packages/protocol/src']

/** True when the page is missing or older than its sources. */
export function pageIsStale() {
  return !existsSync(join(copy, 'index.html')) || readStamp('page').sources !== fingerprint(pageSources)
}

/** Builds the page with Vite inside its plugin, and copies it beside the program's bundle. */
export async function buildPage() {
  const configFile = at(plugin, 'vite.config.ts')
  if (!existsSync(configFile)) throw new Plain(`There is no page to build: ${plugin}/vite.config.ts is missing.`)
  const started = Date.now()
  const before = fingerprint(pageSources)
  // Vite is the plugin's own dependency, so it is looked for from there.
  const vite = await import(pathToFileURL(createRequire(configFile).resolve('vite')).href)
  const build = { license: { fileName: 'licenses.md' } }
  await vite.build({ configFile, root: at(plugin, 'page'), logLevel: 'warn', build }).catch((error) => {
    throw new Plain(`The page could not be built.\n  ${error.message}`)
  })
  const fresh = `${copy}.${process.pid}`
  cpSync(built, fresh, { recursive: true })
  rmSync(copy, { recursive: true, force: true })
  renameSync(fresh, copy)
  writeStamp('page', { sources: before })
  say(`Built the page (${since(started)})`)
}
