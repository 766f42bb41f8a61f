import { chmod, chown, lstat, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { openGatewaySecrets, realPlatform } from '@openclaw/kernel'
import { describe, expect, it } from 'vitest'
import { audit, auditChecks, repair } from '../src/audit/audit.ts'
import { createCli } from '../src/cli.ts'
import { run, temporary } from './run.ts'

/** How a home is made in which a check finds something. */
interface Bad {
  readonly config?: object
  readonly files?: Readonly<Record<string, unknown>>
  readonly make?: (home: string) => Promise<void>
  /** What its finding names. */
  readonly names: string
}
const weather = {
  'plugins/package.json': { dependencies: { 'openclaw-weather': '1.0.0' } },
  'plugins/node_modules/openclaw-weather/package.json': {
    name: 'openclaw-weather',
    version: '1.0.0',
    exports: { './tool': './tool.js' },
    openclaw: { id: 'weather', label: 'Weather', api: 1, hooks: { tool: './tool' }, permissions: {} },
  },
  'plugins/node_modules/openclaw-weather/tool.js': '',
}
const linked = async (home: string) => {
  const folder = join(home, 'workspace/w')
  await mkdir(join(home, 'plugins'), { recursive: true, mode: 0o700 })
  await writeFile(join(home, 'plugins/package.json'), JSON.stringify({ dependencies: { w: `link:${folder}` } }))
  await mkdir(join(home, 'plugins/node_modules'))
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(join(folder, 'tool.js'), '')
  const about = weather['plugins/node_modules/openclaw-weather/package.json']
  await writeFile(join(folder, 'package.json'), JSON.stringify({ ...about, name: 'w' }))
  await symlink(folder, join(home, 'plugins/node_modules/w'))
}
const token = { name: 'phone', role: 'owner', hash: '', createdAt: 0 }
const open = { fake: { dm: { policy: 'open' } } }

/** One bad home for each check; a check without one fails below. */
const bad: Readonly<Record<string, Bad>> = {
  'gateway.auth-none': { config: { gateway: { auth: { mode: 'none' } } }, names: 'gateway.auth.mode' },
  'gateway.clear-text': { config: { gateway: { bind: 'lan' } }, names: 'gateway.tls' },
  'gateway.proxy-wide': {
    config: {
      gateway: {
        auth: { mode: 'trusted-proxy', proxy: { addresses: ['10.0.0.1', '0.0.0.0/0'], userHeader: 'x', users: {} } },
      },
    },
    names: '0.0.0.0/0',
  },
  'gateway.origin-clear': { config: { gateway: { origins: ['http://claw.example'] } }, names: 'http://claw.example' },
  'gateway.tries-many': {
    config: { gateway: { auth: { mode: 'password', rateLimit: { attempts: 5000 } } } },
    names: '300000 passwords',
  },
  'gateway.password-guessable': {
    config: { gateway: { auth: { mode: 'password' } } },
    make: (home) => openGatewaySecrets({ home, files: realPlatform().files }).set('password', 'password1'),
    names: 'credentials/gateway.json',
  },
  'tokens.never-ends': {
    files: { 'credentials/tokens.json': { tokens: [{ ...token, id: 'a1', rights: ['admin'] }] } },
    names: 'a1',
  },
  'tokens.unused': {
    files: { 'credentials/tokens.json': { tokens: [{ ...token, id: 'b2', rights: ['read'] }] } },
    names: 'b2',
  },
  'files.home-open': { make: (home) => chmod(home, 0o750), names: '0750' },
  'files.open': {
    files: { 'credentials/telegram.json': {} },
    make: (home) => chmod(join(home, 'credentials/telegram.json'), 0o644),
    names: 'credentials/telegram.json',
  },
  'files.leads-out': {
    files: { 'credentials/x': '' },
    make: async (home) => {
      await rm(join(home, 'credentials/x'))
      await symlink('/etc/hostname', join(home, 'credentials/x'))
    },
    names: '/etc/hostname',
  },
  'config.key-inside': {
    files: { 'openclaw.json': `{ "agents": { "main": { "name": "xoxb-${'1'.repeat(12)}" } } }` },
    names: 'a Slack token',
  },
  'dm.open': { config: { channels: open }, names: 'channels.fake.dm.policy' },
  'groups.open': {
    config: { channels: { fake: { groups: { policy: 'open' } } } },
    names: 'channels.fake.groups.policy',
  },
  'groups.unmentioned': {
    config: { channels: { fake: { groups: { allow: ['g'], mention: false } } } },
    names: 'channels.fake.groups.mention',
  },
  'bots.answered': { config: { channels: { fake: { bots: 'answer' } } }, names: 'channels.fake.bots' },
  'exec.never-ask': { config: { tools: { exec: 'never-ask' } }, names: 'tools.exec' },
  'exec.never-ask-strangers': { config: { tools: { exec: 'never-ask' }, channels: open }, names: 'fake' },
  'network.never-ask-strangers': { config: { tools: { network: 'never-ask' }, channels: open }, names: 'fake' },
  'lasting.never-ask-strangers': { config: { tools: { lasting: 'never-ask' }, channels: open }, names: 'fake' },
  'exec.listed-in-vain': { config: { tools: { exec: 'allowlist', commands: ['ls', 'git status'] } }, names: 'git' },
  'sandbox.missing': { config: { channels: { fake: { groups: { allow: ['g'] } } } }, names: 'no sandbox is plugged' },
  'plugins.foreign-inside': {
    config: { plugins: { weather: { isolation: 'none' } } },
    files: weather,
    names: 'openclaw-weather',
  },
  'plugins.linked': { make: linked, names: 'w is a link' },
  'plugins.unpinned': { files: weather, names: 'node_modules/openclaw-weather' },
  'files.foreign': {
    files: { 'credentials/x': '' },
    make: (home) => chown(join(home, 'credentials/x'), 4711, 4711),
    names: '4711',
  },
}

async function furnish(home: string, { config, files = {}, make }: Bad): Promise<void> {
  await chmod(home, 0o700)
  if (config) await write(home, 'openclaw.json', config)
  for (const [name, content] of Object.entries(files)) await write(home, name, content)
  await make?.(home)
}

async function write(home: string, name: string, content: unknown): Promise<void> {
  await mkdir(dirname(join(home, name)), { recursive: true, mode: 0o700 })
  await writeFile(join(home, name), typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 })
}

/** Nobody but root can make a file that is somebody else's. */
const rows = auditChecks.filter(({ id }) => id !== 'files.foreign' || process.getuid?.() === 0)

describe('security audit', () => {
  it('has a home for each of its checks in which it finds something', () => {
    expect(Object.keys(bad).toSorted()).toEqual(auditChecks.map(({ id }) => id).toSorted())
  })

  it.each(rows.map((check) => [check.id, check] as const))('finds %s, and it alone', async (id, check) => {
    const row = bad[id]!
    await using home = await temporary()
    await using scope = new AsyncDisposableStack()
    await furnish(home.path, row)
    const cli = createCli(home.path, true, scope)
    const found = await audit(cli, { deep: true })
    const mine = found.filter((one) => one.id === id)
    expect(mine).toMatchObject([{ severity: check.severity, found: expect.stringContaining(row.names) as string }])
    expect(mine[0]!.remedy).toMatch(/\w{3}/)
    // Findings beside it are of what had to be there for it.
    const beside = new Set(found.map((one) => one.id).filter((one) => one !== id))
    expect([...beside].filter((one) => !also[id]?.includes(one))).toEqual([])
    if (check.deep) expect((await audit(cli, { deep: false })).map((one) => one.id)).not.toContain(id)
    // What says that it can be put right is gone afterwards, and what says nothing is left alone.
    expect(mine.some(({ change }) => change)).toBe(check.fix !== undefined)
    await repair(cli, mine)
    const left = (await audit(cli, { deep: true })).map((one) => one.id)
    expect(left.includes(id)).toBe(check.fix === undefined)
  })

  it('finds nothing in a home as the program makes it', async () => {
    await using home = await temporary()
    await run(['agent', '--local', '-m', 'hi', '--home', home.path])
    await chmod(home.path, 0o700)
    const { code, stdout } = await run(['security', 'audit', '--deep', '--json', '--home', home.path])
    expect(JSON.parse(stdout)).toEqual({ ok: true, checks: auditChecks.length, findings: [], fixed: [] })
    expect(code).toBe(0)
  })

  it('fails with what is high, repairs only when told to, and says what it did', async () => {
    await using home = await temporary()
    const config = { tools: { exec: 'never-ask' }, channels: open }
    await furnish(home.path, { config, make: (path) => chmod(path, 0o755), names: '' })
    const before = await readFile(join(home.path, 'openclaw.json'), 'utf8')
    const looked = await run(['security', 'audit', '--home', home.path])
    expect(looked.code).toBe(1)
    expect(looked.stdout).toMatch(/✗ files\.home-open: .*\n {4}Close it: /)
    expect(looked.stderr).toMatch(/security audit --fix/)
    expect(await readFile(join(home.path, 'openclaw.json'), 'utf8')).toBe(before)
    expect((await lstat(home.path)).mode & 0o777).toBe(0o755)

    const fixed = JSON.parse((await run(['security', 'audit', '--fix', '--json', '--home', home.path])).stdout) as {
      ok: boolean
      fixed: string[]
      findings: { id: string }[]
    }
    expect(fixed.ok).toBe(true)
    expect(fixed.fixed).toEqual([
      `${home.path} is yours alone`,
      'channels.fake.dm.policy is "pairing"',
      'tools.exec is "ask"',
    ])
    expect(fixed.findings).toEqual([])
    expect((await lstat(home.path)).mode & 0o777).toBe(0o700)
  })
})

/** What is found beside, because it had to be there. */
const also: Readonly<Record<string, readonly string[]>> = {
  'tokens.never-ends': ['tokens.unused'],
  'dm.open': ['sandbox.missing'],
  'groups.open': ['sandbox.missing'],
  'groups.unmentioned': ['sandbox.missing'],
  'exec.never-ask-strangers': ['dm.open', 'sandbox.missing'],
  'network.never-ask-strangers': ['dm.open', 'sandbox.missing'],
  'lasting.never-ask-strangers': ['dm.open', 'sandbox.missing'],
  'plugins.foreign-inside': ['plugins.unpinned'],
  'files.leads-out': ['files.open'],
}
