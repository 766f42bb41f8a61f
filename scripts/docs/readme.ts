import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cell, notation, type Schema } from './schema.ts'

const root = join(import.meta.dirname, '../..')
const begin = '<!-- settings: made from src/config.ts by pnpm fix -->'
const end = '<!-- end of settings -->'

/** Every plugin's README by its path, with the table of its settings as its schema has them now. */
export const readmes: Readonly<Record<string, () => string>> = Object.fromEntries(
  await Promise.all(
    readdirSync(join(root, 'plugins'))
      .map((name) => `plugins/${name}`)
      .filter((folder) => ['README.md', 'src/config.ts'].every((file) => existsSync(join(root, folder, file))))
      .map(async (folder) => {
        const schemas = (await import(pathToFileURL(join(root, folder, 'src/config.ts')).href)) as Schemas
        return [`${folder}/README.md`, () => withTable(readFileSync(join(root, folder, 'README.md'), 'utf8'), schemas)]
      }),
  ),
)

interface Schemas {
  readonly config?: Schema
  readonly account?: Schema
}

/** Replaces what stands between the two marks; a README without them stays as it is. */
function withTable(text: string, { config, account }: Schemas): string {
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) return text
  const tables = [config, account].flatMap((schema) => (schema ? [tableOf(schema)] : []))
  return `${text.slice(0, from + begin.length)}\n\n${tables.join('\n\n')}\n\n${text.slice(to)}`
}

function tableOf({ properties = {}, required = [] }: Schema): string {
  const rows = Object.entries(properties).map(([key, schema]) => {
    const type = 'secret' in schema ? 'secret' : `\`${cell(notation(schema))}\``
    const fallback =
      schema.default === undefined
        ? required.includes(key)
          ? 'needed'
          : ''
        : `\`${cell(JSON.stringify(schema.default))}\``
    return `| \`${key}\` | ${type} | ${fallback} | ${cell(schema.description ?? '')} |`
  })
  if (rows.length === 0) return 'There is nothing to configure.'
  return ['| key | type | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n')
}
