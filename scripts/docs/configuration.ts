import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Config } from '@openclaw/protocol'
import { cell, notation, type Schema } from './schema.ts'

const path = join(import.meta.dirname, '../../docs/configuration.md')
const begin = '<!-- keys: made from packages/protocol/src/config.ts by pnpm fix -->'
const end = '<!-- end of keys -->'

/** A schema with the kernel's mark for parts that fail closed. */
type Marked = Schema & {
  readonly restricts?: boolean
  readonly properties?: Readonly<Record<string, Marked>>
  readonly patternProperties?: Readonly<Record<string, Marked>>
  readonly items?: Marked
}

/** `docs/configuration.md`: its own text, with a table of every key as the schema has it now. */
export function configurationPage(): string {
  const text = readFileSync(path, 'utf8')
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/configuration.md has lost its marks: ${begin} and ${end}`)
  const sections = Object.entries((Config as unknown as Marked).properties ?? {}).filter(([key]) => key !== '$schema')
  return `${text.slice(0, from + begin.length)}\n\n${sections.map(section).join('\n')}\n${text.slice(to)}`
}

function section([key, schema]: [string, Marked]): string {
  const table = rows(schema, '').map((row) => `| ${row.join(' | ')} |`)
  const entry = schema.patternProperties ? `${key}.<id>` : schema.items ? `${key}[]` : key
  return [
    `### \`${entry}\``,
    '',
    ...(schema.description ? [schema.description, ''] : []),
    '| key | type | default | meaning |',
    '| --- | --- | --- | --- |',
    ...table,
    '',
  ].join('\n')
}

/** One row for each value, named by its path inside of the section. */
function rows(schema: Marked, prefix: string, closes = false): (readonly string[])[] {
  const inner = schema.patternProperties
    ? Object.values(schema.patternProperties)[0]
    : schema.items?.properties
      ? schema.items
      : undefined
  const strict = closes || schema.restricts === true || inner?.restricts === true
  if (inner?.properties && prefix === '') return rows(inner, '', strict)
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const name = prefix === '' ? key : `${prefix}.${key}`
    if (value.properties) return rows(value, name, strict || value.restricts === true)
    const record = value.patternProperties && Object.values(value.patternProperties)[0]
    const restricts = strict || value.restricts === true
    if (record?.properties)
      return [cells(`${name}.<id>`, value, restricts, 'section'), ...rows(record, `${name}.<id>`, restricts)]
    return [cells(name, value, restricts)]
  })
}

function cells(name: string, schema: Marked, closes: boolean, type = notation(schema)): readonly string[] {
  const fallback = schema.default === undefined ? '' : `\`${cell(JSON.stringify(schema.default))}\``
  return [`\`${name}\`${closes ? ' 🔒' : ''}`, `\`${cell(type)}\``, fallback, cell(schema.description ?? '')]
}
