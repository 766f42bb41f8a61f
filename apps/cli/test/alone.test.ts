import { existsSync } from 'node:fs'
import { appendFile, chmod, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run, start, startGateway, temporary } from './run.ts'

const session = 'agent:main:local:default:owner'

describe('with no gateway running', () => {
  let home: Awaited<ReturnType<typeof temporary>>
  let said: Awaited<ReturnType<typeof run>>
  beforeAll(async () => {
    home = await temporary()
    said = await run(['agent', '--local', '-m', 'hi', '--home', home.path])
  })
  afterAll(async () => await home?.[Symbol.asyncDispose]())
  const openclaw = (args: readonly string[], input?: string) =>
    run([...args, '--home', home.path], input === undefined ? {} : { input })

  it('agent --local answers on a fresh machine, without an account, and gives the home back', async () => {
    expect(said.code).toBe(0)
    expect(said.stdout).toContain('No model is configured')
    expect(said.stderr).toMatch(/openclaw chat --home/)
    expect((await openclaw(['agent', '--local', '--json', '-m', 'tools'])).stdout).toContain('"answered"')
  })

  it.each([
    'status',
    'health',
    'open',
    'pairing list',
    'tokens list',
    'agent -m hi',
    'chat',
    'plugins list',
    'gateway restart',
  ])('%s says how to start one and ends with 3', async (line) => {
    const plain = await openclaw(line.split(' '))
    expect({ code: plain.code, stdout: plain.stdout }).toEqual({ code: 3, stdout: '' })
    expect(plain.stderr).toMatch(
      /No gateway is running for \S+\. Start it in another window: \S*openclaw --home \S+\n$/,
    )
  })

  it('lists, shows and verifies sessions from their files', async () => {
    const list = JSON.parse((await openclaw(['sessions', 'list', '--json'])).stdout) as {
      total: number
      sessions: { key: string; title: string; lines: number }[]
    }
    expect(list).toMatchObject({ total: 1, sessions: [{ key: session, title: 'hi' }] })
    expect((await openclaw(['sessions', 'list', '--search', 'nobody-said-this'])).stdout).toContain('No sessions yet.')
    expect((await openclaw(['sessions', 'show', session])).stdout).toMatch(
      /user {2}hi\n.*agent {2}No model is configured/,
    )
    const shown = JSON.parse((await openclaw(['sessions', 'show', session, '--all', '--json'])).stdout) as {
      lines: { seq: number }[]
    }
    expect(shown.lines.map(({ seq }) => seq)).toEqual(
      Array.from({ length: list.sessions[0]?.lines ?? 0 }, (_, index) => index + 1),
    )
    expect(await openclaw(['sessions', 'verify'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^1 journal, \d+ lines: whole\.\n$/) as string,
    })
    expect((await openclaw(['sessions', 'show', 'agent:main:x:y:z'])).code).toBe(5)
  })

  it('R5: verify names every damaged line, ends with 1 and changes nothing', async () => {
    const folder = join(home.path, 'sessions', 'main')
    const file = join(folder, (await readdir(folder)).find((name) => name.endsWith('.jsonl')) ?? '')
    const before = await readFile(file, 'utf8')
    const damaged = `${before.replace('"text":"hi"', '"text":"ha"')}{"v":1,"torn`
    await writeFile(file, damaged)
    const { code, stdout } = await openclaw(['sessions', 'verify', session])
    expect(code).toBe(1)
    expect(stdout).toMatch(/line 2 at byte \d+: .*\n(.*\n)* {2}line \d+ at byte \d+: /)
    expect(JSON.parse((await openclaw(['sessions', 'verify', '--json'])).stdout)).toMatchObject({ whole: false })
    expect(await readFile(file, 'utf8')).toBe(damaged)
    await writeFile(file, before)
  })

  it('reads, changes and checks the configuration, and keeps what it does not know', async () => {
    const file = join(home.path, 'openclaw.json')
    await writeFile(file, '// by hand\n{ gateway: { port: 18999 }, }\n')
    expect((await openclaw(['config', 'get', 'gateway.port'])).stdout).toBe('18999\n')
    expect((await openclaw(['config', 'set', 'agents.main.model', 'openai/x'])).code).toBe(0)
    expect(await readFile(file, 'utf8')).toMatch(/^\/\/ by hand\n/)
    expect((await openclaw(['config', 'check'])).code).toBe(0)
    await writeFile(file, '{ gateway: { port: "many", bind: "moon" }, agents: { "B D": {} } }')
    const { code, stdout } = await openclaw(['config', 'check'])
    expect(code).toBe(7)
    expect(stdout.split('\n').filter((line) => line.startsWith('  ')).length).toBeGreaterThanOrEqual(3)
    expect((await openclaw(['config', 'check', '-'], '{}')).code).toBe(0)
    expect((await openclaw(['config', 'check', '-'], '{')).code).toBe(7)
    await writeFile(file, '{}')
  })

  it('S14: a reference to a secret may be written by hand from here, and the gateway password is never stored as it is', async () => {
    const { code } = await openclaw(['config', 'secret', 'gateway.password'], 'correct horse battery\n')
    expect(code).toBe(0)
    expect(await readFile(join(home.path, 'credentials', 'gateway.json'), 'utf8')).not.toContain('horse')
    expect((await stat(join(home.path, 'credentials', 'gateway.json'))).mode & 0o077).toBe(0)
    expect((await openclaw(['config', 'secret', 'gateway.password'], 'short')).code).toBe(2)
    expect((await openclaw(['config', 'secret', 'everything'], 'x')).code).toBe(2)
  })

  it('prints the log from its files, without control characters', async () => {
    await mkdir(join(home.path, 'logs'), { recursive: true })
    await appendFile(
      join(home.path, 'logs', '9999-12-31.log'),
      `first\nsecond \u001b[31mred\u001b[0m \u0007\nthird\nhalf`,
    )
    expect((await openclaw(['logs', '-n', '2'])).stdout).toBe('second red \nthird\n')
    const following = start(['logs', '--follow', '--json', '--home', home.path])
    await following.until(/"third"\n/)
    await appendFile(join(home.path, 'logs', '9999-12-31.log'), ' done\nfourth\n')
    await following.until(/"half done"\n"fourth"\n/)
    following.child.kill('SIGINT')
    expect((await following.ended).code).toBe(0)
  })
})

describe('Ctrl-C', () => {
  it('L4: stops the run of agent -m within two seconds, and says so with 130', async () => {
    await using home = await temporary()
    await using _ = await startGateway(home.path)
    const one = start(['agent', '-m', 'run sleep 60', '--home', home.path])
    await one.untilError(/→ bash/)
    const begun = performance.now()
    one.child.kill('SIGINT')
    expect((await one.ended).code).toBe(130)
    expect(performance.now() - begun).toBeLessThan(5000)
    expect(JSON.parse((await run(['status', '--json', '--home', home.path])).stdout)).toMatchObject({ running: 0 })
  })

  it('in a conversation stops the run first, and the conversation goes on', async () => {
    await using home = await temporary()
    await using _ = await startGateway(home.path)
    const one = start(['chat', '--home', home.path])
    one.child.stdin.write('run sleep 60\n')
    await one.untilError(/→ bash/)
    one.child.kill('SIGINT')
    await one.untilError(/Stopped\./)
    one.child.stdin.end('run echo still-here\n')
    expect(await one.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('still-here') as string })
  })

  it('of agent --local ends what it started and gives the home back', async () => {
    await using home = await temporary()
    const one = start(['agent', '--local', '-m', 'run sleep 60', '--home', home.path])
    await one.untilError(/→ bash/)
    one.child.kill('SIGINT')
    expect((await one.ended).code).toBe(130)
    expect(existsSync(join(home.path, 'gateway.json'))).toBe(false)
    expect((await run(['sessions', 'verify', '--home', home.path])).code).toBe(0)
  })
})

describe('doctor', () => {
  const findings = async (home: string) =>
    (
      JSON.parse((await run(['doctor', '--json', '--home', home])).stdout) as {
        findings: { about: string; state: string; found: string; remedy?: string }[]
      }
    ).findings
  const state = (found: Awaited<ReturnType<typeof findings>>, about: string) =>
    found.find((one) => one.about === about)?.state

  it('finds nothing broken on a fresh machine, and leaves nothing behind', async () => {
    await using folder = await temporary()
    const home = join(folder.path, 'new')
    await mkdir(home, { mode: 0o700 })
    await writeFile(join(home, 'openclaw.json'), '{ "gateway": { "port": 0 } }')
    const { code, stdout } = await run(['doctor', '--home', home])
    expect(stdout).toMatch(/✓ Agent process: starts in \d+ ms/)
    expect(stdout).toMatch(/! Model: none is chosen/)
    expect(code).toBe(0)
    expect(await readdir(home)).toEqual(['openclaw.json'])
  })

  it('names what is wrong, with a remedy for each', async () => {
    await using home = await temporary()
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    await writeFile(
      join(home.path, 'openclaw.json'),
      JSON.stringify({ gateway: { port: (taken.address() as AddressInfo).port }, agnets: {} }),
    )
    await chmod(home.path, 0o755)
    try {
      const found = await findings(home.path)
      expect(state(found, 'Port')).toBe('bad')
      expect(state(found, 'Configuration')).toBe('bad')
      if (process.platform !== 'win32') expect(state(found, 'Security')).toBe('bad')
      for (const one of found) if (one.state !== 'ok') expect(one.remedy, one.about).toMatch(/\w{3}/)
    } finally {
      taken.close()
    }
  })

  it('tells a gateway that crashed from one that runs', async () => {
    await using home = await temporary()
    const gateway = await startGateway(home.path)
    expect((await findings(home.path)).find(({ about }) => about === 'Gateway')?.found).toContain('running at')
    await gateway[Symbol.asyncDispose]()
    expect(state(await findings(home.path), 'Gateway')).toBe('warn')
  })
})
