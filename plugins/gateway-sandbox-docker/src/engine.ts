import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { failure, toFailure } from '@openclaw/sdk'
import type Docker from 'dockerode'

/** What differs between engines that speak the same protocol. */
export interface EngineKind {
  readonly podman: boolean
  /** It runs as the person, not as root. */
  readonly rootless: boolean
  /** File with a filter of system calls that is tighter than the engine's own. */
  readonly systemCalls?: string
}

/** An engine that answers. */
export interface Engine extends EngineKind {
  readonly docker: Docker
}

/** An engine that does not answer for so long is not there. */
const answerMs = 5000

/**
 * Where engines listen, the person's own before the machine's. The environment is not asked: whoever sets a variable
 * would choose what runs here.
 */
function sockets(): string[] {
  if (process.platform === 'win32') return ['//./pipe/docker_engine', '//./pipe/podman-machine-default']
  const uid = process.getuid?.() ?? 0
  const home = homedir()
  const own = [`/run/user/${uid}/podman/podman.sock`, `/run/user/${uid}/docker.sock`]
  const machines = ['.docker/run/docker.sock', '.colima/default/docker.sock', '.orbstack/run/docker.sock']
  return [
    ...(uid === 0 ? [] : own),
    '/run/podman/podman.sock',
    '/var/run/docker.sock',
    ...machines.map((path) => join(home, path)),
  ]
}

/** Finds an engine that answers, or the one that is named. Rejects with what to do when there is none. */
export async function findEngine(named: string | undefined): Promise<Engine> {
  const here =
    named === undefined ? sockets().filter((path) => existsSync(path)) : [named.replace(/^(unix|npipe):\/\//, '')]
  const reasons: string[] = []
  for (const socket of here) {
    try {
      return await ask(socket)
    } catch (thrown) {
      reasons.push(`${socket}: ${toFailure(thrown).message}`)
    }
  }
  throw failure(
    'unavailable',
    reasons.length > 0 ? `no engine answers (${reasons.join('; ')}); ${start}` : `there is no engine here; ${start}`,
  )
}

const start =
  process.platform === 'linux'
    ? 'start one with `systemctl --user enable --now podman.socket` (podman) or `sudo systemctl enable --now docker` (Docker)'
    : 'install and start Docker Desktop or podman'

interface Info {
  readonly SecurityOptions?: readonly string[] | null
  readonly OSType?: string
}
interface Version {
  readonly Components?: readonly { readonly Name: string }[]
}

async function ask(socketPath: string): Promise<Engine> {
  // 19 MB of library, for those who have an engine.
  const { default: Client } = await import('dockerode')
  const probe = new Client({ socketPath, timeout: answerMs })
  const [info, version] = (await Promise.all([probe.info(), probe.version()])) as [Info, Version]
  if (info.OSType !== undefined && info.OSType !== 'linux')
    throw failure('unavailable', `it runs ${info.OSType} containers; switch it to Linux containers`)
  return {
    docker: new Client({ socketPath }),
    podman: version.Components?.some(({ Name }) => Name.includes('Podman')) ?? false,
    rootless: info.SecurityOptions?.some((option) => option.includes('rootless')) ?? false,
  }
}
