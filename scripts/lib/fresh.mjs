import { alone } from './alone.mjs'
import { buildPage, pageIsStale, pageSources } from './page.mjs'
import { buildProgram, programIsStale, programSources } from './program.mjs'
import { fingerprint } from './stale.mjs'
import { run } from './run.mjs'
import { Plain } from './say.mjs'
import { at } from './paths.mjs'

/**
 * Bundles what is older than its sources, and nothing else. `start` runs this under whatever Node there is, so the
 * building itself happens in a process of the Node that was brought.
 */
export async function ensureFresh({ node, env }) {
  if (!programIsStale() && !pageIsStale()) return
  const result = await run(node, [at('scripts', 'build.mjs')], { env, inherit: true })
  if (result.code !== 0) throw new Plain('The program could not be built; the reason stands above.')
}

/** Builds the program and the page, each only when it is stale; with `all` set both, and from nothing. */
export async function buildAll(all = false) {
  if (!all && !programIsStale() && !pageIsStale()) return
  await alone(async () => {
    if (all || programIsStale()) await buildProgram(all)
    if (all || pageIsStale()) await buildPage()
  })
}

/** A text that changes with any source of the program or the page. */
export function sourcesNow() {
  return fingerprint([...programSources(), ...pageSources])
}
