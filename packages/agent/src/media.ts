import { hash } from 'node:crypto'
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { failure, type Content } from '@openclaw/protocol'

/** Largest file that goes into a request. */
const maxReadBytes = 5 * 1024 * 1024
/** Largest file that a tool may attach. */
const maxAttachBytes = 64 * 1024 * 1024
const stored = /^media:([0-9a-f]{64})$/

/** Reads stored files for requests. */
export interface MediaReader {
  /** Undefined when there is no such file, or when it is larger than 5 MB or `atMost` bytes. */
  read(ref: string, atMost: number): Promise<Uint8Array | undefined>
}

/** Files under `media/<sha256>`, by their content. */
export interface Media extends MediaReader {
  /** Stores bytes once, and returns the content that refers to them. */
  attach(bytes: Uint8Array, mime: string, name?: string): Promise<Content>
}

/** Opens a media folder; it is made with the first file. */
export function openMedia(folder: string): Media {
  return {
    async read(ref, atMost) {
      const digest = stored.exec(ref)?.[1]
      if (!digest) return undefined
      const path = join(folder, digest)
      try {
        const { size } = await stat(path)
        return size <= Math.min(maxReadBytes, atMost) ? await readFile(path) : undefined
      } catch {
        // Media have an age limit; a journal may name what is gone.
        return undefined
      }
    },
    async attach(bytes, mime, name) {
      if (bytes.byteLength > maxAttachBytes)
        throw failure(
          'invalid_params',
          `a file of ${bytes.byteLength} bytes cannot be attached; the limit is ${maxAttachBytes}`,
        )
      const digest = hash('sha256', bytes, 'hex')
      const path = join(folder, digest)
      const there = await stat(path).catch(() => undefined)
      if (there?.size !== bytes.byteLength) {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        const beside = `${path}.${process.pid}.${performance.now()}.part`
        {
          await using file = await open(beside, 'wx', 0o600)
          await file.writeFile(bytes)
          await file.datasync()
        }
        await rename(beside, path)
      }
      return { type: 'file', mime, ref: `media:${digest}`, ...(name ? { name } : {}) }
    },
  }
}
