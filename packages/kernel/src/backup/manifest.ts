import { createGunzip } from 'node:zlib'
import { pipeline, Readable } from 'node:stream'
import { failure } from '@openclaw/protocol'
import type { Platform } from '../platform.ts'
import { readTar, type TarEntry } from './tar.ts'

/** The first entry of a backup, and the one with the credentials, which comes second. */
export const manifestName = 'openclaw-backup.json'
export const sealedName = 'credentials.sealed'
export const backupVersion = 1

/** What a backup says of itself. */
export interface BackupManifest {
  readonly backup: number
  /** The id of the home that it was made of. */
  readonly home: string
  readonly at: number
  /** Of the program that made it. */
  readonly version: string
  readonly media: boolean
  readonly credentials: boolean
}

/** An open backup: what it says, and the entries behind that. */
export interface Backup extends AsyncDisposable {
  readonly manifest: BackupManifest
  readonly entries: AsyncGenerator<TarEntry>
}

/** Opens a backup for reading. Throws `not_found` without a file, and `invalid_params` when it is no backup of ours. */
export async function openBackup(file: string, platform: Pick<Platform, 'files'>): Promise<Backup> {
  const handle = await platform.files.open(file, 'read').catch((error: unknown) => {
    throw failure('not_found', `${file} cannot be read; name a file that \`openclaw backup\` wrote`, { cause: error })
  })
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (let at = 0; ;) {
      const part = await handle.read(at, 1 << 18)
      if (part.length === 0) return
      at += part.length
      yield part
    }
  }
  // Whoever reads it is told of what goes wrong.
  const unzipped = pipeline(Readable.from(bytes()), createGunzip(), () => {})
  const entries = readTar(unzipped)
  const close = async () => {
    unzipped.destroy()
    await handle[Symbol.asyncDispose]()
  }
  try {
    const first = await entries.next()
    const manifest = first.done ? undefined : await readManifest(first.value)
    if (!manifest) throw new Error('it does not begin like one')
    if (manifest.backup > backupVersion) {
      throw failure('unsupported', `${file} was made by openclaw ${manifest.version}; restore it with that version`)
    }
    return { manifest, entries, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    if ((error as { code?: unknown }).code === 'unsupported') throw error
    throw failure('invalid_params', `${file} is no backup of OpenClaw, or is damaged; take another one`, {
      cause: error,
    })
  }
}

async function readManifest({ name, size, content }: TarEntry): Promise<BackupManifest | undefined> {
  if (name !== manifestName || size > 1 << 16) return undefined
  const value = JSON.parse((await collect(content)).toString()) as BackupManifest | null
  return typeof value?.backup === 'number' && typeof value.home === 'string' ? value : undefined
}

/** All of a content. */
export async function collect(content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = []
  for await (const part of content) parts.push(part)
  return Buffer.concat(parts)
}
