import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { failure, type MethodResult } from '@openclaw/protocol'
import type { Held } from '../ledger/ledger.ts'
import type { Platform } from '../platform.ts'
import { openContents } from './contents.ts'
import { backupVersion, collect, manifestName, openBackup, sealedName, type BackupManifest } from './manifest.ts'
import { seal } from './seal.ts'
import { writeTar, type TarEntry } from './tar.ts'

/** What a person wants of a backup. */
export interface BackupWish {
  /** Absolute, outside of the home, in a folder that is there. */
  readonly file: string
  /** Take the place of an earlier backup. Anything else of that name stays. */
  readonly replace?: boolean
  readonly media?: boolean
  /** With the credentials, encrypted with it; without them when absent. */
  readonly passphrase?: string
}

/**
 * Writes everything of a home into one file, mode 0600: written beside, synced, renamed. Settings come first and the
 * log last, so that nothing says of a message that it was received which the log does not have; `hold` gives journals
 * and log as they are at one moment, and is let go of as soon as they are copied. Rejects with `conflict` when the name
 * is taken, with `unavailable` when the disk refuses, and with the signal's reason; the file is untouched then.
 */
export async function writeBackup(
  parts: {
    readonly home: string
    readonly id: string
    readonly version: string
    readonly platform: Platform
    /** Folders that agents were given by hand. Those outside of the home are named in the answer. */
    readonly workspaces: readonly string[]
    hold(): Promise<Held>
  },
  wish: BackupWish,
  signal?: AbortSignal,
): Promise<MethodResult<'backup.create'>> {
  const { home, id, version, platform } = parts
  const { passphrase, media = true } = wish
  const file = await placeOf(home, wish, platform)
  const manifest: BackupManifest = {
    backup: backupVersion,
    home: id,
    at: platform.clock.now(),
    version,
    media,
    credentials: passphrase !== undefined,
  }
  const leftOut = parts.workspaces
    .filter((folder) => !isWithin(home, folder))
    .map((folder) => `${folder}: it is outside of the home`)
  const contents = openContents({ home, platform, media, leftOut })
  let files = 0
  let sessions = 0

  async function* entries(): AsyncGenerator<TarEntry> {
    yield inMemory(manifestName, Buffer.from(`${JSON.stringify(manifest)}\n`), manifest.at)
    if (passphrase !== undefined) {
      const plain = await collect(writeTar(contents.credentials()))
      yield inMemory(sealedName, await seal(plain, passphrase), manifest.at)
    }
    yield* counted(contents.small())
    {
      using held = await parts.hold()
      for await (const entry of counted(contents.held(held))) {
        if (entry.name.startsWith('sessions/')) sessions++
        yield entry
      }
    }
    yield* counted(contents.large())
  }
  async function* counted(some: AsyncGenerator<TarEntry>): AsyncGenerator<TarEntry> {
    for await (const entry of some) {
      if (entry.kind === 'file') files++
      yield entry
    }
  }

  try {
    const write = (zipped: AsyncIterable<Uint8Array>) => platform.files.replace(file, zipped)
    await pipeline(Readable.from(writeTar(entries())), createGzip(), write, signal ? { signal } : {})
  } catch (error) {
    signal?.throwIfAborted()
    throw failure(
      'unavailable',
      `backup: ${file} could not be written (${(error as Error).message}); make room, or choose another place, and try again`,
      { cause: error },
    )
  }
  await sweep(file, platform)
  const { size = 0 } = (await platform.files.stat(file)) ?? {}
  return { file, bytes: size, files, sessions, media, credentials: manifest.credentials, leftOut }
}

/** Removes what earlier backups of this name left beside it when their process was killed. */
async function sweep(file: string, { files }: Platform): Promise<void> {
  const folder = dirname(file)
  for (const name of await files.list(folder)) {
    if (name.startsWith(`${basename(file)}.`) && /^\d+-\d+\.new$/.test(name.slice(basename(file).length + 1)))
      await files.remove(join(folder, name)).catch(() => {})
  }
}

function inMemory(name: string, bytes: Uint8Array, modifiedMs: number): TarEntry {
  return { name, kind: 'file', size: bytes.length, modifiedMs, executable: false, content: [bytes] }
}

/** Where the file is to stand, or why not there. */
async function placeOf(home: string, { file, replace }: BackupWish, platform: Platform): Promise<string> {
  const { files } = platform
  if (!isAbsolute(file)) throw failure('invalid_params', `backup: ${file} is not an absolute path; give one`)
  const folder = await files.realpath(dirname(file)).catch((error: unknown) => {
    throw failure('not_found', `backup: there is no folder ${dirname(file)}; make it first`, { cause: error })
  })
  if (isWithin(await files.realpath(home), folder))
    throw failure(
      'invalid_params',
      `backup: ${file} stands in the home itself and would be lost with it; choose a place outside`,
    )
  const place = join(folder, basename(file))
  const there = await files.stat(place)
  if (!there) return place
  if (!replace)
    throw failure('conflict', `backup: ${file} is there already; choose another name, or have it replaced with --force`)
  const earlier = there.kind === 'file' && (await isBackup(place, platform))
  if (!earlier) throw failure('conflict', `backup: ${file} is no backup of OpenClaw, so it stays; choose another name`)
  return place
}

function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

async function isBackup(file: string, platform: Platform): Promise<boolean> {
  try {
    await using _ = await openBackup(file, platform)
    return true
  } catch {
    return false
  }
}
