import { execFile } from 'node:child_process'
import { access, chown, lstat, readlink, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { failure, type SandboxMount } from '@openclaw/sdk'

/** A part of the system that programs need to run, as it stands here: a folder, or a link into `/usr`. */
export type SystemPart = { readonly path: string } & ({ readonly link: string } | { readonly folder: true })

/** Who a sandbox works as: a real user of this machine that owns its folder and is not root. */
export interface User {
  readonly uid: number
  readonly gid: number
}

/** What the sandbox is built with on this machine. */
export interface Programs {
  readonly env: string
  readonly bwrap: string
  readonly setpriv: string
  readonly prlimit: string
}

/** The only folders in which the programs are looked for: a sandbox is not taken from a PATH that anybody set. */
const folders = ['/usr/bin', '/bin', '/usr/sbin', '/usr/local/bin', '/run/current-system/sw/bin']

/** Finds the programs; says what is missing and how to get it. */
export async function findPrograms(): Promise<Programs> {
  const find = async (name: string, from: string) => {
    for (const folder of folders) {
      const path = join(folder, name)
      if (
        await access(path).then(
          () => true,
          () => false,
        )
      )
        return path
    }
    throw failure('unavailable', `there is no ${name} here; install it: \`sudo apt-get install ${from}\``)
  }
  return {
    env: await find('env', 'coreutils'),
    bwrap: await find('bwrap', 'bubblewrap'),
    setpriv: await find('setpriv', 'util-linux'),
    prlimit: await find('prlimit', 'util-linux'),
  }
}

/** Where programs and their libraries lie. `/usr` is all of it on a merged system; the others are then links. */
const system = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix/store', '/run/current-system']
/** Found by the dynamic linker and by Debian's links between programs; nothing personal stands in them. */
const settings = ['/etc/ld.so.cache', '/etc/ld.so.conf', '/etc/ld.so.conf.d', '/etc/alternatives']

/** The parts of the system that are here. */
export async function findSystem(): Promise<SystemPart[]> {
  const parts: SystemPart[] = []
  for (const path of [...system, ...settings]) {
    const found = await lstat(path).catch(() => undefined)
    if (found?.isSymbolicLink()) parts.push({ path, link: await readlink(path) })
    else if (found) parts.push({ path, folder: true })
  }
  return parts
}

/** The user of a workspace that belongs to root: nobody else's number here (distroless images use it likewise). */
const nobodys = 65_532

/** The owner of the workspace. One that belongs to root is given to a user of the sandbox's own: root stays outside. */
export async function userOf({ folder, access: may }: SandboxMount): Promise<User> {
  const { uid, gid } = await stat(folder)
  if (uid !== 0) return { uid, gid }
  if (may === 'rw') await chown(folder, nobodys, nobodys)
  return { uid: nobodys, gid: nobodys }
}

/** Runs a command to its end; rejects with what it said when it failed or took longer than a few seconds. */
export function runOnce([program, ...args]: readonly string[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(program!, args, { signal, timeout: 10_000, env: {} }, (error, _out, err) => {
      if (error) reject(failure('unavailable', err.trim().split('\n').at(-1) || error.message))
      else resolve()
    })
  })
}
