import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'

interface Manifest {
  readonly exports: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly publishConfig?: unknown
}

/**
 * A plugin of this workspace as people install it: JavaScript, where the sources would have node take out their types,
 * which costs a gateway time and 20 MB. It lies below the plugin, so that it finds the vendor's library.
 */
export async function asPublished(folder: string): Promise<string> {
  const { publishConfig: _, ...manifest } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest
  const outdir = join(folder, 'node_modules/.bench')
  const entries = Object.entries(manifest.exports).filter(([, path]) => path.endsWith('.ts'))
  await build({
    entryPoints: Object.fromEntries(entries.map(([name, path]) => [name.slice(2), join(folder, path)])),
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    external: Object.keys(manifest.dependencies ?? {}).filter((name) => !name.startsWith('@openclaw/')),
    logLevel: 'error',
  })
  const exported = entries.map(([name]) => [name, `${name}.js`])
  await mkdir(outdir, { recursive: true })
  await writeFile(
    join(outdir, 'package.json'),
    JSON.stringify({ ...manifest, exports: { ...manifest.exports, ...Object.fromEntries(exported) } }),
  )
  return outdir
}
