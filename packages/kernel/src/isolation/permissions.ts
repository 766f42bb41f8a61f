import type { Manifest } from '@openclaw/protocol'

/** Memory of one plugin's process: of its JavaScript heap, and of the whole process before it is ended. */
export const limits = { heapMb: 512, processMb: 896 } as const

/** What a manifest may ask for under `permissions.run`, and Node's switch that allows it. */
const switches = {
  processes: '--allow-child-process',
  workers: '--allow-worker',
  addons: '--allow-addons',
} as const

/**
 * Node's switches for a plugin's process (https://nodejs.org/api/permissions.html): it reads its own tree and the
 * program, writes its own folder, and starts nothing that its manifest does not ask for. Node 24 has no switch for the
 * network.
 */
export function nodeSwitches(given: {
  readonly manifest: Manifest
  /** Folders that it may read. */
  readonly reads: readonly string[]
  /** Its own folder. */
  readonly state: string
}): readonly string[] {
  return [
    '--no-warnings',
    '--max-semi-space-size=2',
    `--max-old-space-size=${limits.heapMb}`,
    '--permission',
    ...[...given.reads, given.state].map((folder) => `--allow-fs-read=${folder}`),
    `--allow-fs-write=${given.state}`,
    ...(given.manifest.permissions?.run ?? []).map((name) => switches[name]),
  ]
}
