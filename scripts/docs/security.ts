import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chatCommands } from '@openclaw/kernel'
import { methods } from '@openclaw/protocol'
import { auditChecks } from '../../apps/cli/src/audit/audit.ts'
import { attacks } from '../../packages/testing/src/sandbox/attacks.ts'
import { routesTable } from '../../packages/kernel/test/gateway/rights.ts'
import spellings from '../../packages/sdk/test/host/private-addresses.json' with { type: 'json' }
import { hostile } from '../../plugins/gateway-control-ui/page/test/hostile.ts'
import { bypasses } from '../../test/security/bypasses.ts'
import injections from '../../test/security/data/injections.json' with { type: 'json' }
import variables from '../../test/security/data/variables.json' with { type: 'json' }
import { cell } from './schema.ts'

const root = join(import.meta.dirname, '../..')
const number = (count: number) => count.toLocaleString('en')
const ways = injections.wordings.length * injections.orders.length

/** What each suite tries, how much of it, and where. A count that stands in the name of its test is read from there. */
const proofs: readonly (readonly [promise: string, tried: string, cases: string | undefined, where: string])[] = [
  [
    'S3',
    'every method and route, with twelve kinds of credentials, from this machine, the network, through a proxy, and by foreign pages',
    `${Object.keys(methods).length} methods, ${Object.keys(routesTable).length} routes`,
    'packages/kernel/test/gateway/table.test.ts',
  ],
  [
    'S4',
    'sequences of making, rotating, revoking and forging tokens, over restarts',
    undefined,
    'packages/kernel/test/gateway/auth.test.ts',
  ],
  ['S8', 'operations on files while links are swapped', undefined, 'packages/agent/test/workspace.test.ts'],
  [
    'S9',
    'spellings of private addresses; redirects, and names that change, beside them',
    number(spellings.groups.flatMap(({ urls }) => urls).length + spellings.named.urls.length),
    'packages/sdk/test/host/guarded-fetch.test.ts',
  ],
  ['S11', 'silent sockets and slow bodies of one address', undefined, 'packages/kernel/test/gateway/flood.test.ts'],
  [
    'S12',
    'known ways out of a sandbox, against a real podman and a real bubblewrap',
    `${number(attacks.length)} in each`,
    'packages/testing/src/sandbox/suite.ts',
  ],
  [
    'S14',
    'secrets in the environment, the configuration and headers, and our own tokens, said by tools, models, channels and pages',
    undefined,
    'test/security/secrets.test.ts',
  ],
  [
    'S15',
    'variables that programs obey, in the files of a hostile folder and in the environment',
    number([...variables.both, ...variables.file].flatMap(({ names }) => names).length),
    'apps/cli/test/hostile-folder.test.ts',
  ],
  [
    'S16',
    'payloads through every field of the page, in a real browser',
    number(hostile.length),
    'plugins/gateway-control-ui/test/hostile.test.ts',
  ],
  [
    'S17',
    'known ways past a list of commands, each with a canary that would be run',
    number(bypasses.length),
    'test/security/exec.test.ts',
  ],
  [
    'S18',
    'every command by every role, in direct chats and groups, and on every channel',
    `${chatCommands.length} commands`,
    'test/security/commands.test.ts',
  ],
  [
    'S21',
    'texts that give a fully obedient model an order: by a stranger, in a group, in a page, an answer of a foreign server, and a file',
    `${number(ways)} at each of 5 doors`,
    'test/security/injections.test.ts',
  ],
]

/** `docs/security.md` with its two tables as they are now, each between its marks. */
export function securityPage(): string {
  const text = readFileSync(join(root, 'docs/security.md'), 'utf8')
  return withTable(withTable(text, 'proofs', proofTable()), 'checks', checkTable())
}

function proofTable(): string[] {
  const rows = proofs.map(([promise, tried, cases, path]) => {
    const name = /([\w-]+?)(?:\.test)?\.ts$/.exec(path)![1]
    return `| ${promise} | ${cell(tried)} | ${cases ?? namedIn(promise, path)} | [${name}](../${path}) |`
  })
  return ['| promise | what is tried | cases | where |', '| --- | --- | --- | --- |', ...rows]
}

/** The number in the name of the test that proves a promise. */
function namedIn(promise: string, path: string): string {
  const named = new RegExp(`['"\`]${promise}: [^'"\`]*?\\b(\\d[\\d,]+)\\b`).exec(readFileSync(join(root, path), 'utf8'))
  if (!named) throw new Error(`${path} has no test of ${promise} whose name says how much it tries`)
  return named[1]!
}

function checkTable(): string[] {
  const rows = auditChecks.map(
    ({ id, severity, about, fix = '–', deep }) =>
      `| \`${id}\` | ${severity} | ${cell(about)}${deep ? ' (`--deep`)' : ''} | ${cell(fix)} |`,
  )
  return ['| id | severity | finds | `--fix` |', '| --- | --- | --- | --- |', ...rows]
}

function withTable(text: string, what: string, rows: readonly string[]): string {
  const [begin, end] = [`<!-- ${what}: made by pnpm fix -->`, `<!-- end of ${what} -->`]
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`docs/security.md has lost the marks of its ${what}`)
  return `${text.slice(0, from + begin.length)}\n\n${rows.join('\n')}\n\n${text.slice(to)}`
}
