import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Attachment } from '@openclaw/protocol'
import type { Platform } from './platform.ts'

/** Bytes by their digest, `media/<sha256>`. Journals hold references to them, never the bytes. */
export interface Media {
  /** Stores bytes once and answers how to refer to them. */
  store(bytes: Uint8Array, mime: string, name?: string): Promise<Attachment>
}

export function openMedia(parts: { platform: Platform; home: string }): Media {
  const { files } = parts.platform
  return {
    async store(bytes, mime, name) {
      const digest = createHash('sha256').update(bytes).digest('hex')
      const path = join(parts.home, 'media', digest)
      if (!(await files.stat(path))) await files.replace(path, bytes)
      return { ref: `media:${digest}`, mime, ...(name ? { name } : {}), sizeBytes: bytes.length }
    },
  }
}
