import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Builds the page as it is published, once before all tests of this package. */
export async function setup(): Promise<void> {
  await build({ configFile: `${root}vite.config.ts`, root: `${root}page`, logLevel: 'error' })
}
