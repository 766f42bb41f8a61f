import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { notices } from './notices.mjs'
import { at, cache } from './paths.mjs'
import { run } from './run.mjs'
import { Plain, say, since } from './say.mjs'
import { packages, publishable } from './workspace.mjs'

const types = join(cache, 'types')

/**
 * Builds every library as it is published, and the examples the same way: JavaScript by esbuild, declarations by the
 * TypeScript compiler. The `openclaw` program is not among them; it is the bundle.
 */
export async function buildPackages({ node, env }) {
  const started = Date.now()
  const libraries = packages().filter((one) => entries(one.manifest).length > 0)
  for (const one of libraries) cleanScripts(at(one.folder, 'dist'))
  await Promise.all([declarations(node, env), ...libraries.map(javascript)])
  for (const one of libraries) copyDeclarations(one)
  say(`Built ${libraries.length} packages (${since(started)})`)
}

/** The source files that a package's `exports` name. */
function entries(manifest) {
  return Object.values(manifest.exports ?? {}).filter((path) => typeof path === 'string' && /\.tsx?$/.test(path))
}

async function javascript({ folder, manifest }) {
  const missing = entries(manifest).filter((path) => !existsSync(at(folder, path)))
  if (missing.length > 0) throw new Plain(`${manifest.name} exports files that do not exist: ${missing.join(', ')}`)
  const { build } = await import('esbuild')
  // What a package depends on stays an import; a plugin may list a heavy vendor library under devDependencies,
  // and then its code travels inside the package.
  const outside = Object.keys({
    ...manifest.dependencies,
    ...manifest.peerDependencies,
    ...manifest.optionalDependencies,
  })
  const result = await build({
    absWorkingDir: at(folder),
    entryPoints: entries(manifest),
    outdir: 'dist',
    outbase: 'src',
    metafile: true,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    chunkNames: '[name]-[hash]',
    external: outside.flatMap((name) => [name, `${name}/*`]),
    legalComments: 'none',
    logLevel: 'silent',
  }).catch((error) => {
    throw new Plain(`${manifest.name} could not be built.\n  ${error.message}`)
  })
  const text = notices(result.metafile.inputs, at(folder))
  if (text) writeFileSync(at(folder, 'dist', 'LICENSES.txt'), text)
}

/** One compiler run for all packages: they see each other's sources, so each is checked once. */
async function declarations(node, env) {
  rmSync(types, { recursive: true, force: true })
  const compiler = at('node_modules', 'typescript', 'bin', 'tsc')
  const result = await run(node, [compiler, '-p', 'tsconfig.build.json', '--outDir', types], { env })
  if (result.code !== 0)
    throw new Plain(`The declarations could not be made.\n${result.stdout.trim() || result.output.trim()}`)
}

function copyDeclarations({ folder, manifest }) {
  const from = join(types, folder, 'src')
  for (const file of declarationFiles(from)) {
    const text = withJsPaths(readFileSync(file, 'utf8'))
    const target = at(folder, 'dist', relative(from, file))
    mkdirSync(dirname(target), { recursive: true })
    const escaped = [...text.matchAll(/(?:from |import\()['"](\.[^'"]+)['"]/g)].find(([, path]) =>
      relative(from, join(dirname(file), path)).startsWith('..'),
    )
    if (escaped)
      throw new Plain(
        `${manifest.name}: ${relative(from, file)} names a type by a path outside its package (${escaped[1]}); give it an explicit type.`,
      )
    writeFileSync(target, text)
  }
}

/** The compiler leaves `./x.ts` in declarations as it stands; published, the file is `./x.js`. */
function withJsPaths(text) {
  return text.replace(/((?:from |import\(|import )['"]\.[^'"]+)\.tsx?(['"])/g, '$1.js$2')
}

function declarationFiles(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((file) => file.endsWith('.d.ts') && statSync(file).isFile())
}

/** Removes what an earlier build left, but not the page, which has a build of its own. */
function cleanScripts(folder) {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder))
    if (name !== 'page') rmSync(join(folder, name), { recursive: true, force: true })
}

/**
 * Packs every published package into a folder, and returns its tarball with its name and version.
 * pnpm writes real versions for `workspace:` and the published `exports`.
 */
export async function packPackages({ env }, folder) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const packed = []
  for (const { folder: source, manifest } of publishable()) {
    const result = await run('pnpm', ['pack', '--pack-destination', folder], { cwd: at(source), env })
    const file = join(folder, `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`)
    if (result.code !== 0 || !existsSync(file))
      throw new Plain(`${manifest.name} could not be packed.\n${result.output.trim()}`)
    packed.push({ name: manifest.name, version: manifest.version, file, folder: source })
  }
  return packed
}
