import { failure } from '@openclaw/protocol'
import type { Home } from '../backup/home.ts'
import type { Channels } from '../channels/channels.ts'
import type { Configuration } from '../config/configuration.ts'
import type { Platform } from '../platform.ts'
import type { Sessions } from '../sessions/sessions.ts'
import { byPerson, type Caller, type Handlers } from './caller.ts'

/** Copying the home while it is in use, and beginning with a copy. */
export function backupMethods(parts: {
  home: string
  version: string
  platform: Platform
  place: Home
  sessions: Sessions
  channels: Channels
  configuration: Configuration
}): Handlers<'backup.create' | 'restore.finish'> {
  const { home, version, platform, place, sessions, channels } = parts
  let writing = false

  /** It writes where the caller says, and starts what polls: no tool's business. */
  function wantPerson(caller: Caller, what: string) {
    if (!byPerson(caller)) throw failure('forbidden', `${what}: only the owner may do this, in person`)
  }

  return {
    async 'backup.create'(wish, caller) {
      wantPerson(caller, 'backup')
      if (writing) throw failure('conflict', 'backup: one is being written already; wait for it to end')
      writing = true
      try {
        // Rarely needed, and no business of a start.
        const { writeBackup } = await import('../backup/write.ts')
        const hold = () => sessions.hold()
        const agents = Object.values(parts.configuration.value.agents ?? {})
        const workspaces = agents.flatMap(({ workspace }) => workspace ?? [])
        return await writeBackup({ home, id: place.id, version, platform, workspaces, hold }, wish, caller.signal)
      } finally {
        writing = false
      }
    },
    async 'restore.finish'(_, caller) {
      wantPerson(caller, 'restore')
      if (place.waits === undefined)
        throw failure('conflict', 'restore: channels wait for nothing; see `openclaw status`')
      await place.finish()
      const accounts = channels.status()
      for (const channel of new Set(accounts.map((one) => one.channel))) channels.start(channel)
      return { ok: true, accounts: accounts.length }
    },
  }
}
