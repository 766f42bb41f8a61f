import { existsSync } from 'node:fs'
import { copyFile, lstat, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { failure } from '@openclaw/protocol'
import { runNpm, type NpmResult } from './npm.ts'

/** What the tree's package.json says. Links stand in `dependencies` too, so that one list names everything installed. */
interface TreePackage {
  readonly private: true
  readonly dependencies: Readonly<Record<string, string>>
  readonly openclaw?: { readonly links: Readonly<Record<string, string>> }
}

/** `plugins/` of a home: one npm tree with one lockfile. Every change is whole or undone. */
export interface PluginTree extends AsyncDisposable {
  /** Names of the installed packages with what package.json says of each. */
  installed(): Promise<Readonly<Record<string, string>>>
  /** package.json of an installed package; undefined when it is not there. */
  read(name: string): Promise<Readonly<Record<string, unknown>> | undefined>
  /** Installs one package at one exact version, and undoes it when what arrived is not what was expected. */
  install(
    name: string,
    from: { readonly version: string } | { readonly tarball: string; readonly version: string },
    integrity: string,
  ): Promise<void>
  /** Links a folder of the clone, as it is. */
  link(name: string, folder: string): Promise<void>
  remove(name: string): Promise<void>
}

/** Opens the tree of a home for changing it; throws `conflict` while another process does. Npm is stopped by the signal. */
export async function openTree(home: string, signal?: AbortSignal): Promise<PluginTree> {
  // npm makes files too, and nobody else is to read them.
  process.umask(0o077)
  const folder = join(home, 'plugins')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const lock = await take(folder)
  const manifestFile = join(folder, 'package.json')
  const lockFile = join(folder, 'package-lock.json')
  const placeOf = (name: string) => join(folder, 'node_modules', ...name.split('/'))

  async function manifest(): Promise<TreePackage> {
    const text = await readFile(manifestFile, 'utf8').catch(() => undefined)
    const found = text === undefined ? {} : (JSON.parse(text) as Partial<TreePackage>)
    return { ...found, private: true, dependencies: { ...found.dependencies, ...found.openclaw?.links } }
  }

  async function write(next: TreePackage): Promise<void> {
    const fresh = `${manifestFile}.${process.pid}`
    await writeFile(fresh, `${JSON.stringify(next, undefined, 2)}\n`, { mode: 0o600 })
    await rename(fresh, manifestFile)
  }

  /** Puts every link in its place again: npm removes what it does not know. */
  async function relink(links: Readonly<Record<string, string>>): Promise<void> {
    for (const [name, target] of Object.entries(links)) {
      const place = placeOf(name)
      await mkdir(dirname(place), { recursive: true })
      await rm(place, { recursive: true, force: true })
      await symlink(target.slice('link:'.length), place, process.platform === 'win32' ? 'junction' : 'dir')
    }
  }

  /** Runs npm without the links, whose dependencies only pnpm understands, and puts them back afterwards. */
  async function npm(args: readonly string[]): Promise<NpmResult> {
    const before = await manifest()
    const links = before.openclaw?.links ?? {}
    const own = Object.fromEntries(Object.entries(before.dependencies).filter(([name]) => !(name in links)))
    await write({ ...before, dependencies: own })
    try {
      return await runNpm([...args, '--save', '--save-exact', '--package-lock=true'], folder, signal)
    } finally {
      await write(await manifest())
      await relink(links)
    }
  }

  /** Does it, or leaves the tree as it was. */
  async function whole(change: () => Promise<void>): Promise<void> {
    const before = await Promise.all([manifestFile, lockFile].map((file) => readFile(file).catch(() => undefined)))
    try {
      await change()
    } catch (thrown) {
      for (const [index, file] of [manifestFile, lockFile].entries()) {
        const bytes = before[index]
        if (bytes) await writeFile(file, bytes, { mode: 0o600 })
        else await rm(file, { force: true })
      }
      await restore(before[0] !== undefined)
      throw thrown
    }
  }

  /** Makes `node_modules` what the files say, from npm's cache where it can. */
  async function restore(any: boolean): Promise<void> {
    const { dependencies, openclaw } = any ? await manifest() : { dependencies: {}, openclaw: undefined }
    const own = Object.keys(dependencies).filter((name) => !(name in (openclaw?.links ?? {})))
    if (own.length === 0) await rm(join(folder, 'node_modules'), { recursive: true, force: true })
    else if (own.some((name) => !existsSync(join(placeOf(name), 'package.json'))) || signal?.aborted !== true)
      await npm(['install', '--prefer-offline']).catch(() => {})
    await relink(openclaw?.links ?? {})
  }

  async function read(name: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const text = await readFile(join(placeOf(name), 'package.json'), 'utf8').catch(() => undefined)
    return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>)
  }

  async function check(name: string, version: string, integrity: string): Promise<void> {
    const text = await readFile(lockFile, 'utf8')
    const locked = (JSON.parse(text) as { packages?: Record<string, { version?: string; integrity?: string }> })
      .packages?.[`node_modules/${name}`]
    const arrived = await read(name)
    if (locked?.integrity !== integrity || arrived?.['version'] !== version) {
      throw failure(
        'conflict',
        `${name}@${version}: what npm installed is not what was shown (${locked?.integrity ?? 'no integrity'}). Nothing was changed; try again, and distrust the registry if it stays so.`,
      )
    }
  }

  return {
    installed: async () => (await manifest()).dependencies,
    read,
    install: (name, from, integrity) =>
      whole(async () => {
        await unlink(name)
        const spec =
          'tarball' in from ? `file:${await keep(name, from.tarball, from.version)}` : `${name}@${from.version}`
        const result = await npm(['install', spec])
        if (result.code !== 0)
          throw failure('unavailable', `${name} could not be installed; nothing was changed.\n  ${result.reason}`)
        await check(name, from.version, integrity)
      }),
    link: (name, target) =>
      whole(async () => {
        if ((await manifest()).dependencies[name]?.startsWith('link:') === false) await drop(name)
        const now = await manifest()
        const links = { ...now.openclaw?.links, [name]: `link:${target}` }
        await write({ ...now, dependencies: { ...now.dependencies, ...links }, openclaw: { links } })
        await relink(links)
      }),
    remove: (name) =>
      whole(async () => {
        const how = (await manifest()).dependencies[name]
        if (how?.startsWith('link:')) return await unlink(name)
        await drop(name)
        if (how?.startsWith('file:packages/')) await rm(join(folder, how.slice('file:'.length)), { force: true })
      }),
    [Symbol.asyncDispose]: async () => lock.close(),
  }

  async function drop(name: string): Promise<void> {
    const result = await npm(['uninstall', name])
    if (result.code !== 0)
      throw failure('unavailable', `${name} could not be removed; nothing was changed.\n  ${result.reason}`)
  }

  async function unlink(name: string): Promise<void> {
    const now = await manifest()
    const { [name]: linked, ...links } = now.openclaw?.links ?? {}
    if (linked === undefined) return
    const { [name]: _, ...dependencies } = now.dependencies
    await write({ ...now, dependencies, openclaw: { links } })
    if ((await lstat(placeOf(name)).catch(() => undefined))?.isSymbolicLink()) await rm(placeOf(name))
  }

  /** Tarballs from this machine are kept beside the tree, so that it can be built again without them. */
  async function keep(name: string, tarball: string, version: string): Promise<string> {
    const file = join('packages', `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)
    await mkdir(join(folder, 'packages'), { recursive: true, mode: 0o700 })
    await copyFile(tarball, join(folder, file))
    return file.replaceAll('\\', '/')
  }
}

/** One change at a time: a lock that the system gives back when its process ends. */
async function take(folder: string): Promise<{ close(): void }> {
  const { DatabaseSync } = await import('node:sqlite')
  const database = new DatabaseSync(join(folder, '.lock'), { timeout: 0 })
  try {
    database.exec('begin exclusive')
    return database
  } catch {
    database.close()
    throw failure('conflict', `Another process changes the plugins in ${folder} right now; wait for it to end.`)
  }
}
