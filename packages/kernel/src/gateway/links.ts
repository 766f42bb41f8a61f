import { hash } from 'node:crypto'
import type { Platform } from '../platform.ts'

/** One-time links to the control page: a code that is good once, for ten minutes, and only over a checked socket. */
export interface Links {
  create(): { readonly code: string; readonly expiresAt: number }
  /** True exactly once for each code that is still good. */
  take(code: string): boolean
}

const lifeMs = 10 * 60_000
const maxLinks = 50

/** Codes live in memory only, as hashes: a restart ends them all. The oldest gives way to the 51st. */
export function openLinks({ clock, random }: Pick<Platform, 'clock' | 'random'>): Links {
  const links = new Map<string, number>()
  return {
    create() {
      const code = Buffer.from(random.bytes(16)).toString('base64url')
      const expiresAt = clock.now() + lifeMs
      links.set(hash('sha256', code), expiresAt)
      if (links.size > maxLinks) links.delete(links.keys().next().value!)
      return { code, expiresAt }
    },
    take(code) {
      const key = hash('sha256', code)
      const expiresAt = links.get(key)
      links.delete(key)
      return expiresAt !== undefined && expiresAt > clock.now()
    },
  }
}
