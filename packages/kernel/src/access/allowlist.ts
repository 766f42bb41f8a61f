import { join } from 'node:path'
import { failure } from '@openclaw/protocol'
import type { Log } from '@openclaw/sdk'
import { encodeName } from '@openclaw/sdk/host'
import { whenThere, type Awaitable } from '../awaitable.ts'
import { isSection, setKey, valueAt } from '../config/path.ts'
import type { Platform } from '../platform.ts'

/**
 * Who is admitted on one channel, in `allowlists/<channel>.json`, which a person may edit while the gateway runs:
 *
 * ```json
 * {
 *   "version": 1,
 *   "accounts": {
 *     "default": {
 *       "senders": { "4711": { "role": "member", "name": "Ada", "addedAt": "2026-01-31T12:00:00.000Z" } },
 *       "groups": { "-1001": { "addedAt": "2026-01-31T12:00:00.000Z" } }
 *     }
 *   }
 * }
 * ```
 *
 * Keys are the platform's stable ids and compare exactly. `name` is for the reader and proves nothing. What a newer
 * version wrote beside is kept.
 */
export interface Allowlist {
  role(account: string, sender: string): Awaitable<'owner' | 'member' | undefined>
  group(account: string, group: string): Promise<boolean>
  /** Does any group stand in the record of this account? */
  hasGroups(account: string): Promise<boolean>
  /** Adds a sender. An owner stays one. Rejects with `invalid_config` when the file was edited into something unreadable. */
  add(account: string, sender: string, role: 'owner' | 'member', name?: string): Promise<void>
}

interface Reading {
  readonly stamp: string
  readonly document: Record<string, unknown>
  readonly trouble?: string
}

/** What was looked at is taken as it was for so long, which is how long an edit by hand takes to count. */
const freshMs = 500

/** Opens the record of one channel. The file is read again when it was touched. */
export function openAllowlist(options: {
  readonly home: string
  readonly channel: string
  readonly platform: Platform
  readonly log: Log
}): Allowlist {
  const { channel, log } = options
  const { files, clock } = options.platform
  const file = join(options.home, 'allowlists', `${encodeName(channel)}.json`)
  let last: Reading | undefined
  let lookedAtMs = Number.NEGATIVE_INFINITY
  let looking: Promise<Reading> | undefined
  let writing: Promise<void> = Promise.resolve()

  /** All who ask at the same time share one look at the file: a crowd's messages come in one go. */
  const read = (): Awaitable<Reading> => {
    if (last && Math.abs(clock.monotonic() - lookedAtMs) < freshMs) return last
    return (looking ??= look().finally(() => (looking = undefined)))
  }
  const look = async (): Promise<Reading> => {
    const atMs = clock.monotonic()
    const found = await files.stat(file)
    const stamp = found ? `${found.size} ${found.modifiedMs}` : ''
    const reading = last?.stamp === stamp ? last : parse(stamp, await files.readText(file))
    if (reading !== last && reading.trouble !== undefined)
      log.error(`access: nobody of ${channel} is admitted by ${file}`, { error: reading.trouble })
    last = reading
    lookedAtMs = atMs
    return reading
  }
  const parse = (stamp: string, text: string | undefined): Reading => {
    if (text === undefined) return { stamp, document: {} }
    try {
      const document: unknown = JSON.parse(text)
      if (isSection(document) && document['version'] === 1 && isSection(document['accounts'] ?? {}))
        return { stamp, document }
      return {
        stamp,
        document: {},
        trouble: isSection(document)
          ? `version ${JSON.stringify(document['version'])} is not one that this gateway reads`
          : 'it holds no section',
      }
    } catch (error) {
      return { stamp, document: {}, trouble: (error as Error).message }
    }
  }

  return {
    role: (account, sender) =>
      whenThere(read(), ({ document }) => {
        const role = valueAt(document, ['accounts', account, 'senders', sender, 'role'])
        return role === 'owner' || role === 'member' ? role : undefined
      }),
    async group(account, group) {
      return isSection(valueAt((await read()).document, ['accounts', account, 'groups', group]))
    },
    async hasGroups(account) {
      const groups = valueAt((await read()).document, ['accounts', account, 'groups'])
      return isSection(groups) && Object.keys(groups).length > 0
    },
    add(account, sender, role, name) {
      const written = writing.then(async () => {
        const { document, trouble } = await look()
        if (trouble !== undefined)
          throw failure(
            'invalid_config',
            `${file} cannot be read (${trouble}), so nobody can be added to it; correct it by hand and repeat`,
          )
        const former = valueAt(document, ['accounts', account, 'senders', sender])
        const entry = {
          ...(isSection(former) ? former : {}),
          role: valueAt(former, ['role']) === 'owner' ? 'owner' : role,
          ...(name === undefined ? {} : { name }),
          addedAt: new Date(clock.now()).toISOString(),
        }
        const next = withEntry({ version: 1, ...document }, ['accounts', account, 'senders', sender], entry)
        await files.replace(file, `${JSON.stringify(next, null, 2)}\n`)
        // A look that is under way may have seen the file as it was before.
        last = looking = undefined
      })
      writing = written.catch(() => {})
      return written
    },
  }
}

function withEntry(
  section: Record<string, unknown>,
  [key, ...rest]: readonly string[],
  entry: unknown,
): Record<string, unknown> {
  if (key === undefined) return section
  const inner = Object.hasOwn(section, key) ? section[key] : undefined
  const copy = { ...section }
  setKey(copy, key, rest.length === 0 ? entry : withEntry(isSection(inner) ? inner : {}, rest, entry))
  return copy
}
