import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Builds the page as it is published. */
export async function buildPage(): Promise<void> {
  // Vite takes `root` from its file only when it is not given here.
  await build({ configFile: `${root}vite.config.ts`, root: `${root}page`, logLevel: 'error' })
}
