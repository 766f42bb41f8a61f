import { spawn } from 'node:child_process'
import { chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SandboxPlace } from '@openclaw/sdk'
import { fakeClock, memoryStore } from '@openclaw/testing'
import {
  openRegistry,
  setUpSandbox,
  startPodman,
  type Podman,
  type Registry,
  type SandboxEntry,
} from '@openclaw/testing/sandbox'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import gateway from '../src/gateway.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const { signal } = new AbortController()
let podman: Podman
let registry: Registry
let folder: string
beforeAll(async () => {
  registry = await openRegistry()
  podman = await startPodman({ registries: [registry.address] })
  folder = await mkdtemp(join(tmpdir(), 'openclaw-containers-'))
})
afterAll(async () => {
  await podman?.[Symbol.asyncDispose]()
  await registry[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const limits = { memoryMb: 128, tmpMb: 16, cpus: 0.5, processes: 64 }
const config = (more: object = {}) => ({ engine: podman.engine, image: podman.image, ...limits, ...more })

async function place(key: string, more: Partial<SandboxPlace> = {}): Promise<SandboxPlace> {
  const own = join(folder, key.replaceAll(/[^a-z0-9]/g, '-'))
  await mkdir(own, { recursive: true })
  return { key, agent: 'main', mounts: [{ folder: own, target: '/workspace', access: 'rw', hidden: [] }], ...more }
}

interface Ended {
  readonly out: string
  readonly err: string
  readonly code: number | null
}

/** Starts a command as the agent does: behind the prefix. */
function start(prefix: readonly string[], ...argv: readonly string[]) {
  const [program, ...rest] = [...prefix, ...argv]
  const child = spawn(program!, rest, { stdio: ['pipe', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.on('data', (piece: Buffer) => (out += piece.toString()))
  child.stderr.on('data', (piece: Buffer) => (err += piece.toString()))
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ out, err, code })))
  return {
    child,
    ended,
    async says(text: string) {
      while (!out.includes(text)) await new Promise((resolve) => child.stdout.once('data', resolve))
    },
  }
}

async function run(prefix: readonly string[], script: string, input = ''): Promise<Ended> {
  const { child, ended } = start(prefix, 'sh', '-c', script)
  child.stdin.end(input)
  return await ended
}

async function prefixOf({ sandboxing }: SandboxEntry, where: SandboxPlace): Promise<readonly string[]> {
  const answer = await sandboxing.open(where.key, signal, where)
  if ('unavailable' in answer) throw new Error(answer.unavailable)
  return answer.argv
}

const containers = async () =>
  (await podman.podman('ps', '--all', '--format', '{{.Names}}')).split('\n').filter(Boolean)
async function until(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await sleep(50)
}

it('a command has its words, its input, its output and its exit code', async () => {
  await using entry = await setUpSandbox(gateway, config())
  const prefix = await prefixOf(entry, await place('plain'))
  expect(await run(prefix, 'cat; echo wrong >&2; exit 7', 'in\nput')).toEqual({
    out: 'in\nput',
    err: 'wrong\n',
    code: 7,
  })
  const { child, ended } = start(prefix, 'printf', '%s|', 'a b', "it's", 'two\nlines', '$HOME')
  child.stdin.end()
  expect(await ended).toMatchObject({ out: "a b|it's|two\nlines|$HOME|", code: 0 })
  const large = await run(prefix, 'head -c 5000000 /dev/zero | tr "\\0" x')
  expect(large.out.length).toBe(5_000_000)
})

it('S12: the engine itself says that the container is closed', async () => {
  await using entry = await setUpSandbox(gateway, config())
  const agents = join(folder, 'agents')
  await mkdir(join(agents, 'peers'), { recursive: true })
  const own = await place('inspected')
  const where = {
    ...own,
    mounts: [...own.mounts, { folder: agents, target: '/agent', access: 'ro' as const, hidden: ['peers'] }],
  }
  await run(await prefixOf(entry, where), 'true')
  const name = (await entry.sandboxing.list!())[0]!.name
  const [found] = JSON.parse(await podman.podman('container', 'inspect', name)) as [Inspect]
  const { HostConfig: host, Config: about } = found
  expect(host).toMatchObject({
    Privileged: false,
    ReadonlyRootfs: true,
    NetworkMode: 'none',
    PidMode: 'private',
    UTSMode: 'private',
    Memory: limits.memoryMb * 2 ** 20,
    MemorySwap: limits.memoryMb * 2 ** 20,
    NanoCpus: limits.cpus * 1e9,
    PidsLimit: limits.processes,
    AutoRemove: true,
    CapAdd: [],
    Devices: [],
    PortBindings: {},
  })
  expect(host.SecurityOpt).toContain('no-new-privileges')
  expect(found.EffectiveCaps ?? []).toEqual([])
  expect(about.User).not.toMatch(/^0|root/)
  expect(new Set(about.Env.map((one) => one.split('=')[0]))).toEqual(
    new Set(['HOME', 'HOSTNAME', 'LANG', 'PATH', 'TERM', 'TMPDIR', 'container']),
  )
  // Nothing of this machine but the workspace.
  expect(
    found.Mounts.filter(({ Type }) => Type === 'bind').map(({ Source, Destination, RW }) => [Source, Destination, RW]),
  ).toEqual(
    expect.arrayContaining([
      [own.mounts[0]!.folder, '/workspace', true],
      [agents, '/agent', false],
    ]),
  )
  expect(found.Mounts.filter(({ Type }) => Type === 'bind')).toHaveLength(2)
})

interface Inspect {
  readonly HostConfig: { readonly SecurityOpt: readonly string[] }
  readonly Config: { readonly User: string; readonly Env: readonly string[] }
  readonly EffectiveCaps?: readonly string[]
  readonly Mounts: readonly {
    readonly Type: string
    readonly Source: string
    readonly Destination: string
    readonly RW: boolean
  }[]
}

it('files that are made inside belong to the person whose folder it is', async () => {
  await using entry = await setUpSandbox(gateway, config())
  const where = await place('owned')
  const own = where.mounts[0]!.folder
  await chown(own, 12_345, 23_456)
  expect(await run(await prefixOf(entry, where), 'id -u; echo mine > mine')).toMatchObject({ out: '12345\n', code: 0 })
  expect(await stat(join(own, 'mine'))).toMatchObject({ uid: 12_345, gid: 23_456 })
  expect(await readFile(join(own, 'mine'), 'utf8')).toBe('mine\n')
})

it('places with one key share a container, other keys have their own', async () => {
  await using entry = await setUpSandbox(gateway, config())
  const names = async (key: string) =>
    (await run(await prefixOf(entry, await place(key)), 'echo "$$" > /tmp/x; hostname; ls /tmp')).out
  await names('one')
  await names('one')
  await names('two')
  expect((await entry.sandboxing.list!()).map(({ key }) => key).toSorted()).toEqual(['one', 'two'])
})

it('many commands at once each have their own', async () => {
  await using entry = await setUpSandbox(gateway, config())
  const prefix = await prefixOf(entry, await place('many'))
  const all = await Promise.all(Array.from({ length: 8 }, (_, at) => run(prefix, `cat; echo ${at}; exit ${at}`, 'in ')))
  expect(all.map(({ out, code }) => [out, code])).toEqual(Array.from({ length: 8 }, (_, at) => [`in ${at}\n`, at]))
  expect(await entry.sandboxing.list!()).toHaveLength(1)
  expect(entry.log.filter((line) => line.includes('replaced'))).toEqual([])
})

it('L6: a command that is killed takes with it all that it started, and leaves the others alone', async () => {
  await using entry = await setUpSandbox(gateway, config())
  const prefix = await prefixOf(entry, await place('killed'))
  const other = start(prefix, 'sh', '-c', 'echo up; cat; echo end')
  await other.says('up')
  const doomed = start(prefix, 'sh', '-c', 'setsid sh -c "sleep 4711 & sleep 4711" & echo up; sleep 4711')
  await doomed.says('up')
  doomed.child.kill('SIGKILL')
  await until(async () => !(await run(prefix, 'ps')).out.includes('sleep 4711'))
  other.child.stdin.end('still here\n')
  expect(await other.ended).toMatchObject({ out: 'up\nstill here\nend\n', code: 0 })
})

it('a container that is full of processes is replaced', async () => {
  await using entry = await setUpSandbox(gateway, config())
  const prefix = await prefixOf(entry, await place('full'))
  const bomb = start(prefix, 'sh', '-c', 'echo up; b() { b | b & }; b 2>/dev/null; sleep 100')
  await bomb.says('up')
  bomb.child.kill('SIGKILL')
  await until(async () => (await run(prefix, 'echo free')).out === 'free\n')
})

it('idle and old containers are removed, also by hand; busy ones stay', async () => {
  const clock = fakeClock()
  await using entry = await setUpSandbox(gateway, config({ idleMinutes: 10, maxAgeHours: 1 }), { clock })
  const { sandboxing } = entry
  const prefix = await prefixOf(entry, await place('idle'))
  const gone = async () => (await sandboxing.list!()).length === 0
  await run(prefix, 'true')
  await clock.advance(9 * 60_000)
  expect(await gone()).toBe(false)
  await clock.advance(2 * 60_000)
  await until(gone)
  const busy = start(prefix, 'sh', '-c', 'echo up; cat')
  await busy.says('up')
  await clock.advance(2 * 3_600_000)
  expect(await sandboxing.remove!()).toEqual([])
  expect(await gone()).toBe(false)
  busy.child.stdin.end()
  expect(await busy.ended).toMatchObject({ code: 0 })
  expect(await sandboxing.remove!()).toHaveLength(1)
  await run(prefix, 'true')
  expect(await sandboxing.remove!('idle')).toHaveLength(1)
  await until(async () => (await containers()).length === 0)
})

it('a container whose configuration changes is made anew', async () => {
  await using entry = await setUpSandbox(gateway, config())
  const where = await place('changed')
  await run(await prefixOf(entry, where), 'true')
  const [before] = await entry.sandboxing.list!()
  await run(await prefixOf(entry, where), 'true')
  expect((await entry.sandboxing.list!())[0]!.name).toBe(before!.name)
  const changed = { ...where, mounts: [{ ...where.mounts[0]!, access: 'ro' as const }] }
  expect(await run(await prefixOf(entry, changed), 'touch x')).toMatchObject({ code: 1 })
  const after = await entry.sandboxing.list!()
  expect(after).toHaveLength(1)
  expect(after[0]!.name).not.toBe(before!.name)
})

it('L6: containers end with a gateway that is killed, and what an engine kept is removed by the next one', async () => {
  const where = await place('orphan')
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'fixture/gateway.ts'), JSON.stringify(config()), JSON.stringify(where)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const line = await new Promise<string>((resolve) =>
    child.stdout.once('data', (piece: Buffer) => resolve(piece.toString())),
  )
  const { argv } = JSON.parse(line) as { argv: string[] }
  const command = start(argv, 'sh', '-c', 'echo up; setsid sleep 4712 & sleep 4712')
  await command.says('up')
  child.kill('SIGKILL')
  await until(async () => (await containers()).length === 0)
  expect((await command.ended).code).not.toBe(0)

  const store = memoryStore()
  await using first = await setUpSandbox(gateway, config(), { store })
  await run(await prefixOf(first, where), 'true')
  const id = Buffer.from((await store.get('id'))!).toString()
  await podman.podman(
    'run',
    '--detach',
    '--network=none',
    '--label',
    `openclaw.gateway=${id}`,
    '--name',
    'left',
    podman.image,
    '/bin/sleep',
    '1000',
  )
  await podman.podman(
    'run',
    '--detach',
    '--network=none',
    '--label',
    'openclaw.gateway=another',
    '--name',
    'others',
    podman.image,
    '/bin/sleep',
    '1000',
  )
  await using _second = await setUpSandbox(gateway, config(), { store })
  await until(async () => !(await containers()).includes('left'))
  expect(await containers()).toContain('others')
  await podman.podman('rm', '--force', '--time=0', 'others')
})

it('S12: without an engine or an image it says so, and what would help', async () => {
  const where = await place('nowhere')
  await using none = await setUpSandbox(gateway, config({ engine: `unix://${folder}/none.sock` }))
  expect(await none.sandboxing.open('s', signal, where)).toEqual({
    unavailable: expect.stringMatching(/no engine answers .*none\.sock.*start one with/),
  })
  await using missing = await setUpSandbox(gateway, config({ image: 'localhost:1/nobody/nothing:1' }))
  const prefix = await prefixOf(missing, where)
  expect(await run(prefix, 'true')).toMatchObject({
    code: 125,
    err: expect.stringMatching(/the image localhost:1\/nobody\/nothing:1 cannot be had: .*config\.image/s),
  })
  expect(await missing.sandboxing.open('s', signal, where)).toEqual({
    unavailable: expect.stringContaining('cannot be had'),
  })
})

it('an image is built once for all who wait, and whoever waits is told how far it is', async () => {
  const dockerfile = join(folder, 'Dockerfile')
  await writeFile(dockerfile, `FROM ${podman.image}\nENV MADE=here\nRUN /bin/sleep 5\n`)
  await using entry = await setUpSandbox(gateway, { engine: podman.engine, ...limits, dockerfile })
  const prefix = await prefixOf(entry, await place('built'))
  const both = await Promise.all([run(prefix, 'true'), run(prefix, 'true')])
  expect(both.map(({ code }) => code)).toEqual([0, 0])
  expect(both.map(({ err }) => err).join('')).toMatch(/^sandbox: building /)
  expect(await run(prefix, 'true')).toMatchObject({ err: '', code: 0 })
  expect(entry.log.filter((line) => line.startsWith('building the image'))).toHaveLength(1)
})

it('an image that is named is pulled once for all who wait, and it is said so', async () => {
  const pushed = join(folder, 'pushed')
  await podman.podman('push', '--format', 'v2s2', podman.image, `dir:${pushed}`)
  registry.serve(pushed)
  const image = `${registry.address}/from/afar:1`
  await using entry = await setUpSandbox(gateway, { engine: podman.engine, ...limits, image })
  const prefix = await prefixOf(entry, await place('pulled'))
  for (const { out, code } of await Promise.all([run(prefix, 'echo here'), run(prefix, 'echo here')]))
    expect([out, code]).toEqual(['here\n', 0])
  const said = `pulling the image ${image}; this happens once`
  expect(entry.log.filter((line) => line.startsWith('pulling the image'))).toEqual([said])
  expect(registry.pulls).toBeGreaterThan(0)
})
