import { join } from 'node:path'
import type { Store } from '@openclaw/sdk'
import { openStore } from '@openclaw/sdk/host'
import type { Secrets } from '../config/configuration.ts'
import type { Platform } from '../platform.ts'

/** What accounts of channels keep for themselves, under `credentials/<channel>/<account>/`. */
export interface Logins {
  of(channel: string, account: string): Store
  /** Drops everything that an account logs in with. */
  forget(channel: string, account: string): Promise<void>
}

export function openLogins(parts: { platform: Platform; home: string; secrets: Secrets }): Logins {
  const of: Logins['of'] = (channel, account) =>
    openStore(parts.platform.files, join(parts.home, 'credentials', channel, folderOf(account)))
  return {
    of,
    async forget(channel, account) {
      await parts.secrets.forget(`channel:${channel}:${account}`)
      const login = of(channel, account)
      for (const key of await login.list()) await login.delete(key)
    },
  }
}

/** The name of an account's folder. Dots alone would lead elsewhere. */
function folderOf(account: string): string {
  return encodeURIComponent(account).replace(/^\.+$/, (dots) => '%2e'.repeat(dots.length))
}
