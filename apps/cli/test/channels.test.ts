import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { packGate, startKeeper } from './keeper.ts'
import { startRegistry } from './registry.ts'
import { run, startGateway, temporary, type RunOptions } from './run.ts'
import { sit } from './sit.ts'

const good = 'good-token-7391'
const bad = 'bad-token-5512'

/** A person with a home whose gateway runs, a registry that has the channel `gate`, and its platform. */
async function stage() {
  const scope = new AsyncDisposableStack()
  const folder = scope.use(await temporary())
  const keeper = scope.use(await startKeeper(good))
  const registry = scope.use(await startRegistry())
  await registry.publish(await packGate(folder.path))
  const home = join(folder.path, 'home')
  const person = join(folder.path, 'person')
  await mkdir(person)
  await writeFile(join(person, '.npmrc'), `registry=${registry.url}\nfetch-retries=0\n`)
  const gateway = scope.use(await startGateway(home))
  const openclaw = (args: readonly string[], options: RunOptions = {}) =>
    run([...args, '--home', home], { ...options, env: { HOME: person, ...options.env } })
  return {
    home,
    person,
    server: keeper.url,
    registry,
    gateway,
    openclaw,
    add: (...more: string[]) => ['channels', 'add', 'gate', '--set', `server=${keeper.url}`, ...more],
    config: () => readFile(join(home, 'openclaw.json'), 'utf8'),
    /** Files of the home, as their paths, that hold a text. */
    async filesWith(text: string) {
      const files = (await readdir(home, { recursive: true, withFileTypes: true })).filter((one) => one.isFile())
      const paths = files.map((one) => join(one.parentPath, one.name))
      const found = await Promise.all(paths.map(async (path) => (await readFile(path, 'utf8')).includes(text)))
      return paths.filter((_, index) => found[index]).map((path) => path.slice(home.length + 1))
    },
    [Symbol.asyncDispose]: () => scope.disposeAsync(),
  }
}

describe('channels add in a script', () => {
  it('S14 S20: installs the plugin, stores the token from stdin, connects and tries it out', async () => {
    await using here = await stage()
    const added = await here.openclaw(here.add('--json'), { input: `${good}\n` })
    expect(added.stderr).toMatch(/Gate: @openclaw\/channel-gate 1\.0\.0\nPublisher .*\n[^]*Network {5}any address/)
    expect({ code: added.code, value: JSON.parse(added.stdout) as unknown }).toEqual({
      code: 0,
      value: {
        channel: 'gate',
        account: 'default',
        installed: { name: '@openclaw/channel-gate', version: '1.0.0' },
        ok: true,
        state: 'online',
        probe: { ok: true, text: '@gate', ms: expect.any(Number) as number },
      },
    })
    expect(JSON.parse(await here.config())).toMatchObject({
      channels: { gate: { accounts: { default: { server: here.server } } } },
    })
    expect(await here.filesWith(good)).toEqual([join('credentials', 'channel%3agate%3adefault.json')])
    expect(here.gateway.stdout() + here.gateway.stderr()).not.toContain(good)
    for (const path of here.registry.asked) expect(path).toMatch(/^@openclaw\/channel-gate/)

    expect((await here.openclaw(['channels', 'status', '--probe'])).stdout).toMatch(
      /^ACCOUNT .* PROBE\ngate\/default {2}online .* @gate \(\d+ ms\)\n$/,
    )
    // What is there is changed, and its token need not be given again.
    const changed = await here.openclaw(['channels', 'add', 'gate', '--set', 'limit=7'])
    expect(changed).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^gate\/default is online: @gate \(\d+ ms\)\.\nWrite to it\. .*pairing approve gate CODE --owner .*\nIn a group .*channels groups gate/,
      ) as string,
      stderr: expect.stringContaining('pairing list') as string,
    })
    expect(JSON.parse(await here.config())).toMatchObject({
      channels: { gate: { accounts: { default: { server: here.server, limit: 7 } } } },
    })

    const kept = await here.openclaw(['channels', 'remove', 'gate'])
    expect(kept).toMatchObject({ code: 1, stderr: expect.stringContaining('--yes') as string })
    expect((await here.openclaw(['channels', 'remove', 'gate', '--yes'])).code).toBe(0)
    expect((await here.openclaw(['channels', 'status'])).stdout).toBe('No account is configured.\n')
    expect(await here.filesWith(good)).toEqual([])
    expect((await here.openclaw(['channels', 'remove', 'gate', '--yes'])).code).toBe(5)
  })

  it("gives the platform's own reason when the token is refused, and goes on from there", async () => {
    await using here = await stage()
    const parked = await here.openclaw(here.add(), { input: bad })
    expect(parked).toMatchObject({
      code: 1,
      stdout: 'gate/default is parked: gate/default: the token *** was refused; ask the keeper for another\n',
      stderr: expect.stringMatching(/Correct it: \S*openclaw channels add gate --home/) as string,
    })
    expect((await here.openclaw(['channels', 'status', '--probe'])).code).toBe(1)
    const corrected = await here.openclaw(['channels', 'add', 'gate', '--secret', 'token', '--json'], { input: good })
    expect(JSON.parse(corrected.stdout)).toMatchObject({ ok: true, state: 'online', probe: { text: '@gate' } })
    expect(corrected.code).toBe(0)
    expect(await here.filesWith(bad)).toEqual([])
  })

  it('S14: takes no secret from an argument, and a reference in its place', async () => {
    await using here = await stage()
    const refused = await here.openclaw(here.add('--set', `token=${good}`))
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/--secret token.*--set token=env:NAME/)
    expect(refused.stderr).not.toContain(good)
    const file = join(here.person, 'token')
    await writeFile(file, `${good}\n`, { mode: 0o600 })
    expect((await here.openclaw(here.add('--set', `token=file:${file}`))).code).toBe(0)
    expect(await here.config()).toContain(`"file:${file}"`)
  })

  it('names everything that is wrong, and changes nothing', async () => {
    await using here = await stage()
    const before = await here.config().catch(() => '')
    const { code, stderr } = await here.openclaw(
      ['channels', 'add', 'gate', '--set', 'server=ftp://x', '--set', 'mode=pigeon', '--set', 'limit=0'],
      { input: good },
    )
    expect(code).toBe(7)
    for (const key of ['server', 'mode', 'limit'])
      expect(stderr).toMatch(new RegExp(`^  channels\\.gate\\.\\S+\\.${key}: `, 'm'))
    expect(await here.config().catch(() => '')).toBe(before)
    expect(await here.filesWith(good)).toEqual([])
    expect((await here.openclaw(here.add('--secret', 'password'), { input: good })).stderr).toContain(
      '--secret takes token, signing, not "password"',
    )
    expect((await here.openclaw(here.add(), { input: '' })).stderr).toContain('gate/default: token: nothing was given')
  })

  it('reads several secrets as one JSON section; lists a group that wrote, and lets it in', async () => {
    await using here = await stage()
    const webhook = here.add('--set', 'mode=webhook', '--secret', 'token', '--secret', 'signing')
    expect((await here.openclaw(webhook, { input: good })).stderr).toContain('{"token":"…","signing":"…"}')
    const input = JSON.stringify({ token: good, signing: 'a long secret' })
    expect((await here.openclaw(webhook, { input })).code).toBe(0)

    const write = async (id: string) => {
      const inbound = {
        event: id,
        message: id,
        kind: 'message',
        peer: { kind: 'group', id: '-1001' },
        sender: { id: 'ann' },
        text: 'hello',
        mentioned: true,
        place: 'The garden',
        atMs: 0,
      }
      const answer = await fetch(new URL('/webhooks/gate/default', here.gateway.address), {
        method: 'POST',
        headers: { 'x-signing': 'a long secret' },
        body: JSON.stringify(inbound),
      })
      expect(answer.status).toBe(202)
    }
    await write('1')
    const groups = await here.openclaw(['channels', 'groups', 'gate'])
    expect(groups.stdout).toMatch(/^CHANNEL .*\ngate {5}-1001 {2}The garden {2}not let in {2}1 {6}now\n$/)
    const command = /channels allow gate (\S+)/.exec(groups.stderr)
    expect((await here.openclaw(['channels', 'allow', 'gate', command?.[1] ?? ''])).code).toBe(0)
    expect(JSON.parse(await here.config())).toMatchObject({ channels: { gate: { groups: { allow: ['-1001'] } } } })
    await write('2')
    expect((await here.openclaw(['sessions', 'list'])).stdout).toContain('agent:main:gate:default:group:-1001')
  })

  it('needs a running gateway, and refuses what is no channel', async () => {
    await using here = await stage()
    expect(await run(['channels', 'add', 'gate', '--home', join(here.person, 'elsewhere')])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('Start it in another window') as string,
    })
    expect((await here.openclaw(['channels', 'add', 'nowhere'])).code).toBe(5)
    const tool = join(here.person, 'tool')
    await mkdir(tool)
    await writeFile(
      join(tool, 'package.json'),
      JSON.stringify({
        name: '@acme/tool',
        version: '1.0.0',
        openclaw: { id: 'acme', label: 'Acme', api: 1, hooks: { tool: './tool' } },
      }),
    )
    expect(await here.openclaw(['channels', 'add', tool])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/plugs into tool and is no channel; `\S*openclaw plugins add/) as string,
    })
  })
})

describe.skipIf(!existsSync('/usr/bin/script'))('channels add at a terminal', () => {
  it('S14: shows the steps, asks for what is needed, does not show the token, and lets it be corrected', async () => {
    await using here = await stage()
    const person = sit(['channels', 'add', 'gate', '--home', here.home], { HOME: here.person })
    await person.until(/1\. Ask the keeper for a token\.\r\n2\. Give it here\.\r\n[^]*server: /)
    person.type('\r')
    await person.until(/server is needed\.[^]*server: /)
    person.type('gopher://nowhere\r')
    await person.until(/token \(it is not shown\): /)
    person.type(`${bad}\r`)
    await person.until(/mode \(polling, webhook\) \[polling\]: /)
    person.type('pigeon\r')
    await person.until(/mode is one of polling, webhook\.[^]*\[polling\]: /)
    person.type('\r')
    await person.until(/signing \(Enter skips; it is not shown\): /)
    person.type('\r')
    // One value does not fit: only that one is asked for again.
    await person.until(/accounts\.default\.server: expected [^]*keeper lives[^]*server: /)
    person.type(`${here.server}\r`)
    await person.until(
      /is parked: .* was refused; ask the keeper for another[^]*Which value is to be corrected \(.*\)\? /,
    )
    person.type('token\r')
    await person.until(/Enter keeps what is there; it is not shown\): /)
    person.type(`${good}\r`)
    await person.until(/gate\/default is online: @gate/)
    expect(await person.ended).toBe(0)
    expect(person.seen()).not.toMatch(new RegExp(`${good}|${bad}`))
    expect(JSON.parse(await here.config())).toMatchObject({
      channels: { gate: { accounts: { default: { server: here.server } } } },
    })
  })

  it('leaves it as it is when the person does not want to correct it', async () => {
    await using here = await stage()
    const person = sit(['channels', 'add', 'gate', '--set', `server=${here.server}`, '--home', here.home], {
      HOME: here.person,
    })
    await person.until(/token \(it is not shown\): /)
    person.type(`${bad}\r`)
    await person.until(/\[polling\]: /)
    person.type('\r')
    await person.until(/signing .*: /)
    person.type('\r')
    await person.until(/Which value is to be corrected/)
    person.type('\r')
    expect(await person.ended).toBe(1)
    expect((await here.openclaw(['channels', 'status', 'gate'])).stdout).toMatch(/gate\/default {2}parked/)
  })
})
