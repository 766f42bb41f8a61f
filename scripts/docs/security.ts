import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { auditChecks } from '../../apps/cli/src/audit/audit.ts'
import { cell } from './schema.ts'

const begin = '<!-- checks: made from apps/cli/src/audit by pnpm fix -->'
const end = '<!-- end of checks -->'

/** `docs/security.md` with the table of the audit as it is now between its two marks. */
export function securityPage(): string {
  const text = readFileSync(join(import.meta.dirname, '../../docs/security.md'), 'utf8')
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error('docs/security.md has lost the marks of its table of checks')
  const rows = auditChecks.map(
    ({ id, severity, about, fix = '–', deep }) =>
      `| \`${id}\` | ${severity} | ${cell(about)}${deep ? ' (`--deep`)' : ''} | ${cell(fix)} |`,
  )
  const table = ['| id | severity | finds | `--fix` |', '| --- | --- | --- | --- |', ...rows].join('\n')
  return `${text.slice(0, from + begin.length)}\n\n${table}\n\n${text.slice(to)}`
}
