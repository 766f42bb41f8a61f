import { posix } from 'node:path'
import type { SandboxMount, SandboxPlace } from '@openclaw/sdk'
import type { ContainerCreateOptions } from 'dockerode'
import type { EngineKind } from './engine.ts'
import { firstProcess } from './inside.ts'
import type { User } from './owner.ts'

/** What the configuration says of a container. */
export interface Limits {
  readonly network: string
  readonly memoryMb: number
  readonly tmpMb: number
  readonly cpus: number
  readonly processes: number
}

/** Everything a container is made from. */
export interface SpecParts {
  readonly name: string
  /** Whose it is: the gateway that removes it. */
  readonly gateway: string
  readonly engine: EngineKind
  readonly image: string
  readonly place: SandboxPlace
  readonly user: User
  readonly limits: Limits
}

/** Labels by which the gateway knows its containers again. */
export const labels = { gateway: 'openclaw.gateway', key: 'openclaw.key' } as const

const path = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * What the engine is asked for. All that opens a container is left out, so that the engine's closed defaults hold for it
 * (its system call filter among them), and what closes one is said.
 */
export function containerSpec(parts: SpecParts): ContainerCreateOptions {
  const { name, gateway, engine, image, place, user, limits } = parts
  const root = place.mounts[0]!.target
  const memory = limits.memoryMb * 2 ** 20
  return {
    name,
    Labels: { [labels.gateway]: gateway, [labels.key]: place.key },
    Image: image,
    Entrypoint: [firstProcess[0]!],
    Cmd: firstProcess.slice(1),
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    User: userInside(engine, user),
    WorkingDir: root,
    Hostname: 'sandbox',
    Env: [path, `HOME=${root}`, 'TMPDIR=/tmp', 'LANG=C.UTF-8'],
    HostConfig: {
      AutoRemove: true,
      ReadonlyRootfs: true,
      Privileged: false,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges', ...(engine.systemCalls ? [`seccomp=${engine.systemCalls}`] : [])],
      NetworkMode: limits.network,
      IpcMode: 'private',
      Memory: memory,
      // The same as memory: no swap on top of it.
      MemorySwap: memory,
      NanoCpus: Math.round(limits.cpus * 1e9),
      PidsLimit: limits.processes,
      ShmSize: 64 * 2 ** 20,
      Mounts: place.mounts.map(bind),
      Tmpfs: { '/tmp': `mode=1777,size=${limits.tmpMb}m,nosuid,nodev`, ...hide(place.mounts, engine) },
      LogConfig: { Type: 'none', Config: {} },
      // Rootless podman would show the person as root; so they keep their number and their files.
      ...(engine.podman && engine.rootless ? { UsernsMode: 'keep-id' } : {}),
    },
  }
}

/** Behind a rootless Docker the person is number 0, and every other number is somebody whose files are not theirs. */
function userInside({ podman, rootless }: EngineKind, { uid, gid }: User): string {
  return rootless && !podman ? '0:0' : `${uid}:${gid}`
}

const bind = ({ folder, target, access }: SandboxMount) => ({
  Type: 'bind' as const,
  Source: folder,
  Target: target,
  ReadOnly: access === 'ro',
  BindOptions: { Propagation: 'rprivate' as const },
})

/** Empty folders over what is hidden. podman would fill them with what they hide. */
function hide(mounts: readonly SandboxMount[], { podman }: EngineKind): Record<string, string> {
  const how = `ro,mode=555,size=4k,nosuid,nodev${podman ? ',notmpcopyup' : ''}`
  return Object.fromEntries(
    mounts.flatMap(({ target, hidden }) => hidden.map((name) => [posix.join(target, name), how] as const)),
  )
}
