/** Writes the pages that are made from code: `node scripts/docs/pages.ts`. `pnpm fix` calls it. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { guide } from './guide.ts'
import { channelsPage } from './channels.ts'
import { cliPage } from './cli.ts'
import { configurationPage } from './configuration.ts'
import { promisesPage } from './promises.ts'
import { protocolPage } from './protocol.ts'
import { readmes } from './readme.ts'
import { securityPage } from './security.ts'

/** Every generated page by its path; a test compares them with what is committed. */
export const pages: Readonly<Record<string, () => string>> = {
  'docs/channels.md': channelsPage,
  'docs/cli.md': cliPage,
  'docs/configuration.md': configurationPage,
  'docs/promises.md': promisesPage,
  'docs/protocol.md': protocolPage,
  'docs/security.md': securityPage,
  'docs/plugins.md': guide('docs/plugins.md'),
  ...readmes,
}

if (process.argv[1] === import.meta.filename) {
  const root = join(import.meta.dirname, '../..')
  for (const [path, make] of Object.entries(pages)) await writeFile(join(root, path), make())
}
