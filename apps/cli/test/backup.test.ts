import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { run, startGateway, temporary } from './run.ts'

async function place() {
  const at = await temporary()
  const home = join(at.path, 'home')
  await mkdir(home)
  const openclaw = (args: readonly string[], input?: string) =>
    run([...args, '--home', home], input === undefined ? {} : { input })
  return { home, path: at.path, openclaw, [Symbol.asyncDispose]: () => at[Symbol.asyncDispose]() }
}

it('backs up a home that runs and one at rest with the same words, and says what is not in it', async () => {
  await using at = await place()
  const live = join(at.path, 'live.tar.gz')
  const rest = join(at.path, 'rest.tar.gz')
  {
    await using _ = await startGateway(at.home)
    await at.openclaw(['agent', '-m', 'hello'])
    const { code, stdout, stderr } = await at.openclaw(['backup', live])
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /live\.tar\.gz has everything of .*: 1 session, \d+ files, \d+ kB\.\nNot in it: tokens, keys/,
    )
    expect(stderr).toMatch(/sessions list --home \S+\n$/)
  }
  const { code, stdout } = await at.openclaw(['backup', rest, '--json'])
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ file: rest, sessions: 1, media: true, credentials: false, leftOut: [] })
  expect((await stat(rest)).mode & 0o777).toBe(0o600)

  const again = await at.openclaw(['backup', rest])
  expect({ code: again.code, stdout: again.stdout }).toEqual({ code: 6, stdout: '' })
  expect(again.stderr).toContain('--force')
  expect((await at.openclaw(['backup', rest, '--force'])).code).toBe(0)
  await writeFile(join(at.path, 'letter'), 'dear')
  expect((await at.openclaw(['backup', join(at.path, 'letter'), '--force'])).stderr).toContain('is no backup')
})

it('S5: asks for the passphrase on stdin, and a wrong one changes nothing', { timeout: 60_000 }, async () => {
  await using at = await place()
  {
    await using _ = await startGateway(at.home)
  }
  const file = join(at.path, 'b.tar.gz')
  const made = await at.openclaw(['backup', file, '--credentials'], 'open sesame\n')
  expect(made.stdout).not.toContain('Not in it')
  const there = join(at.path, 'there')
  const restore = (input: string, ...more: string[]) => run(['restore', file, '--home', there, ...more], { input })
  const wrong = await restore('sesame')
  expect(wrong.code).toBe(4)
  expect(wrong.stderr).toContain('the passphrase is not the one')
  expect((await restore('')).code).toBe(2)
  expect(await readdir(at.path)).not.toContain('there')

  const right = await restore('open sesame')
  expect(right.code).toBe(0)
  expect(right.stdout).toMatch(/Every line of every session is whole\.\nChannels wait\. When .*restore finish --home/)
  expect(await readdir(join(there, 'credentials'))).toContain('local.token')
  const full = await restore('open sesame')
  expect(full.code).toBe(6)
  expect(full.stderr).toContain('is not empty')
  const without = await run(['restore', file, '--home', join(at.path, 'bare'), '--no-credentials', '--json'])
  expect(JSON.parse(without.stdout)).toMatchObject({ whole: true, credentials: false, plugins: [] })
})

it('lets channels start when the owner says so, with a gateway or without, and only then', async () => {
  await using at = await place()
  const file = join(at.path, 'b.tar.gz')
  expect((await at.openclaw(['backup', file])).code).toBe(0)
  const there = join(at.path, 'there')
  expect((await run(['restore', file, '--home', there])).code).toBe(0)
  const finish = (...more: string[]) => run(['restore', 'finish', '--home', there, ...more])
  expect(await finish()).toMatchObject({ code: 1, stdout: '' })
  expect((await finish('--yes')).stdout).toContain('at the next start')
  expect((await finish('--yes')).code).toBe(6)
})

it('shows parked runs, of which there are none', async () => {
  await using at = await place()
  await using _ = await startGateway(at.home)
  expect((await at.openclaw(['runs', 'list'])).stdout).toBe('No run is parked.\n')
  expect(JSON.parse((await at.openclaw(['runs', 'list', '--json'])).stdout)).toEqual({ runs: [] })
  for (const verb of ['resume', 'drop']) {
    const { code, stderr } = await at.openclaw(['runs', verb, 'nothing'])
    expect(code).toBe(5)
    expect(stderr).toMatch(/runs list --home/)
  }
})
