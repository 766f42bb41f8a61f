import type { Manifest } from '@openclaw/protocol'
import { markName, sweeper } from '@openclaw/sdk/host'
import type { Platform } from '../platform.ts'

/** What one life of a plugin's process starts: it ends with that process, and with the gateway. Only on Linux. */
export interface Offspring {
  /** Marks what the process starts; it belongs into its environment. */
  readonly env: Readonly<Record<string, string>>
  /**
   * Begins to look after it, once the process is there. The looking is done by a process of its own, which goes to work
   * when this one is gone, too. Disposing ends what was started.
   */
  watch(): Disposable
}

/** Marks the offspring of one life; nothing is marked where the manifest lets it start nothing. */
export function markOffspring({ id, permissions }: Manifest, { processes, random }: Platform): Offspring {
  const starts = permissions?.run?.some((what) => what !== 'workers') ?? false
  if (!starts || process.platform !== 'linux') return { env: {}, watch: () => ({ [Symbol.dispose]() {} }) }
  const mark = `plugin-${random.id()}`
  return {
    env: { [markName]: `${mark}:${id}` },
    watch() {
      const { argv, env } = sweeper(mark)
      const guard = processes.spawn(argv, { env, cwd: '/' })
      guard.stdout.resume()
      guard.stderr.resume()
      return { [Symbol.dispose]: () => void guard.stdin.end() }
    },
  }
}
