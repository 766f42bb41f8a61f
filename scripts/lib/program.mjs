import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { notices } from './notices.mjs'
import { fingerprint, readStamp, writeStamp } from './stale.mjs'
import { at } from './paths.mjs'
import { Plain, say, since } from './say.mjs'
import { packages } from './workspace.mjs'

/** The program's folder: `main.js` is the command line, the chunks beside it are loaded when they are needed. */
export const programFolder = at('apps', 'cli', 'dist')

const entry = 'apps/cli/src/main.ts'
/** What a plugin in a process of its own runs in; it shares chunks with the command line. */
const pluginEntry = 'apps/cli/src/plugin-process.ts'
const day = 24 * 60 * 60 * 1000

/** What the program's bundle depends on. */
export function programSources() {
  const folders = packages().filter((one) => !one.folder.startsWith('examples/'))
  return [
    'scripts/lib/program.mjs',
    'pnpm-lock.yaml',
    ...folders.flatMap(({ folder }) => [`${folder}/src`, `${folder}/package.json`]),
  ]
}

/** True when the bundle is missing or older than its sources. */
export function programIsStale() {
  return !existsSync(join(programFolder, 'main.js')) || readStamp('program').sources !== fingerprint(programSources())
}

/**
 * Bundles command line, gateway, agent and the built-in plugins' entries into `apps/cli/dist`: ESM, split at dynamic
 * imports, nothing external but Node's own modules, so that the published package has no dependencies.
 * `clean` also removes the chunks of earlier builds, which a package must not carry.
 */
export async function buildProgram(clean = false) {
  if (!existsSync(at(entry))) throw new Plain(`There is nothing to bundle: ${entry} is missing.`)
  const started = Date.now()
  const before = fingerprint(programSources())
  const { build } = await import('esbuild')
  const result = await build({
    absWorkingDir: at(),
    entryPoints: { main: entry, 'plugin-process': pluginEntry },
    outdir: programFolder,
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    chunkNames: '[name]-[hash]',
    legalComments: 'none',
    // ws tries these two native helpers and does without them.
    external: ['bufferutil', 'utf-8-validate'],
    banner: {
      js: "import { createRequire as requireHere } from 'node:module';const require = requireHere(import.meta.url);",
    },
    logLevel: 'silent',
  }).catch((error) => {
    throw new Plain(`The program could not be bundled.\n${explain(error)}`)
  })
  const kept = replace(result.outputFiles, clean ? 0 : day)
  writeFileSync(join(programFolder, 'LICENSES.txt'), notices(result.metafile.inputs, at()) ?? '')
  writeStamp('program', { sources: before, kept })
  const size = result.outputFiles.reduce((sum, file) => sum + file.contents.length, 0)
  say(`Bundled the program: ${result.outputFiles.length} files, ${Math.round(size / 1024)} kB (${since(started)})`)
}

function explain(error) {
  const lines = (error.errors ?? [])
    .slice(0, 5)
    .map(({ text, location }) => `  ${location ? `${location.file}:${location.line}: ` : ''}${text}`)
  return lines.length > 0 ? lines.join('\n') : String(error)
}

/**
 * Puts the new files in place without breaking a gateway that runs from the old ones: chunks carry a hash of their
 * content in their names, `main.js` comes last, and a chunk that nothing names any more stays for `keepMs`,
 * since a running gateway may still want to load it.
 */
function replace(files, keepMs) {
  mkdirSync(programFolder, { recursive: true })
  const ordered = [...files].sort(
    (a, b) => Number(basename(a.path) === 'main.js') - Number(basename(b.path) === 'main.js'),
  )
  for (const file of ordered) {
    const fresh = `${file.path}.${process.pid}`
    writeFileSync(fresh, file.contents)
    renameSync(fresh, file.path)
  }
  const current = new Set(files.map((file) => basename(file.path)))
  const before = readStamp('program').kept ?? {}
  const kept = {}
  for (const name of readdirSync(programFolder).filter((name) => name.endsWith('.js') && !current.has(name))) {
    const replacedAt = before[name] ?? Date.now()
    if (Date.now() - replacedAt >= keepMs) rmSync(join(programFolder, name), { force: true })
    else kept[name] = replacedAt
  }
  return kept
}
