import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A filter of system calls, as engines read it (https://github.com/opencontainers/runtime-spec, "Seccomp"). */
interface Profile {
  readonly syscalls: readonly Rule[]
}
interface Rule {
  readonly names: readonly string[]
  readonly action: string
  readonly args?: readonly object[]
  readonly errnoRet?: number
}

/** Where podman has its own filter, the machine's before the distribution's. */
const places = ['/etc/containers/seccomp.json', '/usr/share/containers/seccomp.json']

/** What makes namespaces and mounts. podman lets everybody have them, Docker only who may administrate. */
const closed: ReadonlySet<string> = new Set([
  ...['unshare', 'setns', 'clone', 'clone3', 'chroot', 'pivot_root'],
  ...['mount', 'umount', 'umount2', 'mount_setattr', 'move_mount', 'open_tree', 'open_tree_attr'],
  ...['fsopen', 'fsconfig', 'fsmount', 'fspick'],
])
/** All flags of clone(2) that make namespaces; as in Docker's own filter. */
const namespaces = 0x7e020000
const enosys = 38

/** podman's filter without namespaces and mounts. */
export function tighten({ syscalls, ...rest }: Profile): Profile {
  return {
    ...rest,
    syscalls: [
      ...syscalls
        .map((rule) => ({ ...rule, names: rule.names.filter((name) => !closed.has(name)) }))
        .filter(({ names }) => names.length > 0),
      {
        names: ['clone'],
        action: 'SCMP_ACT_ALLOW',
        args: [{ index: 0, value: namespaces, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }],
      },
      // Its flags are behind a pointer; programs that are told that there is none use clone.
      { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: enosys },
    ],
  }
}

/** A file with the tight filter, for a podman of this machine; undefined where its own cannot be read. */
export async function writeProfile(): Promise<({ readonly path: string } & AsyncDisposable) | undefined> {
  for (const place of places) {
    const text = await readFile(place, 'utf8').catch(() => undefined)
    if (text === undefined) continue
    const folder = await mkdtemp(join(tmpdir(), 'openclaw-seccomp-'))
    const path = join(folder, 'profile.json')
    await writeFile(path, JSON.stringify(tighten(JSON.parse(text) as Profile)))
    return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
  }
  return undefined
}
