import { posix } from 'node:path'

/** Files of a workspace that say how its agent works and what it does by itself, and folders of such files. */
const files: ReadonlySet<string> = new Set(['agents.md', 'soul.md', 'tools.md', 'user.md', 'heartbeat.md', 'memory.md'])
const folders: ReadonlySet<string> = new Set(['memory', 'skills'])

/**
 * Is this one of the files that the agent reads by itself in every run? Some disks take letters of either case, and
 * where the workspace lies is not known here, so that a path from elsewhere counts by any of its names.
 */
export function isStanding(path: string): boolean {
  const names = posix.normalize(path.trim().replaceAll('\\', '/').normalize('NFKC').toLowerCase()).split('/')
  const inside = names[0] !== '' && names[0] !== '..' && !names[0]!.includes(':')
  const counted = inside ? names.slice(0, 1) : names
  return counted.some((name) => files.has(name) || folders.has(name))
}
