import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** `dist/main.js` of the program, bundled from today's sources. */
    program: string
  }
}

/** Bundles the program as it is published: from sources each of its processes would take five times as long to start. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const package_ = join(import.meta.dirname, '..')
  const folder = await mkdtemp(join(tmpdir(), 'openclaw-program-'))
  await cp(join(package_, 'package.json'), join(folder, 'package.json'))
  await build({
    entryPoints: { main: join(package_, 'src', 'main.ts') },
    outdir: join(folder, 'dist'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    external: ['bufferutil', 'utf-8-validate'],
    banner: {
      js: "import { createRequire as requireHere } from 'node:module';const require = requireHere(import.meta.url);",
    },
    logLevel: 'error',
  })
  project.provide('program', join(folder, 'dist', 'main.js'))
  return () => rm(folder, { recursive: true, force: true })
}
