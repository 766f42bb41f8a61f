import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { failure, type Attachment } from '@openclaw/protocol'
import type { Platform } from './platform.ts'

/** Bytes by their digest, `media/<sha256>`. Journals hold references to them, never the bytes. */
export interface Media {
  /** Stores bytes once and answers how to refer to them. */
  store(bytes: Uint8Array, mime: string, name?: string): Promise<Attachment>
  /** Stores what a stream brings, as far as `maxBytes`; beyond that nothing is kept and it rejects with `invalid_params`. */
  take(
    stream: AsyncIterable<Uint8Array>,
    maxBytes: number,
  ): Promise<{ readonly ref: string; readonly sizeBytes: number }>
  /** Streams a stored file. Rejects with `not_found` when it is none, or was deleted for its age. */
  open(attachment: Attachment, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>
}

const stored = /^media:([0-9a-f]{64})$/
const blockBytes = 1 << 16

export function openMedia(parts: { platform: Platform; home: string }): Media {
  const { files, random } = parts.platform
  const folder = join(parts.home, 'media')

  return {
    async store(bytes, mime, name) {
      const digest = createHash('sha256').update(bytes).digest('hex')
      const path = join(folder, digest)
      if (!(await files.stat(path))) await files.replace(path, bytes)
      return { ref: `media:${digest}`, mime, ...(name ? { name } : {}), sizeBytes: bytes.length }
    },
    async take(stream, maxBytes) {
      const hash = createHash('sha256')
      let sizeBytes = 0
      async function* counted() {
        for await (const block of stream) {
          sizeBytes += block.length
          if (sizeBytes > maxBytes)
            throw failure('invalid_params', `it is larger than ${Math.floor(maxBytes / 2 ** 20)} MB (media.maxFileMb)`)
          hash.update(block)
          yield block
        }
      }
      // Its name is known only when all of it is there.
      const beside = join(folder, `${random.id()}.part`)
      await files.replace(beside, counted())
      const digest = hash.digest('hex')
      await files.move(beside, join(folder, digest))
      return { ref: `media:${digest}`, sizeBytes }
    },
    async open({ ref, name }, signal) {
      const digest = stored.exec(ref)?.[1]
      const path = digest && join(folder, digest)
      if (!path || !(await files.stat(path)))
        throw failure('not_found', `the file ${name ?? ref} is not stored here any more; see media.maxAgeDays`)
      const handle = await files.open(path, 'read')
      let offset = 0
      const close = () => handle[Symbol.asyncDispose]()
      return new ReadableStream({
        async pull(controller) {
          try {
            signal.throwIfAborted()
            const block = await handle.read(offset, blockBytes)
            offset += block.length
            if (block.length > 0) return controller.enqueue(block)
            controller.close()
          } catch (error) {
            controller.error(error)
          }
          await close()
        },
        cancel: close,
      })
    },
  }
}
