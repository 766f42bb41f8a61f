import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { auditChecks } from '../../apps/cli/src/audit/audit.ts'

const root = join(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/security.md'), 'utf8')

it('docs/security.md points for every promise at a file that has a test of it', () => {
  const [, section = ''] = page.split('## How it is proven\n')
  const rows = [...section.split('\n## ')[0]!.matchAll(/^\| (S\d+) \|.*\]\(\.\.\/([^)]+)\) \|$/gm)]
  expect(rows.length).toBeGreaterThan(9)
  for (const [, promise, path] of rows)
    expect(readFileSync(join(root, path!), 'utf8'), `${promise} ${path}`).toMatch(new RegExp(`['"\`]${promise}\\b`))
})

/** Ids are added here when they are released, and never taken away. */
const published = [
  'gateway.auth-none',
  'gateway.clear-text',
  'gateway.proxy-wide',
  'gateway.origin-clear',
  'gateway.tries-many',
  'gateway.password-guessable',
  'tokens.never-ends',
  'tokens.unused',
  'files.home-open',
  'files.open',
  'files.foreign',
  'files.leads-out',
  'config.key-inside',
  'dm.open',
  'groups.open',
  'groups.unmentioned',
  'bots.answered',
  'exec.never-ask',
  'exec.never-ask-strangers',
  'network.never-ask-strangers',
  'lasting.never-ask-strangers',
  'exec.listed-in-vain',
  'sandbox.missing',
  'plugins.foreign-inside',
  'plugins.linked',
  'plugins.unpinned',
]

it('an id of the audit never changes: those that were published are there', () => {
  expect(auditChecks.map(({ id }) => id)).toEqual(expect.arrayContaining(published))
})
