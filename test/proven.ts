/**
 * Prints which requirements a test cites, and which none does yet: `npm test -- --proven [--json]`.
 * A test cites an id by having it in its name, e.g. `it('S6: a non-loopback bind without auth does not start', …)`.
 */
import { existsSync, readFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { requirements } from './requirements.ts'

/** Ids in the names of tests and suites: a list before a colon, such as `A3 A9 S2:`. */
export function citedIn(source: string): Set<string> {
  const names = source.matchAll(/\b(?:it|test|describe)(?:\.each\([^)]*\))?\(\s*(['"`])((?:[ARLPS]\d+[ ,]*)+):/g)
  return new Set([...names].flatMap(([, , ids]) => ids!.match(/[ARLPS]\d+/g) ?? []))
}

/** The test files of each cited id. */
export function findCitations(root: string): Map<string, string[]> {
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.test.ts', '*.test.tsx'], {
    cwd: root,
    encoding: 'utf8',
  })
  const cited = new Map<string, string[]>()
  for (const file of files
    .split('\n')
    .filter((name) => name && existsSync(`${root}/${name}`))
    .toSorted()) {
    for (const id of citedIn(readFileSync(`${root}/${file}`, 'utf8'))) cited.set(id, [...(cited.get(id) ?? []), file])
  }
  return cited
}

if (process.argv[1] === import.meta.filename) {
  const cited = findCitations(`${import.meta.dirname}/..`)
  const proven = requirements.filter(({ id }) => cited.has(id))
  const open = requirements.filter(({ id }) => !cited.has(id))
  if (process.argv.includes('--json')) {
    console.log(JSON.stringify({ proven: proven.map(({ id }) => ({ id, tests: cited.get(id) })), open }, null, 2))
  } else {
    for (const { id, text } of proven)
      console.log(`proven  ${id.padEnd(4)} ${text}\n          ${cited.get(id)!.join(', ')}`)
    for (const { id, text } of open) console.log(`not yet ${id.padEnd(4)} ${text}`)
    console.log(`\n${proven.length} of ${requirements.length} are cited by a test`)
  }
}
