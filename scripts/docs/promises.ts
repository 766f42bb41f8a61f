import { join } from 'node:path'
import { findCitations } from '../../test/proven.ts'
import { architecture, promises, type Requirement } from '../../test/requirements.ts'
import { cell } from './schema.ts'

const root = join(import.meta.dirname, '../..')

function table(rows: readonly Requirement[], cited: ReadonlyMap<string, readonly string[]>): string[] {
  const where = (id: string) =>
    cited.get(id)?.map((file) => `[${file.split('/').at(-1)!.replace('.test.ts', '')}](../${file})`)
  return [
    '| | sentence | tests that cite it |',
    '| --- | --- | --- |',
    ...rows.map(({ id, text }) => `| ${id} | ${cell(text)} | ${where(id)?.join(', ') ?? 'none yet'} |`),
    '',
  ]
}

/** The whole of `docs/promises.md`: every sentence we can be held to, and the tests that cite it. */
export function promisesPage(): string {
  const cited = findCitations(root)
  const all = [...promises, ...architecture]
  const proven = all.filter(({ id }) => cited.has(id)).length
  return [
    '# Promises',
    '',
    `Made by \`pnpm fix\` from \`test/requirements.ts\` and the names of the tests. ${proven} of ${all.length} sentences are cited by a test; a citation says where the proof stands, and [performance.md](performance.md) has the figures. The same list: \`npm test -- --proven\`.`,
    '',
    '## What we promise',
    '',
    'Nothing lost (R), alive (L), light (P), closed (S).',
    '',
    ...table(promises, cited),
    '## What the architecture page says',
    '',
    ...table(architecture, cited),
  ].join('\n')
}
