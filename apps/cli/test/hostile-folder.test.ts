import { readdirSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import variables from '../../../test/security/data/variables.json' with { type: 'json' }
import { run, temporary } from './run.ts'

const poison = 'http://127.0.0.1:9/poison'
const both = variables.both.flatMap(({ names }) => names)
const all = [...both, ...variables.file.flatMap(({ names }) => names)]

it(`S15: a start in a hostile folder with ${all.length} poisoned variables is as one in a clean folder`, async () => {
  expect(new Set(all).size).toBeGreaterThanOrEqual(100)
  await using place = await temporary()
  const [clean, hostile] = [join(place.path, 'clean'), join(place.path, 'hostile')]
  await mkdir(clean)
  await mkdir(hostile)
  const lines = all.map((name) => `export ${name}=${poison}\n`).join('')
  const files = ['.env', '.env.local', '.env.production', '.envrc', '.profile', '.bashrc', '.openclaw.env']
  for (const name of files) await writeFile(join(hostile, name), lines)
  const env = Object.fromEntries(both.map((name) => [name, poison]))

  /** What a person and programs see of a command there; times and the names of runs are never the same. */
  async function seen(folder: string, args: readonly string[]) {
    const home = join(place.path, `home-of-${folder === hostile ? 'hostile' : 'clean'}`)
    const ended = await run([...args, '--home', home], { cwd: folder, ...(folder === hostile ? { env } : {}) })
    const plain = (text: string) => text.replaceAll(home, 'HOME').replaceAll(folder, 'FOLDER').replaceAll(/\d+/g, 'N')
    return { code: ended.code, out: plain(ended.stdout), err: plain(ended.stderr) }
  }
  const commands = [
    ['agent', '--local', '-m', 'help'],
    ['config', 'get', '--json'],
    ['config', 'check'],
    ['models', 'list', '--json'],
    ['plugins', 'list'],
    ['sessions', 'list'],
    ['security', 'audit'],
  ]
  for (const args of commands) expect(await seen(hostile, args), args.join(' ')).toEqual(await seen(clean, args))

  // A command that the owner types sees the names of a clean environment, and none of the values.
  const [theirs, ours] = [
    await seen(hostile, ['agent', '--local', '-m', 'run env']),
    await seen(clean, ['agent', '--local', '-m', 'run env']),
  ]
  const names = ({ out }: { out: string }) => [...out.matchAll(/^\s*(\w+)=/gm)].map(([, name]) => name!).toSorted()
  expect(names(theirs)).toEqual(names(ours))
  expect(names(theirs)).toContain('PATH')
  expect(theirs.out).not.toContain('poison')
  expect(readdirSync(hostile).toSorted()).toEqual(files.toSorted())
}, 60_000)
