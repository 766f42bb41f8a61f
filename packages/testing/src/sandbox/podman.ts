import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { access, copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const exec = promisify(execFile)

/** A real container engine of a test's own. */
export interface Podman extends AsyncDisposable {
  /** As plugins are told of it. */
  readonly engine: string
  /** An image with busybox, which is there without a registry. */
  readonly image: string
  /** With which podman finds the engine's own storage. */
  readonly env: NodeJS.ProcessEnv
  /** Runs podman on the engine's own storage; resolves with what it printed. */
  podman(...words: readonly string[]): Promise<string>
}

const needs =
  'these tests need a real container engine: apt-get install --no-install-recommends podman runc netavark busybox-static uidmap'

/**
 * Starts `podman system service` (https://docs.podman.io/en/latest/markdown/podman-system-service.1.html) on a private
 * socket with storage and settings of its own, and gives it an image. It asks the registries that are named without TLS.
 * Rejects with what to install where it is missing.
 */
export async function startPodman({ registries = [] }: { registries?: readonly string[] } = {}): Promise<Podman> {
  await using opening = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'openclaw-podman-'))
  opening.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }))
  const env = { ...process.env, ...(await settings(folder, registries)) }
  const podman = async (...words: readonly string[]) => {
    const { stdout } = await exec('podman', words, { env, maxBuffer: 2 ** 24 })
    return stdout.trim()
  }
  const image = await importImage(folder, podman)
  const socket = join(folder, 'podman.sock')
  const service = spawn('podman', ['system', 'service', '--time=0', `unix://${socket}`], { env, stdio: 'ignore' })
  opening.defer(async () => {
    await podman('rm', '--all', '--force', '--time=0').catch(() => {})
    await end(service)
    await endWatchers(folder)
  })
  await listening(service, socket)
  const running = opening.move()
  return { engine: `unix://${socket}`, image, env, podman, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

/** No systemd, no network and no storage driver that needs the kernel's help: it runs in a container too. */
async function settings(folder: string, registries: readonly string[]): Promise<Record<string, string>> {
  const runtime = (await has('crun')) ? 'crun' : 'runc'
  const containers = join(folder, 'containers.conf')
  const storage = join(folder, 'storage.conf')
  const remote = join(folder, 'registries.conf')
  const open = registries.map((one) => `[[registry]]\nlocation = "${one}"\ninsecure = true\n`)
  await writeFile(remote, open.join(''))
  await writeFile(
    containers,
    `[containers]\ndefault_ulimits = ["nofile=4096:4096", "nproc=1024:1024"]\nnetns = "host"\n[engine]\nruntime = "${runtime}"\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n`,
  )
  await writeFile(
    storage,
    `[storage]\ndriver = "vfs"\nrunroot = "${join(folder, 'run')}"\ngraphroot = "${join(folder, 'graph')}"\n`,
  )
  return { CONTAINERS_CONF: containers, CONTAINERS_STORAGE_CONF: storage, CONTAINERS_REGISTRIES_CONF: remote }
}

/** One static program that is a whole system (https://busybox.net/), as an image. */
async function importImage(folder: string, podman: Podman['podman']): Promise<string> {
  const busybox = '/bin/busybox'
  if (!(await has('podman')) || !(await has('busybox'))) throw new Error(needs)
  const root = join(folder, 'root')
  for (const name of ['bin', 'dev', 'etc', 'proc', 'sys', 'tmp', 'workspace', 'agent'])
    await mkdir(join(root, name), { recursive: true, mode: 0o755 })
  await copyFile(busybox, join(root, 'bin/busybox'))
  const { stdout } = await exec(busybox, ['--list'])
  for (const name of stdout.trim().split('\n'))
    if (name !== 'busybox') await symlink('busybox', join(root, 'bin', name))
  const tar = join(folder, 'image.tar')
  await exec('tar', ['-C', root, '-cf', tar, '.'])
  await podman('import', '--quiet', tar, 'localhost/openclaw-test:1')
  return 'localhost/openclaw-test:1'
}

async function has(program: string): Promise<boolean> {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/bin']
  const there = await Promise.all(
    folders.map((one) =>
      access(join(one, program)).then(
        () => true,
        () => false,
      ),
    ),
  )
  return there.includes(true)
}

async function listening(service: ChildProcess, socket: string): Promise<void> {
  while (service.exitCode === null) {
    const client = connect(socket)
    const up = await new Promise<boolean>((resolve) => {
      client.once('connect', () => resolve(true))
      client.once('error', () => resolve(false))
    })
    client.destroy()
    if (up) return
    await sleep(20)
  }
  throw new Error(`podman did not start: it exited with ${service.exitCode}`)
}

/** podman keeps a process for each command that it ran, five minutes long, so that somebody may ask how it went. */
async function endWatchers(folder: string): Promise<void> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  for (const pid of pids) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (!command.includes('conmon') || !command.includes(folder)) continue
    try {
      process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It ended by itself.
    }
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await exited
}
