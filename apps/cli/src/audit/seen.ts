import { lstat, readdir, readFile, realpath } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Config } from '@openclaw/protocol'
import { bundled } from '../bundled.ts'
import type { Cli } from '../cli.ts'
import { configFile, openSettings } from '../settings.ts'

/** A file or folder of the home as it stands on the disk. */
export interface SeenFile {
  readonly path: string
  readonly kind: 'file' | 'folder' | 'link' | 'other'
  readonly mode: number
  readonly uid: number
  /** Where a link leads. */
  readonly target?: string
}

/** A plugin that is there, whether or not a gateway runs. */
export interface SeenPlugin {
  readonly id: string
  readonly name: string
  readonly source: 'bundled' | 'installed' | 'workspace'
  readonly ours: boolean
  readonly hooks: readonly string[]
}

/** A token in the record of the gateway. */
export interface SeenToken {
  readonly id: string
  readonly name: string
  readonly rights: readonly string[]
  readonly createdAt: number
  readonly expiresAt?: number
  readonly lastUsedAt?: number
}

/** What the checks look at: everything is read once, nothing is changed. */
export interface Seen {
  readonly home: string
  readonly now: number
  readonly deep: boolean
  /** The configuration with its secrets masked. */
  readonly config: Config
  /** openclaw.json, word for word. */
  readonly text: string
  readonly files: readonly SeenFile[]
  readonly tokens: readonly SeenToken[]
  readonly plugins: readonly SeenPlugin[]
}

/** Whose files let somebody in or speak for them. The rest of a home is looked at with `--deep`. */
const folders = ['credentials', 'allowlists', 'sessions', 'ledger', 'state', 'cron']
const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** Looks at a home. */
export async function lookAt(cli: Cli, deep: boolean): Promise<Seen> {
  const { findPlugins, realPlatform } = await import('@openclaw/kernel')
  const settings = await openSettings(cli)
  const found = await findPlugins(realPlatform().files, join(cli.home, 'plugins'), bundled, silent)
  return {
    home: cli.home,
    now: Date.now(),
    deep,
    config: ((await settings.get()).value ?? {}) as Config,
    text: await readFile(configFile(cli.home), 'utf8').catch(() => ''),
    files: await filesOf(cli.home, deep),
    tokens: await tokensOf(cli.home),
    plugins: found.flatMap(({ id, name, source, plugin }) =>
      plugin ? [{ id, name, source, ours: plugin.ours, hooks: Object.keys(plugin.manifest.hooks) }] : [],
    ),
  }
}

async function tokensOf(home: string): Promise<readonly SeenToken[]> {
  const text = await readFile(join(home, 'credentials', 'tokens.json'), 'utf8').catch(() => '{}')
  try {
    return (JSON.parse(text) as { tokens?: readonly SeenToken[] }).tokens ?? []
  } catch {
    // A gateway lets nobody in by a file that it cannot read.
    return []
  }
}

async function filesOf(home: string, deep: boolean): Promise<readonly SeenFile[]> {
  const seen: SeenFile[] = []
  const look = async (path: string, into: (name: string) => boolean): Promise<void> => {
    const about = await lstat(path).catch(() => undefined)
    if (!about) return
    const kind = about.isFile() ? 'file' : about.isDirectory() ? 'folder' : about.isSymbolicLink() ? 'link' : 'other'
    const target = kind === 'link' ? await realpath(path).catch(() => undefined) : undefined
    seen.push({ path, kind, mode: about.mode & 0o777, uid: about.uid, ...(target === undefined ? {} : { target }) })
    if (kind !== 'folder') return
    for (const name of await readdir(path).catch(() => []))
      if (into(relative(home, join(path, name)))) await look(join(path, name), into)
  }
  // What npm installs is looked at as a whole elsewhere, and a workspace is the person's own.
  const whole = (name: string) => !/^(?:plugins|workspaces?)[\\/]/.test(name)
  const usual = (name: string) => name === 'openclaw.json' || folders.some((folder) => name.startsWith(folder))
  await look(home, deep ? whole : usual)
  return seen
}
