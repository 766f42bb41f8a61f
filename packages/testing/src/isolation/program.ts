import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { KernelOptions } from '@openclaw/kernel'

const file = createRequire(import.meta.url).resolve('@openclaw/testing/plugin-process')

/** The program that is the process of a plugin in tests, for {@link KernelOptions.isolation}. */
export const pluginProgram: NonNullable<KernelOptions['isolation']> = {
  argv: [process.execPath, file],
  reads: foldersAround(dirname(file)),
}

/** Where code is read from that stands in a folder: it, the `node_modules` above it, and the workspace that it belongs to. */
export function foldersAround(folder: string): readonly string[] {
  const folders = [folder]
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    if (existsSync(join(at, 'node_modules'))) folders.push(join(at, 'node_modules'))
    if (existsSync(join(at, 'pnpm-workspace.yaml'))) folders.push(at)
  }
  return folders
}
