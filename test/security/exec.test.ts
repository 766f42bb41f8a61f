import { chmod, mkdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { commandWords } from '@openclaw/sdk'
import { callTool, say, testKernel, type TestKernel } from '@openclaw/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import manifest from '../../plugins/tool-bash/package.json' with { type: 'json' }
import { bypasses, listed, listedInVain } from './bypasses.ts'
import { denyAll } from './owner.ts'

const plugin = {
  package: manifest,
  load: {
    tool: () => import('../../plugins/tool-bash/src/tool.ts'),
    config: () => import('../../plugins/tool-bash/src/config.ts'),
  },
}

const start = promisify(execFile)
let house: TestKernel
let workspace: string
let canary: string
let trap: string
/** What the model is to run next. */
let next: readonly string[] = []
/** Subjects of the questions that the owner said no to. */
let asked: readonly string[] = []
const fill = (command: string) => command.replaceAll('CANARY', canary).replaceAll('TRAP', trap)
const wasRun = () => readFile(`${canary}.ran`, 'utf8').catch(() => '')

async function plant(path: string, text: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(path, text)
  await chmod(path, 0o755)
}

beforeAll(async () => {
  house = await testKernel({
    plugins: [plugin],
    config: { tools: { exec: 'allowlist', commands: [...listed, ...listedInVain] } },
    script: ({ turns }) =>
      turns.at(-1)?.role === 'tool' ? say('done') : next.map((command, at) => callTool('bash', { command }, `c${at}`)),
    // Names are looked up where the canary could lie in wait, too.
    platform: (platform) => ({
      ...platform,
      env: { ...platform.env, PATH: '.:trap:/usr/bin:/bin' },
    }),
  })
  workspace = join(await realpath(house.home), 'workspace')
  trap = join(workspace, 'trap')
  canary = join(workspace, 'canary')
  const run = `#!/bin/sh\necho "$0 $*" >> ${canary}.ran\n`
  await plant(canary, run)
  for (const name of ['ls', 'pwd', 'id', 'cat', 'wc', 'date', 'git-status', 'pre-commit', 'post-checkout'])
    await plant(join(trap, name), run)
  for (const name of ['ls', 'pwd', 'cat', 'planted', 'report', 'tools/report', 'build.sh'])
    await plant(join(workspace, name), run)
  await plant(join(trap, '__main__.py'), `import os; os.system("${canary}")\n`)
  await plant(join(workspace, 'notes.txt'), 'one\ntwo\n')
  await plant(join(workspace, 'Makefile'), `all:\n\t${canary}\n`)
  await plant(join(workspace, 'package.json'), JSON.stringify({ scripts: { test: canary } }))
  await plant(join(workspace, 'conftest.py'), `import os; os.system("${canary}")\n`)
  await plant(join(workspace, 'planted.awk'), `BEGIN{system("${canary}")}\n`)
  await plant(join(workspace, 'planted.sed'), `1e ${canary}\n`)
  await plant(join(workspace, 'planted.pl'), `exec "${canary}"\n`)
  await plant(join(workspace, 'planted.gdb'), `shell ${canary}\nquit\n`)
  await symlink(canary, join(workspace, 'link-to-canary'))
  await symlink('/etc/passwd', join(workspace, 'link-out'))
  await start('git', ['init', '-q', workspace])
  await start('git', ['-C', workspace, 'config', 'core.fsmonitor', canary])
  asked = denyAll(house)
})
afterAll(() => house[Symbol.asyncDispose]())

let runs = 0

/** Has the agent run commands, in one run for a good many of them; what the model was told of each. */
async function runAll(commands: readonly string[]): Promise<string[]> {
  const told: string[] = []
  for (let at = 0; at < commands.length; at += 40) {
    next = commands.slice(at, at + 40)
    await house.ask('go', { session: `agent:main:local:default:owner:thread:${runs++}` })
    const results = house.model.requests.at(-1)!.turns.filter(({ role }) => role === 'tool')
    told.push(...results.map((turn) => JSON.stringify(turn)))
  }
  return told
}

describe('a list of commands', () => {
  it('runs what stands on it at once, without a shell', async () => {
    const told = await runAll([
      'ls',
      '  ls   -la',
      "'ls'",
      'pwd',
      'wc -l notes.txt',
      'cat notes.txt',
      '/bin/cat notes.txt',
    ])
    expect(asked).toEqual([])
    expect(told[3]).toContain(workspace)
    expect(told[4]).toContain(`2 ${workspace}/notes.txt`)
    expect(told[5]).toContain('one\\ntwo')
    expect(await wasRun()).toBe('')
  })

  it(`S17: is passed by none of ${bypasses.length} known bypasses`, async () => {
    expect(bypasses.length).toBeGreaterThanOrEqual(500)
    const told = await runAll(bypasses.map(({ command }) => fill(command)))
    expect(told).toHaveLength(bypasses.length)
    expect(await wasRun()).toBe('')
    // Each of them was asked about, or is no input at all.
    const quiet = bypasses.filter(({ command }) => !asked.includes(`bash ${fill(command)}`))
    expect(quiet.map(({ command }) => command)).toEqual([''])
  })

  it('would be passed by most of them in a shell, so that the canary proves something', async () => {
    const shell = bypasses.filter(
      ({ about, command }) => /^(operators|substitutions)/.test(about) && /^ls\b/.test(command),
    )
    let ran = 0
    for (const { command } of shell) {
      await rm(`${canary}.ran`, { force: true })
      await start('bash', ['-c', fill(command)], { cwd: workspace, timeout: 5000 }).catch(() => {})
      if (await wasRun()) ran++
    }
    expect(ran).toBeGreaterThan(shell.length * 0.8)
  }, 60_000)
})

it('S17: the words of a command are those that a shell would give the program', async () => {
  const piece = fc.constantFrom(
    ...'ab/-._=%:,@+~*?[]{}()<>|&;$`\\"\'#! \t\n\r',
    'é',
    '\u2028',
    '$(x)',
    "'a b'",
    '"c d"',
  )
  let read = 0
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { minLength: 1, maxLength: 12 }), async (pieces) => {
      const words = commandWords(`x${pieces.join('')}`)
      if (!words) return
      read++
      const line = `x${pieces.join('')}`
      for (const shell of ['bash', 'sh']) {
        const { stdout } = await start(shell, ['-fc', `set -- ${line}; printf '%s\\0' "$@"`])
        expect(stdout.split('\0').slice(0, -1)).toEqual(words)
      }
    }),
    { numRuns: 1500 },
  )
  expect(read).toBeGreaterThan(50)
}, 60_000)
