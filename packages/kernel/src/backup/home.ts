import { join } from 'node:path'
import { failure } from '@openclaw/protocol'
import type { Platform } from '../platform.ts'

/** What a home is, as its `state/home.json` says. */
export interface Home {
  /** One for each home; a restored one gets its own. */
  readonly id: string
  /** Why channels must not start: another gateway may be using a copy of this home. Undefined when they may. */
  readonly waits: string | undefined
  /** Somebody says that no other gateway runs. Resolves when that is on the disk. */
  finish(): Promise<void>
}

/** What stands in the file. */
export interface HomeRecord {
  readonly id: string
  readonly since: number
  /** A restore into this home did not end yet. */
  readonly copying?: true
  /** `waits`: nobody said yet that the gateway which the backup was made of does not run any more. */
  readonly restored?: { readonly from: string; readonly backupAt: number; readonly waits: boolean }
}

/** Reads what a home is; one that has no id gets it. Throws `conflict` where a restore did not end. */
export async function openHome(parts: { readonly home: string; readonly platform: Platform }): Promise<Home> {
  const { home, platform } = parts
  const found = await readHome(home, platform)
  if (found !== 'damaged' && found?.copying)
    throw failure('conflict', `${home}: a restore into it did not end; run \`openclaw restore\` again`)
  const fresh: HomeRecord = { id: platform.random.id(), since: platform.clock.now() }
  if (!found) await writeHome(home, fresh, platform)
  const record = found === 'damaged' || !found ? fresh : found
  let waits = found && whyWaits(found)
  return {
    id: record.id,
    get waits() {
      return waits
    },
    async finish() {
      if (waits === undefined) return
      const { restored, ...rest } = record
      await writeHome(home, { ...rest, ...(restored ? { restored: { ...restored, waits: false } } : {}) }, platform)
      waits = undefined
    },
  }
}

function whyWaits(found: HomeRecord | 'damaged'): string | undefined {
  if (found === 'damaged')
    return 'state/home.json cannot be read, so channels wait: another gateway may use a copy of this home. When none does: `openclaw restore finish`'
  if (!found.restored?.waits) return undefined
  const when = new Date(found.restored.backupAt).toISOString().slice(0, 16).replace('T', ' ')
  return `this home was restored from a backup of ${when} UTC, so channels wait until the gateway that it was made of is off. When it is: \`openclaw restore finish\``
}

/** What the file says; undefined without one. */
export async function readHome(
  home: string,
  { files }: Pick<Platform, 'files'>,
): Promise<HomeRecord | 'damaged' | undefined> {
  const text = await files.readText(fileOf(home))
  if (text === undefined) return undefined
  try {
    const value = JSON.parse(text) as HomeRecord | null
    return typeof value?.id === 'string' ? value : 'damaged'
  } catch {
    return 'damaged'
  }
}

/** Puts it in the place of what the file says. */
export async function writeHome(home: string, record: HomeRecord, { files }: Pick<Platform, 'files'>): Promise<void> {
  await files.replace(fileOf(home), `${JSON.stringify(record)}\n`)
}

function fileOf(home: string): string {
  return join(home, 'state', 'home.json')
}
