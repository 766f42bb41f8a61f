import { cpSync, existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { at } from './paths.mjs'
import { run } from './run.mjs'
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
export async function buildPage({ node, env }) {
  if (!existsSync(at(plugin, 'vite.config.ts')))
    throw new Plain(`There is no page to build: ${plugin}/vite.config.ts is missing.`)
  const started = Date.now()
  const before = fingerprint(pageSources)
  const vite = at(plugin, 'node_modules', 'vite', 'bin', 'vite.js')
  const result = await run(node, [vite, 'build', '--logLevel', 'warn'], { cwd: at(plugin), env })
  if (result.code !== 0) throw new Plain(`The page could not be built.\n${result.output.trim()}`)
  const fresh = `${copy}.${process.pid}`
  cpSync(built, fresh, { recursive: true })
  rmSync(copy, { recursive: true, force: true })
  renameSync(fresh, copy)
  writeStamp('page', { sources: before })
  say(`Built the page (${since(started)})`)
}
