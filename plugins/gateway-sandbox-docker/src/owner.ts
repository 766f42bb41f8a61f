import { chown, stat } from 'node:fs/promises'
import type { SandboxMount } from '@openclaw/sdk'

/** Who the processes of a container are, as the engine is told. */
export interface User {
  readonly uid: number
  readonly gid: number
}

/** The user for a workspace that belongs to root: nobody else's number (distroless images use it likewise). */
const nobodys = 65_532
/** Where files have no numbers of ours (Windows), the engine's machine maps every user to the person. */
const anybody = 1000

/** The owner of the workspace. One that belongs to root is given to a user of the sandbox's own: root stays outside. */
export async function ownerOf({ folder, access }: SandboxMount): Promise<User> {
  if (!process.getuid) return { uid: anybody, gid: anybody }
  const { uid, gid } = await stat(folder)
  if (uid !== 0) return { uid, gid }
  if (access === 'rw') await chown(folder, nobodys, nobodys)
  return { uid: nobodys, gid: nobodys }
}
