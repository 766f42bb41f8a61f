import { existsSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { script } from './lib/bootstrap.mjs'
import { buildAll } from './lib/fresh.mjs'
import { buildPackages, packPackages } from './lib/packages.mjs'
import { at, cache } from './lib/paths.mjs'
import { run } from './lib/run.mjs'
import { Plain, say, since } from './lib/say.mjs'

// pnpm check: everything that can be said about the code without running it. All checks run, also after one failed;
// names of checks as arguments run only those.
await script(import.meta.url, async (ready) => {
  const checks = [
    ['lint', () => tool(ready, 'oxlint', ['--type-aware', '--deny-warnings', '--report-unused-disable-directives'])],
    ['format', () => tool(ready, 'oxfmt', ['--check'])],
    ['types', () => tool(ready, 'tsc', ['-p', 'tsconfig.json'])],
    ['page types', () => pageTypes(ready)],
    ['unused', () => tool(ready, 'knip', ['--no-config-hints'])],
    ['layout', () => tool(ready, 'vitest', ['run', '--config', 'vitest.workspace.ts', '--project', 'whole', 'layout'])],
    ['packages', () => published(ready)],
  ]
  const wanted = checks.filter(([name]) => ready.args.length === 0 || ready.args.includes(name))
  if (wanted.length === 0)
    throw new Plain(`There is no such check; there are: ${checks.map(([name]) => name).join(', ')}`)
  const failed = []
  const queue = [...wanted]
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [name, check] = next
      const started = Date.now()
      const problem = await check().catch((error) => error.message)
      say(`${problem ? 'fails' : 'holds'}  ${name} (${since(started)})`)
      if (problem) failed.push([name, problem])
    }
  }
  await Promise.all(Array.from({ length: Math.max(2, cpus().length) }, worker))
  for (const [name, problem] of failed) say(`\n== ${name}\n${problem}`)
  if (failed.length > 0)
    throw new Plain(`${failed.length} of ${wanted.length} checks failed. pnpm fix mends format and what lint can mend.`)
})

/** Runs one of the tools in node_modules/.bin; answers its output when it fails, else nothing. */
async function tool({ env }, name, args) {
  const result = await run(name, args, { env, shell: process.platform === 'win32' })
  return result.code === 0 ? undefined : result.output.trim()
}

/** The page is written for browsers and has types of its own. */
async function pageTypes(ready) {
  const folders = ['plugins/gateway-control-ui/page', 'plugins/gateway-control-ui']
  const own = folders.map((folder) => `${folder}/tsconfig.json`).find((file) => existsSync(at(file)))
  return own ? tool(ready, 'tsc', ['-p', own]) : 'plugins/gateway-control-ui has no tsconfig.json'
}

/** Packs every package as it is published and asks publint and attw whether everyone can import it. */
async function published(ready) {
  await buildAll()
  await buildPackages(ready)
  const packed = await packPackages(ready, join(cache, 'packed'))
  const problems = []
  for (const { name, file } of packed) {
    const lint = await tool(ready, 'publint', ['run', file, '--strict'])
    if (lint) problems.push(`${name}: ${lint}`)
    // The program exports nothing, so there are no types to ask about.
    const types = name === 'openclaw' ? undefined : await tool(ready, 'attw', [file, '--profile', 'esm-only'])
    if (types) problems.push(`${name}: ${types}`)
  }
  return problems.length > 0 ? problems.join('\n') : undefined
}
