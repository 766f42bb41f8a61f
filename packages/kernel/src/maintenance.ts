import { join } from 'node:path'
import type { Config } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import type { Platform } from './platform.ts'
import type { Lanes } from './runs/lanes.ts'
import type { Sessions } from './sessions/sessions.ts'

const everyMs = 3_600_000
const dayMs = 86_400_000

/** Keeps the house small, once an hour: media over their limits, and sessions that the owner lets be pruned. */
export function openMaintenance(parts: {
  platform: Platform
  home: string
  config(): Config
  sessions: Sessions
  lanes: Lanes
  log: Log
}): Disposable {
  const { clock, files } = parts.platform
  let timer = clock.after(everyMs, tick)

  async function pruneMedia() {
    const { maxMb = 2048, maxAgeDays = 90 } = parts.config().media ?? {}
    const folder = join(parts.home, 'media')
    const found = await Promise.all(
      (await files.list(folder)).map(async (name) => {
        const stat = await files.stat(join(folder, name))
        return { path: join(folder, name), size: stat?.size ?? 0, at: stat?.modifiedMs ?? 0 }
      }),
    )
    let bytes = found.reduce((sum, { size }) => sum + size, 0)
    for (const { path, size, at } of found.toSorted((one, other) => one.at - other.at)) {
      if (bytes <= maxMb * 2 ** 20 && clock.now() - at <= maxAgeDays * dayMs) break
      await files.remove(path)
      bytes -= size
    }
  }

  async function pruneSessions() {
    const days = parts.config().sessions?.pruneAfterDays
    if (days === undefined) return
    const before = clock.now() - days * dayMs
    const { total } = await parts.sessions.list({ limit: 1, offset: 0 })
    // The list begins with the last used one, so what is old stands at its end.
    for (let offset = Math.max(0, total - 100); ; offset = Math.max(0, offset - 100)) {
      const { sessions } = await parts.sessions.list({ limit: 100, offset })
      const old = sessions.filter(({ key, updatedAt }) => updatedAt < before && !parts.lanes.running(key))
      for (const { key } of old) await parts.sessions.delete(key)
      if (old.length < sessions.length || offset === 0) return
    }
  }

  function tick() {
    timer = clock.after(everyMs, tick)
    Promise.all([pruneMedia(), pruneSessions()]).catch((error: unknown) =>
      parts.log.warn('maintenance failed; it tries again in an hour', { error: String(error) }),
    )
  }
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() }
}
