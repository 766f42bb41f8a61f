import { dirname } from 'node:path'
import type { Draws } from '../draws.ts'
import { inodeOf, type Inode } from './inode.ts'

/**
 * A disk in memory with what fsync promises and nothing more: bytes of a file are safe once it was synced, a name once
 * its folder was. What was not synced is lost, kept or torn when the power goes, each file and each name by itself.
 */
export interface Disk {
  readonly names: Map<string, Inode>
  readonly folders: Set<string>
  /** Paths that a process holds alone. */
  readonly locks: Set<string>
  /** The names in a folder are safe as they are now. */
  syncFolder(folder: string): void
  /** The process ended: what it wrote is there, whether synced or not. */
  kill(): void
  /** The machine lost its power. */
  losePower(draws: Draws): void
  /** Bytes of a file that are safe now, its name included; none when there is no such file. */
  safe(path: string): Buffer
}

/** An empty disk. */
export function openDisk(): Disk {
  const names = new Map<string, Inode>()
  /** As the folders stand on the platter. */
  let safeNames = new Map<string, Inode>()
  const locks = new Set<string>()

  return {
    names,
    folders: new Set(['/']),
    locks,
    syncFolder(folder) {
      for (const path of new Set([...names.keys(), ...safeNames.keys()])) {
        if (dirname(path) !== folder) continue
        const inode = names.get(path)
        if (inode) safeNames.set(path, inode)
        else safeNames.delete(path)
      }
    },
    kill: () => locks.clear(),
    losePower(draws) {
      locks.clear()
      const left = new Map<string, Inode>()
      for (const path of new Set([...safeNames.keys(), ...names.keys()])) {
        const [safe, now] = [safeNames.get(path), names.get(path)]
        const inode = safe === now || draws.chance(0.5) ? safe : now
        if (inode) left.set(path, inode)
      }
      // Two names may lead to one file.
      const survivors = new Map([...new Set(left.values())].map((inode) => [inode, inode.survive(draws)]))
      names.clear()
      for (const [path, inode] of left) names.set(path, survivors.get(inode)!)
      safeNames = new Map(names)
    },
    safe: (path) => safeNames.get(path)?.safe() ?? Buffer.alloc(0),
  }
}

/** A disk with these files on it, safe. */
export function diskWith(files: Readonly<Record<string, string | Uint8Array>>): Disk {
  const disk = openDisk()
  for (const [path, content] of Object.entries(files)) {
    for (let folder = dirname(path); !disk.folders.has(folder); folder = dirname(folder)) disk.folders.add(folder)
    disk.names.set(path, inodeOf(Buffer.from(content as string)))
    disk.syncFolder(dirname(path))
  }
  return disk
}
