import { posix } from 'node:path'
import type { SandboxMount } from '@openclaw/sdk'
import type { Programs, SystemPart, User } from './machine.ts'

/** Bounds of one command. */
export interface Limits {
  readonly memoryMb: number
  readonly processes: number
  readonly fileMb: number
  readonly cpuSeconds: number
}

/** Everything a sandbox is built from. */
export interface Box {
  readonly programs: Programs
  readonly system: readonly SystemPart[]
  readonly user: User
  /** The gateway runs as root, which has to step down inside. */
  readonly asRoot: boolean
  readonly mounts: readonly SandboxMount[]
  readonly limits: Limits
}

/**
 * The command prefix (https://github.com/containers/bubblewrap, bwrap(1)). What is not named here is not there: an empty
 * root, programs to read, one workspace; no network, no capabilities, no other process, a clean environment. Everything
 * inside ends when the prefix ends, as it is the first process of its own process namespace.
 */
export function sandboxArgv(box: Box): string[] {
  const { programs, system, user, asRoot, mounts, limits } = box
  const root = mounts[0]!.target
  return [
    // What bubblewrap was started with can be read inside, in /proc/1/environ.
    ...[programs.env, '-i', programs.bwrap],
    ...['--unshare-ipc', '--unshare-pid', '--unshare-net', '--unshare-uts', '--unshare-cgroup-try'],
    ...['--die-with-parent', '--new-session', '--hostname', 'sandbox'],
    ...(asRoot ? [] : ownUsers(user)),
    ...environment(root),
    ...system.flatMap((part) =>
      'link' in part ? ['--symlink', part.link, part.path] : ['--ro-bind', part.path, part.path],
    ),
    ...['--proc', '/proc', '--dev', '/dev', '--remount-ro', '/dev'],
    ...['--perms', '1777', '--size', String(64 * 2 ** 20), '--tmpfs', '/dev/shm'],
    ...['--perms', '1777', '--size', String(limits.memoryMb * 2 ** 20), '--tmpfs', '/tmp'],
    ...mounts.flatMap(show),
    ...['--remount-ro', '/', '--chdir', asRoot ? '/' : root, '--cap-drop', 'ALL'],
    ...(asRoot ? stepDown(programs, user, root) : ['--']),
    ...limited(programs, limits),
  ]
}

/** A user namespace in which nobody is root, and in which no further one can be made. */
const ownUsers = ({ uid, gid }: User) => [
  ...['--unshare-user', '--disable-userns', '--uid', String(uid), '--gid', String(gid)],
]

/**
 * Root would stay root of this machine behind its other name in a user namespace. So a first bubblewrap makes the room,
 * the command becomes a plain user in it for good, and a second one gives that user a namespace, as if it had started
 * the first.
 */
const stepDown = ({ bwrap, setpriv }: Programs, user: User, root: string) => [
  ...['--cap-add', 'CAP_SETUID', '--cap-add', 'CAP_SETGID', '--cap-add', 'CAP_SETPCAP', '--'],
  ...[setpriv, `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--inh-caps=-all'],
  ...['--bounding-set=-all', '--no-new-privs', '--'],
  ...[
    bwrap,
    ...ownUsers(user),
    '--dev-bind',
    '/',
    '/',
    '--die-with-parent',
    '--chdir',
    root,
    '--cap-drop',
    'ALL',
    '--',
  ],
]

const environment = (home: string) => [
  '--clearenv',
  ...['--setenv', 'PATH', '/usr/local/bin:/usr/bin:/bin:/run/current-system/sw/bin'],
  ...['--setenv', 'HOME', home, '--setenv', 'TMPDIR', '/tmp', '--setenv', 'LANG', 'C.UTF-8'],
]

const show = ({ folder, target, access, hidden }: SandboxMount) => [
  access === 'rw' ? '--bind' : '--ro-bind',
  folder,
  target,
  ...hidden.flatMap((name) => [
    '--size',
    '4096',
    '--tmpfs',
    posix.join(target, name),
    '--remount-ro',
    posix.join(target, name),
  ]),
]

const limited = ({ prlimit }: Programs, { memoryMb, processes, fileMb, cpuSeconds }: Limits) => [
  prlimit,
  `--as=${memoryMb * 2 ** 20}`,
  `--nproc=${processes}`,
  `--fsize=${fileMb * 2 ** 20}`,
  `--cpu=${cpuSeconds}`,
  '--nofile=1024',
  '--core=0',
  '--memlock=65536',
  '--msgqueue=0',
  '--',
]
